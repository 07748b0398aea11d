import { buildGraph } from '../../compiler/frontends/build-graph.ts';
import type { ImportedOperator, ModelFormat } from '../../compiler/frontends/imported-model.ts';
import { bytesFromElements, type Graph } from '../../compiler/ir/index.ts';
import { type CaseTensor, valuesOf } from './node-case.ts';

/** The graph of a model that has one operator, as a frontend hands it over. Tensors: the inputs, then the outputs. */
export function importOne(
  format: ModelFormat,
  kind: string,
  options: ImportedOperator['options'],
  inputs: readonly CaseTensor[],
  outputs: readonly CaseTensor[],
): Graph {
  const tensors = [...inputs, ...outputs].map((tensor, index) => ({
    index,
    name: `t${index}`,
    dtype: tensor.dtype,
    shape: tensor.shape,
    quantization: tensor.quantization ?? null,
    data: tensor.kind === 'constant' ? bytesFromElements(valuesOf(tensor, index + 1)) : null,
    isVariable: tensor.kind === 'variable',
  }));
  const inputIds = inputs.map((_, i) => i);
  const outputIds = outputs.map((_, i) => inputs.length + i);
  return buildGraph({
    format,
    name: 'one',
    producer: '',
    tensors,
    operators: [{ index: 0, name: 'node', kind, inputs: inputIds, outputs: outputIds, options }],
    inputs: inputIds.filter((i) => inputs[i]!.kind === undefined),
    outputs: outputIds,
  });
}
