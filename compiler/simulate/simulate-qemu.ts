import { findArmGcc, findTool, requireTool, type Tool } from '../toolchain/index.ts';
import { type CountingSession, type Counts, countedStart, preparePlugin, type Start } from './counted-start.ts';
import { estimateCycles } from './estimate-cycles.ts';
import { buildModelFirmware, type ModelFirmware } from './firmware.ts';
import { groupInputs, inferenceCounts, joinOutputs, packSequences } from './inferences.ts';
import { qemuMachine, withSections } from './machines.ts';
import { usableBytes } from './qemu.ts';
import type { CycleEstimate, InstructionCount, SimulationRequest, SimulationResult } from './types.ts';
import { inWorkFolder } from './work-folder.ts';

interface QemuTools {
  readonly gcc: Tool;
  readonly qemu: Tool;
  /** Without it the plugin cannot be built. */
  readonly cc: Tool | undefined;
}

async function findQemuTools(request: SimulationRequest): Promise<QemuTools> {
  const [gcc, qemu, cc] = await Promise.all([
    findArmGcc(request.tools),
    findTool('qemu-system-arm', request.tools),
    findTool('cc', request.tools),
  ]);
  return {
    gcc: requireTool(gcc, 'arm-none-eabi-gcc', 'to build firmware'),
    qemu: requireTool(qemu, 'qemu-system-arm', 'to run firmware'),
    cc,
  };
}

/** Runs every input, as many in one start as the board's memory takes. */
async function runInputs(
  session: CountingSession,
  request: SimulationRequest,
  counts: readonly number[],
): Promise<readonly Start[]> {
  const starts: Start[] = [];
  const { plain, marked } = session.firmware;
  const marks = marked?.sameCode === true ? marked.elf : plain.elf;
  for (const group of groupInputs(request.model, request.inputs, counts, usableBytes(session.machine))) {
    const inputs = group.map((i) => request.inputs[i]!);
    const sequences = group.map((i) => counts[i]!);
    const inferences = sequences.reduce((a, b) => a + b, 0);
    starts.push(await countedStart(session, plain, marks, packSequences(inputs, sequences), inferences));
  }
  return starts;
}

/** Where the counts by step come from. */
interface StepCounts {
  readonly image: ModelFirmware['plain'];
  readonly counts: Counts;
}

/** Of the product's own run where the marks changed no byte of it, else of the image with marks; null without any. */
async function stepCounts(
  session: CountingSession,
  request: SimulationRequest,
  counts: readonly number[],
  first: Counts,
): Promise<StepCounts | null> {
  const { marked } = session.firmware;
  const input = request.inputs[0];
  if (marked === null || first.countedBy !== 'plugin' || input === undefined) {
    return null;
  }
  if (marked.sameCode) {
    return { image: session.firmware.plain, counts: first };
  }
  const again = await countedStart(session, marked, marked.elf, packSequences([input], [counts[0]!]), counts[0]!);
  const difference = (again.counts.inferences[0] ?? 0) - (first.inferences[0] ?? 0);
  if (difference !== 0) {
    session.notes.push(`steps counted in an image that the marks changed: it takes ${difference} instructions more`);
  }
  return { image: marked, counts: again.counts };
}

/** Builds the model into a firmware and runs all inputs on the board that stands for the target. */
export async function simulateQemu(request: SimulationRequest): Promise<SimulationResult> {
  const machine = withSections(qemuMachine(request.target), request.model.sections ?? []);
  const counts = inferenceCounts(request.model, request.inputs);
  const { gcc, qemu, cc } = await findQemuTools(request);
  return inWorkFolder(async (folder) => {
    const notes: string[] = [];
    const [firmware, plugin] = await Promise.all([
      buildModelFirmware(gcc, request.target, machine, folder, request),
      preparePlugin(qemu, cc, folder, notes),
    ]);
    const session: CountingSession = {
      qemu,
      cc,
      machine,
      folder,
      firmware,
      entry: `${request.model.cName}_run`,
      timeoutSeconds: request.timeoutSeconds ?? 300,
      plugin,
      notes,
    };
    const starts = await runInputs(session, request, counts);
    const all = starts.flatMap((start) => start.counts.inferences);
    const first = starts[0]?.counts;
    const bySteps = first === undefined ? null : await stepCounts(session, request, counts, first);
    const listed = (steps: ReadonlyMap<number, number>) =>
      Array.from({ length: request.model.stepCount }, (_, n) => steps.get(n) ?? 0);
    const instructions: InstructionCount | null =
      first?.inferences[0] === undefined
        ? null
        : {
            total: first.inferences[0],
            steps: bySteps === null ? null : listed(bySteps.counts.steps),
            worst: all.reduce((a, b) => Math.max(a, b)),
            countedBy: first.countedBy,
          };
    const cyclesOf = (image: ModelFirmware['plain'], { blocks }: Counts) =>
      estimateCycles(gcc, request.target, folder, image.image, blocks);
    const total = first === undefined ? null : await cyclesOf(firmware.plain, first);
    const stepped = bySteps === null ? null : await cyclesOf(bySteps.image, bySteps.counts);
    const cycles: CycleEstimate | null =
      total === null ? null : { total: total.total, steps: stepped === null ? null : listed(stepped.steps) };
    return {
      outputs: joinOutputs(
        starts.flatMap((start) => start.records.outputs),
        counts,
      ),
      instructions,
      cycles,
      stackBytes: starts.reduce((most, start) => Math.max(most, start.records.end?.stackBytes ?? 0), 0),
      stackBound: firmware.stackBound,
      sizes: firmware.sizes,
      emptySizes: firmware.emptySizes,
      modelSizes: firmware.modelSizes,
      emulator: { name: 'qemu', version: qemu.version },
      compiler: { name: gcc.name, version: gcc.version },
      notes,
    };
  });
}
