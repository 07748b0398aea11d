import { locateTool } from '../toolchain/index.ts';
import { simulateHost } from './simulate-host.ts';
import { simulateQemu } from './simulate-qemu.ts';
import { simulateRenode } from './simulate-renode.ts';
import type { SimulationRequest, SimulationResult } from './types.ts';

/**
 * Builds the generated files into a firmware (or a program of this computer), runs every input from reset state and
 * returns outputs, sizes, stack and exact instruction counts. Fails with `tool-not-found`, `tool-failed`,
 * `wrong-input-size`, `no-emulator` or `emulator-failed`.
 */
export async function simulate(request: SimulationRequest): Promise<SimulationResult> {
  switch (request.emulator ?? 'auto') {
    case 'host':
      return simulateHost(request);
    case 'qemu':
      return simulateQemu(request);
    case 'renode':
      return simulateRenode(request);
    case 'auto':
      return simulateAuto(request);
  }
}

function simulateAuto(request: SimulationRequest): Promise<SimulationResult> {
  const { target, tools } = request;
  if (target.core === 'host') {
    return simulateHost(request);
  }
  const onlyRenode =
    target.emulators.renode !== undefined &&
    locateTool('qemu-system-arm', tools) === undefined &&
    locateTool('renode', tools) !== undefined;
  return onlyRenode ? simulateRenode(request) : simulateQemu(request);
}
