import { type Diagnostic, diagnostic } from '../diagnostics/index.ts';
import { describeNode, type Graph, type Node } from './graph.ts';
import { describeType, type NodeView, type OperatorDefinition, viewOf } from './operator.ts';
import { sameShape, type Tensor } from './tensor.ts';

/**
 * Holds a node against its operator's definition: operands, types, constraints, shapes.
 * Stops at the first fault, because later rules rely on earlier ones.
 */
export function checkNode(graph: Graph, node: Node, definition: OperatorDefinition): readonly Diagnostic[] {
  const view = viewOf(graph, node);
  const faults = checkBeforeShapes(view, definition);
  return faults.length > 0 ? faults : checkShapes(view, definition);
}

/** The part of {@link checkNode} that must hold before shapes can be inferred. */
export function checkBeforeShapes(view: NodeView, definition: OperatorDefinition): readonly Diagnostic[] {
  const operands = checkOperands(view, definition);
  if (operands.length > 0) {
    return operands;
  }
  const types = checkTypes(view, definition);
  if (types.length > 0) {
    return types;
  }
  for (const constraint of definition.constraints) {
    const found = constraint.violation(view);
    if (found !== null) {
      const { requires } = constraint;
      return [diagnostic(constraint.diagnostic, { where: describeNode(view.node), found, requires })];
    }
  }
  return [];
}

function checkOperands(view: NodeView, definition: OperatorDefinition): readonly Diagnostic[] {
  const { inputs, outputs } = definition;
  const variadic = inputs.at(-1)?.variadic === true;
  const where = describeNode(view.node);
  const faults: Diagnostic[] = [];
  if (!variadic && view.inputs.length > inputs.length) {
    faults.push(
      diagnostic('wrong-operands', {
        where,
        found: `${view.inputs.length} operands`,
        requires: `at most ${inputs.length}`,
      }),
    );
  }
  inputs.forEach((spec, i) => {
    if (spec.optional !== true && (view.inputs[i] ?? null) === null) {
      faults.push(
        diagnostic('wrong-operands', { where, found: `operand '${spec.name}' is missing`, requires: spec.description }),
      );
    }
  });
  if (variadic && view.inputs.some((tensor) => tensor === null)) {
    faults.push(diagnostic('wrong-operands', { where, found: 'an operand of the list is missing' }));
  }
  const variadicOutputs = outputs.at(-1)?.variadic === true;
  if (view.outputs.length < outputs.length || (!variadicOutputs && view.outputs.length > outputs.length)) {
    faults.push(
      diagnostic('wrong-operands', {
        where,
        found: `${view.outputs.length} results`,
        requires: `${outputs.length}`,
      }),
    );
  }
  return faults;
}

function checkTypes(view: NodeView, definition: OperatorDefinition): readonly Diagnostic[] {
  const matches = definition.signatures.some(
    (signature) => agree(view.inputs, signature.inputs) && agree(view.outputs, signature.outputs),
  );
  if (matches) {
    return [];
  }
  const list = (tensors: readonly (Tensor | null)[]) => tensors.map((t) => t?.dtype ?? '-').join(', ');
  return [
    diagnostic('unsupported-operand-type', {
      where: describeNode(view.node),
      found: `(${list(view.inputs)}) -> (${list(view.outputs)})`,
      requires: definition.signatures.map((s) => `(${s.inputs.join(', ')}) -> (${s.outputs.join(', ')})`).join(' or '),
    }),
  ];
}

function agree(tensors: readonly (Tensor | null)[], dtypes: readonly string[]): boolean {
  return tensors.every((tensor, i) => tensor === null || tensor.dtype === (dtypes[i] ?? dtypes.at(-1)));
}

function checkShapes(view: NodeView, definition: OperatorDefinition): readonly Diagnostic[] {
  return definition.inferShapes(view).flatMap((shape, i) => {
    const output = view.outputs[i];
    return output === undefined || sameShape(output.shape, shape)
      ? []
      : [
          diagnostic('unsupported-shape', {
            where: describeNode(view.node),
            found: `result '${output.name}' is ${describeType(output)} in the file`,
            requires: `[${shape.join(', ')}] by the operands and attributes`,
          }),
        ];
  });
}
