import type { Graph } from '../../compiler/ir/index.ts';
import { planArena } from '../../compiler/memory/plan-program.ts';
import { withSharedRings } from '../../compiler/memory/share-rings.ts';
import type { Isa, LoweringOptions } from '../../compiler/ops/index.ts';
import {
  chooseKernels,
  isDrivenByRows,
  orderNodes,
  programOf,
  rowCountOf,
  type Segment,
  type Step,
  segmentOf,
  viewsOf,
  wholeSegment,
} from '../../compiler/schedule/index.ts';
import type { Draw } from './random-graph/draw.ts';
import type { Placement } from './trace/placements.ts';

/** What random schedules have in common. */
export interface RandomScheduleOptions {
  readonly isas: readonly Isa[];
  readonly lowering: LoweringOptions;
  readonly alignmentBytes: number;
  /** Orders that are tried in placing. */
  readonly iterations: number;
}

/**
 * A plan for a schedule that was drawn, not chosen: any steps that can advance together, any number of rows at a time, any of
 * the kernels. So it goes where the planner's model of costs would never go.
 */
export function randomSchedule(graph: Graph, draw: Draw, options: RandomScheduleOptions): Placement {
  const { isas, lowering, alignmentBytes, iterations } = options;
  const ordered = draw.chance(50) ? graph : orderNodes(graph, { maxIterations: 2000 }).graph;
  const sources = viewsOf(ordered);
  const steps = chooseKernels(ordered, { isas, objective: draw.pick(['speed', 'size'] as const), lowering }).map(
    (step): Step => withKernelOf(step, draw, lowering),
  );
  const segments: Segment[] = [];
  for (let first = 0; first < steps.length; ) {
    const segment = drawSegment(first);
    segment.paces.forEach(({ rows }, k) => {
      const step = steps[first + k]!;
      if (segment.end - first > 1 || draw.chance(30)) {
        const rowsPerCall = segment.paces.length > 1 ? rows : draw.integer(1, 8);
        steps[first + k] = { ...step, call: step.kernel.lower(step.view, { ...lowering, rowsPerCall }) };
      }
    });
    segments.push(segment);
    first = segment.end;
  }
  const program = withSharedRings(programOf(ordered, steps, segments, sources));
  return { program, plan: planArena(program, { alignmentBytes, iterations }) };

  function drawSegment(first: number): Segment {
    const stride = { rows: draw.pick([1, 1, 2, 3, 4, 5, 6, 8]), tapered: draw.chance(60) };
    for (let end = Math.min(steps.length, first + draw.integer(1, 9)); end > first + 1; end--) {
      const segment = segmentOf(ordered, steps, { first, end }, stride, sources);
      if (segment !== null) {
        return segment;
      }
    }
    return wholeSegment(first, rowCountOf(steps[first]!));
  }
}

/** The step by another kernel, at times; one that is driven by rows if there is one, most of the time. */
function withKernelOf(step: Step, draw: Draw, lowering: LoweringOptions): Step {
  const ways = step.alternatives.map((kernel): Step => ({ ...step, kernel, call: kernel.lower(step.view, lowering) }));
  const driven = ways.filter(isDrivenByRows);
  return draw.chance(60) ? step : draw.pick(driven.length > 0 && draw.chance(80) ? driven : ways);
}
