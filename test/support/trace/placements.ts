/** The only file of the tracer that knows how programs are planned. */
import { emitModel, type ModelView, type OutputFile, viewOfProgram } from '../../../compiler/codegen/index.ts';
import { type Graph, type TensorId, tensorOf } from '../../../compiler/ir/index.ts';
import { type ArenaPlan, planArena } from '../../../compiler/memory/plan-program.ts';
import type { Assets } from '../../../compiler/pipeline.ts';
import { assignBuffers, chooseKernels, isasOf, type Program } from '../../../compiler/schedule/index.ts';
import type { Target } from '../../../compiler/targets/index.ts';

/** A program, and where everything that it stores stands. */
export interface Placement {
  readonly program: Program;
  readonly plan: ArenaPlan;
}

/** Bytes that belong together: a tensor and its views, or the scratch of a step. */
export interface Region {
  readonly offset: number;
  readonly sizeBytes: number;
  /** The step that it is the scratch of; null for tensors. */
  readonly scratchOf: number | null;
  /** "tensor 'x'", "scratch of step 3" */
  readonly label: string;
}

/** Bytes around every region, which nothing may touch: more than the widest access. */
const gapBytes = 64;

/** Every alignment that a buffer or a scratch can ask for divides it. */
const alignmentBytes = 64;

/** The same steps with bytes of its own for every tensor and scratch; only views (reshape) stand where their source does. */
export function separatePlacement({ program }: Placement): Placement & { readonly regions: readonly Region[] } {
  const { graph, steps } = program;
  const apart = assignBuffers(
    graph,
    steps.map((step) => ({ ...step, call: { ...step.call, inPlace: [] } })),
  );
  const regions: Region[] = [];
  const place = (sizeBytes: number, label: string, scratchOf: number | null = null): number => {
    const last = regions.at(-1);
    const end = last === undefined ? 0 : last.offset + last.sizeBytes;
    const offset = Math.ceil((end + gapBytes) / alignmentBytes) * alignmentBytes;
    regions.push({ offset, sizeBytes, scratchOf, label });
    return offset;
  };
  const bufferOffsets = new Map(
    apart.buffers.map(({ id, sizeBytes, tensors }) => {
      const names = tensors.map((tensor) => `'${tensorOf(graph, tensor).name}'`).join(' = ');
      return [id, place(sizeBytes, `tensor ${names}`)];
    }),
  );
  const scratchOffsets = new Map(
    apart.scratches.map(({ step, sizeBytes }) => [step, place(sizeBytes, `scratch of step ${step}`, step)]),
  );
  const sizeBytes = place(0, 'end');
  const scratchBytes = Math.max(0, ...apart.scratches.map((scratch) => scratch.sizeBytes));
  return {
    program: { ...apart, steps },
    plan: { sizeBytes, lowerBoundBytes: 0, alignmentBytes, bufferOffsets, scratchOffsets, scratchBytes },
    regions: regions.slice(0, -1),
  };
}

/** The C of a placement, with the arena given by the caller. */
export function emitPlacement(
  { program, plan }: Placement,
  cName: string,
  assets: Assets,
): { readonly view: ModelView; readonly files: readonly OutputFile[] } {
  const view = viewOfProgram(program, plan, {
    cName,
    arena: 'caller',
    provenance: { mscVersion: '', modelName: cName, modelSha256: '', target: 'trace' },
    kernels: assets.kernels,
  });
  return { view, files: emitModel(view, assets.templates) };
}

/** What messages call the steps. */
export function stepNames({ program }: Placement): readonly string[] {
  return program.steps.map((step, i) => `step ${i} (${step.node.operator} '${step.node.name}', ${step.call.kernel})`);
}

/** A placement of a graph as it is, where the results of `overlapped` steps start inside or before their dying operand. */
export function placementOf(graph: Graph, target: Target, overlapped: readonly number[] = []): Placement {
  const lowering = { rounding: 'double' } as const;
  const steps = chooseKernels(graph, { isas: isasOf(target), objective: 'balanced', lowering });
  const program = assignBuffers(graph, steps, new Set(overlapped));
  return { program, plan: planArena(program, target.features.cacheLineBytes) };
}

/** Where a tensor starts in the arena. */
export function offsetOf({ program, plan }: Placement, id: TensorId): number {
  return plan.bufferOffsets.get(program.bufferOfTensor.get(id)!.id)! + program.offsetInBuffer.get(id)!;
}

/** The placement with one tensor, and no other of its buffer, elsewhere. */
export function withTensorAt(placement: Placement, id: TensorId, offset: number): Placement {
  const { program, plan } = placement;
  const within = program.offsetInBuffer.get(id)! + offset - offsetOf(placement, id);
  return grown({ program: { ...program, offsetInBuffer: new Map(program.offsetInBuffer).set(id, within) }, plan });
}

/** The placement with the scratch of a step elsewhere. */
export function withScratchAt({ program, plan }: Placement, step: number, offset: number): Placement {
  return grown({ program, plan: { ...plan, scratchOffsets: new Map(plan.scratchOffsets).set(step, offset) } });
}

/** The placement in an arena of another size. */
export function withArenaOf({ program, plan }: Placement, sizeBytes: number): Placement {
  return { program, plan: { ...plan, sizeBytes } };
}

/** Room for what is moved: it shall fail for sharing bytes, not for leaving the arena. */
function grown(placement: Placement): Placement {
  return withArenaOf(placement, placement.plan.sizeBytes + 4096);
}
