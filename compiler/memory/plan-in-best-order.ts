import type { Graph } from '../ir/index.ts';
import { orderNodes, type Program, type Step } from '../schedule/index.ts';
import { type ArenaPlan, planWithOverlaps } from './plan-program.ts';

/**
 * The smallest arena of the orders of the nodes that are tried: the file's, and the one in which the fewest bytes are live at
 * one time. The second is taken only if it needs less in the arena as well, which has alignment, scratch and overlaps besides.
 */
export function planInBestOrder(
  graph: Graph,
  steps: readonly Step[],
  minimumAlignmentBytes: number,
): { readonly program: Program; readonly plan: ArenaPlan } {
  const inFile = planWithOverlaps(graph, steps, minimumAlignmentBytes);
  const ordered = orderNodes(graph).graph;
  if (ordered === graph) {
    return inFile;
  }
  const stepOf = new Map(steps.map((step) => [step.node, step]));
  const orderedSteps = ordered.nodes.flatMap((node) => stepOf.get(node) ?? []);
  const inOrder = planWithOverlaps(ordered, orderedSteps, minimumAlignmentBytes);
  return inOrder.plan.sizeBytes < inFile.plan.sizeBytes ? inOrder : inFile;
}
