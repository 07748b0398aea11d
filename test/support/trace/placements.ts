/** The only file of the tracer that knows how programs are planned. */
import {
  type ArenaMode,
  emitModel,
  type ModelView,
  type OutputFile,
  viewOfProgram,
} from '../../../compiler/codegen/index.ts';
import { type Graph, type TensorId, tensorOf } from '../../../compiler/ir/index.ts';
import { nothingPlaced } from '../../../compiler/memory/place.ts';
import { type ArenaPlan, planArena } from '../../../compiler/memory/plan-program.ts';
import { withSharedRings } from '../../../compiler/memory/share-rings.ts';
import type { Assets } from '../../../compiler/pipeline.ts';
import {
  type Buffer,
  chooseKernels,
  isasOf,
  type Program,
  programOf,
  rowCountOf,
  type Segment,
  segmentOf,
  viewsOf,
  wholeSegment,
} from '../../../compiler/schedule/index.ts';
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
  /** The scratch keeps what is in it from call to call. */
  readonly isKept: boolean;
  /** "tensor 'x'", "scratch of step 3" */
  readonly label: string;
}

/** Bytes around every region, which nothing may touch: more than the widest access. */
const gapBytes = 64;

/** Every alignment that a buffer or a scratch can ask for divides it. */
const alignmentBytes = 64;

/**
 * The same calls with bytes of its own for every tensor and scratch; only views (reshape) stand where their source does. Every
 * tensor is there whole, row y behind row y - 1, whatever the slots and the phase of its buffer: so a ring that is too small, or
 * turned wrongly, differs from it. Slots and phases stay in the program, where they only say which rows go into one call of a
 * kernel, so that both make the same accesses; see `emitSeparate`.
 */
export function separatePlacement({ program }: Placement): Placement & { readonly regions: readonly Region[] } {
  const regions: Region[] = [];
  const place = (region: Omit<Region, 'offset'>): number => {
    const last = regions.at(-1);
    const end = last === undefined ? 0 : last.offset + last.sizeBytes;
    const offset = Math.ceil((end + gapBytes) / alignmentBytes) * alignmentBytes;
    regions.push({ offset, ...region });
    return offset;
  };
  const bufferOffsets = new Map(
    program.buffers.map(({ id, height, rowBytes, tensors }) => {
      const names = tensors.map((tensor) => `'${tensorOf(program.graph, tensor).name}'`).join(' = ');
      const label = `tensor ${names}`;
      return [id, place({ sizeBytes: height * rowBytes, scratchOf: null, isKept: false, label })];
    }),
  );
  const scratchOffsets = new Map(
    program.scratches.map(({ step, sizeBytes }) => {
      const isKept = program.steps[step]!.call.work.kind === 'reduction';
      return [step, place({ sizeBytes, scratchOf: step, isKept, label: `scratch of step ${step}` })];
    }),
  );
  const sizeBytes = place({ sizeBytes: 0, scratchOf: null, isKept: false, label: 'end' });
  const scratchBytes = Math.max(0, ...program.scratches.map((scratch) => scratch.sizeBytes));
  return {
    program,
    plan: {
      sizeBytes,
      lowerBoundBytes: 0,
      optimal: false,
      alignmentBytes,
      bufferOffsets,
      scratchOffsets,
      scratchBytes,
      progressOffset: null,
      parts: [],
    },
    regions: regions.slice(0, -1),
  };
}

/** The C of a placement. */
export function emitPlacement(
  { program, plan }: Placement,
  cName: string,
  assets: Assets,
  arena: ArenaMode = 'caller',
): { readonly view: ModelView; readonly files: readonly OutputFile[] } {
  const view = viewOfProgram(program, plan, {
    cName,
    arena,
    provenance: { mscVersion: '', modelName: cName, modelSha256: '', target: 'trace' },
    kernels: assets.kernels,
    placement: nothingPlaced,
  });
  return { view, files: emitModel(view, assets.templates) };
}

const rowsHeader = 'include/msc/rows.h';
const placeInRing = 'return (y + ring->phase) % ring->slots * ring->row;';

/** The C of a separate placement: rows lie one after another. */
export function emitSeparate(placement: Placement, cName: string, assets: Assets): ReturnType<typeof emitPlacement> {
  const text = assets.kernels.get(rowsHeader)!;
  const parts = text.split(placeInRing);
  if (parts.length !== 2) {
    throw new Error(`${rowsHeader} has no '${placeInRing}'`);
  }
  const kernels = new Map(assets.kernels).set(rowsHeader, parts.join('return y * ring->row;'));
  return emitPlacement(placement, cName, { ...assets, kernels });
}

/** What messages call the steps. */
export function stepNames({ program }: Placement): readonly string[] {
  return program.steps.map((step, i) => `step ${i} (${step.node.operator} '${step.node.name}', ${step.call.kernel})`);
}

/** Steps [first, end) that advance together, so many rows of the finest image at a time. */
export interface Together {
  readonly first: number;
  readonly end: number;
  readonly rows: number;
}

/** A placement of a graph as it is, with steps that advance together; the others compute all their rows at once. */
export function placementOf(graph: Graph, target: Target, together: readonly Together[] = []): Placement {
  const lowering = { rounding: 'double' } as const;
  const sources = viewsOf(graph);
  const chosen = chooseKernels(graph, { isas: isasOf(target), objective: 'balanced', lowering });
  const segments: Segment[] = [];
  const steps = [...chosen];
  for (let first = 0; first < chosen.length; ) {
    const range = together.find((each) => each.first === first);
    if (range === undefined) {
      segments.push(wholeSegment(first, rowCountOf(chosen[first]!)));
      first++;
      continue;
    }
    const segment = segmentOf(graph, chosen, range, { rows: range.rows, tapered: true }, sources);
    if (segment === null) {
      throw new Error(`steps ${first} to ${range.end - 1} do not go together`);
    }
    segment.paces.forEach(({ rows: rowsPerCall }, k) => {
      const step = chosen[first + k]!;
      steps[first + k] = { ...step, call: step.kernel.lower(step.view, { ...lowering, rowsPerCall }) };
    });
    segments.push(segment);
    first = range.end;
  }
  const program = withSharedRings(programOf(graph, steps, segments, sources));
  return { program, plan: planArena(program, { alignmentBytes: target.features.cacheLineBytes }) };
}

/** The bytes of a tensor. */
export function bufferOf({ program }: Placement, id: TensorId): Buffer {
  return program.bufferOfTensor.get(id)!;
}

/** Where the bytes of a tensor start in the arena. */
export function offsetOf(placement: Placement, id: TensorId): number {
  return placement.plan.bufferOffsets.get(bufferOf(placement, id).id)!;
}

/** The placement with the bytes of one tensor elsewhere. */
export function withTensorAt(placement: Placement, id: TensorId, offset: number): Placement {
  const { program, plan } = placement;
  const bufferOffsets = new Map(plan.bufferOffsets).set(bufferOf(placement, id).id, offset);
  return grown({ program, plan: { ...plan, bufferOffsets } });
}

/** The placement with other slots, or another phase, of a tensor that starts where it did. */
export function withRing(
  placement: Placement,
  id: TensorId,
  ring: Partial<Pick<Buffer, 'slots' | 'phase'>>,
): Placement {
  const { program, plan } = placement;
  const old = bufferOf(placement, id);
  const changed = { ...old, ...ring };
  const buffers = program.buffers.map((buffer) => (buffer === old ? changed : buffer));
  const bufferOfTensor = new Map(
    [...program.bufferOfTensor].map(([tensor, buffer]) => [tensor, buffer === old ? changed : buffer]),
  );
  return { program: { ...program, buffers, bufferOfTensor }, plan };
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
