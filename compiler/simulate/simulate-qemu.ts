import { findArmGcc, findTool, functionAt, requireTool, type Tool } from '../toolchain/index.ts';
import { buildModelFirmware, type ModelFirmware } from './firmware.ts';
import { groupInputs, inferenceCounts, joinOutputs, packSequences } from './inferences.ts';
import { type Machine, qemuMachine, ticksPerInstruction } from './machines.ts';
import { buildPlugin, pluginArgs, pluginInterface, readPluginCounts, stepMarks } from './plugin.ts';
import { icountArgs, type QemuResult, runQemu, usableBytes } from './qemu.ts';
import { checkEnd, describeFault, type Records } from './records.ts';
import type { CountMethod, InstructionCount, SimulationRequest, SimulationResult } from './types.ts';
import { inWorkFolder } from './work-folder.ts';

interface Session {
  readonly qemu: Tool;
  readonly machine: Machine;
  readonly folder: string;
  readonly firmware: ModelFirmware;
  readonly entry: string;
  readonly timeoutSeconds: number;
}

interface Start {
  readonly records: Records;
  readonly counts: { readonly inferences: readonly number[]; readonly steps: ReadonlyMap<number, number> };
}

async function start(
  session: Session,
  image: ModelFirmware['plain'],
  input: Uint8Array,
  inferences: number,
  method: CountMethod,
): Promise<Start> {
  const { elf } = image;
  const marks = method === 'plugin' ? stepMarks(session.firmware.marked?.elf ?? elf) : [];
  const extraArgs = method === 'plugin' ? pluginArgs(elf, session.entry, marks, session.folder) : icountArgs;
  const { qemu, machine, folder, timeoutSeconds } = session;
  const result = await runQemu({ qemu, machine, folder, image: image.image, input, timeoutSeconds, extraArgs });
  const { records } = result;
  const plugin = method === 'plugin' ? readCounts(result, folder) : null;
  const last = plugin?.lastAddress ?? null;
  const at = last === null ? '' : `, last in ${functionAt(elf, last) ?? 'no function'}`;
  checkEnd(
    records,
    {
      where: `${session.entry}() on ${machine.name}`,
      describeFault: (words) => describeFault(words, elf, machine.ram.originAddress),
      ending: `${result.ending}${at}`,
    },
    inferences,
  );
  // the empty call is one instruction, and costs as much to measure
  const counted = records.ticks.map(
    (ticks) => Math.round((ticks - (records.end?.emptyTicks ?? 0)) / ticksPerInstruction) + 1,
  );
  return { records, counts: plugin ?? { inferences: counted, steps: new Map() } };
}

/** The plugin's file; a QEMU that ended without the plugin's last words has none. */
function readCounts(result: QemuResult, folder: string): ReturnType<typeof readPluginCounts> | null {
  try {
    return readPluginCounts(folder);
  } catch (error) {
    if (result.records.end === null) {
      return null;
    }
    throw error;
  }
}

/** Starts a QEMU that runs nothing, to see whether it takes the plugin; tells the interface version it wants if not. */
async function tryPlugin(session: Session): Promise<true | number | string> {
  const { qemu, machine, folder, firmware } = session;
  const run = { qemu, machine, folder, image: 'empty.elf', input: new Uint8Array(0), timeoutSeconds: 20 };
  const { records, stderr } = await runQemu({
    ...run,
    extraArgs: pluginArgs(firmware.plain.elf, session.entry, [], folder),
  });
  if (records.end !== null) {
    return true;
  }
  const minimum = /minimum version of (\d+)/.exec(stderr)?.[1];
  return minimum === undefined
    ? (stderr.split('\n').find((line) => line !== '') ?? 'no reason given')
    : Number(minimum);
}

async function chooseMethod(session: Session, cc: Tool | undefined, notes: string[]): Promise<CountMethod> {
  if (cc === undefined) {
    notes.push('instructions counted by -icount, without steps: no host C compiler to build the plugin with');
    return 'icount';
  }
  const first = pluginInterface(session.qemu.version);
  if (!(await buildPlugin(cc, session.folder, first))) {
    notes.push(`instructions counted by -icount, without steps: ${cc.name} cannot build the plugin`);
    return 'icount';
  }
  let answer = await tryPlugin(session);
  if (typeof answer === 'number' && (await buildPlugin(cc, session.folder, answer))) {
    answer = await tryPlugin(session);
  }
  if (answer === true) {
    return 'plugin';
  }
  notes.push(`instructions counted by -icount, without steps: this QEMU does not take the plugin (${answer})`);
  return 'icount';
}

function stepList(steps: ReadonlyMap<number, number>, stepCount: number): readonly number[] | null {
  return stepCount === 0 || steps.size === 0 ? null : Array.from({ length: stepCount }, (_, n) => steps.get(n) ?? 0);
}

/** Builds the model into a firmware and runs all inputs on the board that stands for the target. */
export async function simulateQemu(request: SimulationRequest): Promise<SimulationResult> {
  const machine = qemuMachine(request.target);
  const counts = inferenceCounts(request.model, request.inputs);
  const [foundGcc, foundQemu, cc] = await Promise.all([
    findArmGcc(request.tools),
    findTool('qemu-system-arm', request.tools),
    findTool('cc', request.tools),
  ]);
  const gcc = requireTool(foundGcc, 'arm-none-eabi-gcc', 'to build firmware');
  const qemu = requireTool(foundQemu, 'qemu-system-arm', 'to run firmware');
  return inWorkFolder(async (folder) => {
    const notes: string[] = [];
    const firmware = await buildModelFirmware(gcc, request.target, machine, folder, request, cc !== undefined);
    const session: Session = {
      qemu,
      machine,
      folder,
      firmware,
      entry: `${request.model.cName}_run`,
      timeoutSeconds: request.timeoutSeconds ?? 300,
    };
    const method = await chooseMethod(session, cc, notes);
    const starts: Start[] = [];
    for (const group of groupInputs(request.model, request.inputs, counts, usableBytes(machine))) {
      const groupCounts = group.map((i) => counts[i]!);
      const packed = packSequences(
        group.map((i) => request.inputs[i]!),
        groupCounts,
      );
      const inferences = groupCounts.reduce((a, b) => a + b, 0);
      starts.push(await start(session, firmware.plain, packed, inferences, method));
    }
    const steps = await countSteps(session, request, counts, starts, method, notes);
    const inferences = starts.flatMap((s) => s.counts.inferences);
    const instructions: InstructionCount | null =
      inferences[0] === undefined
        ? null
        : { total: inferences[0], steps, worst: inferences.reduce((a, b) => Math.max(a, b)), countedBy: method };
    return {
      outputs: joinOutputs(
        starts.flatMap((s) => s.records.outputs),
        counts,
      ),
      instructions,
      stackBytes: starts.reduce((most, s) => Math.max(most, s.records.end?.stackBytes ?? 0), 0),
      sizes: firmware.sizes,
      emptySizes: firmware.emptySizes,
      modelSizes: firmware.modelSizes,
      emulator: { name: 'qemu', version: qemu.version },
      compiler: { name: gcc.name, version: gcc.version },
      notes,
    };
  });
}

/** Per step: of the product's own run where the marks changed no byte of it, else of the image with marks. */
async function countSteps(
  session: Session,
  request: SimulationRequest,
  counts: readonly number[],
  starts: readonly Start[],
  method: CountMethod,
  notes: string[],
): Promise<readonly number[] | null> {
  const { marked } = session.firmware;
  const first = request.inputs[0];
  if (marked === null || method !== 'plugin' || first === undefined) {
    return null;
  }
  if (marked.sameCode) {
    return stepList(starts[0]?.counts.steps ?? new Map(), request.model.stepCount);
  }
  const again = await start(session, marked, packSequences([first], [counts[0]!]), counts[0]!, method);
  const difference = (again.counts.inferences[0] ?? 0) - (starts[0]?.counts.inferences[0] ?? 0);
  notes.push(`steps counted in an image whose code differs by the marks (${difference} instructions in all)`);
  return stepList(again.counts.steps, request.model.stepCount);
}
