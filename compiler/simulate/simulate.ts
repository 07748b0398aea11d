import { simulateHost } from './simulate-host.ts';
import { simulateQemu } from './simulate-qemu.ts';
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
    default:
      return request.target.core === 'host' ? simulateHost(request) : simulateQemu(request);
  }
}
