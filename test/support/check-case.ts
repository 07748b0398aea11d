import { checkNode } from '../../compiler/ir/index.ts';
import { operatorNamed } from '../../compiler/ops/index.ts';
import { evaluateCase, graphOf, type NodeCase, valuesOf } from './node-case.ts';

/** What a case breaks of its operator's definition: "invalid-quantization: one positive scale". */
export function violationsOf(nodeCase: NodeCase): readonly string[] {
  const graph = graphOf(nodeCase);
  return checkNode(graph, graph.nodes[0]!, operatorNamed(nodeCase.operator).definition).map(
    (diagnostic) => `${diagnostic.name}: ${diagnostic.requires}`,
  );
}

/** The elements of a case's first result, by its operator's reference. */
export function resultOf(nodeCase: NodeCase): readonly number[] {
  const inputs = nodeCase.inputs.map((tensor, i) => (tensor === null ? null : valuesOf(tensor, 1 + i)));
  return Array.from(evaluateCase(graphOf(nodeCase), inputs)[0]!, Number);
}
