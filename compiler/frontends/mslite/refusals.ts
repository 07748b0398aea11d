/** Files that are `.ms` but no inference graphs for microcontrollers: recognised, named and refused. */
import { fail } from '../../diagnostics/index.ts';
import { describeOperator } from '../assemble.ts';
import type { TableValue } from '../flatbuffer/index.ts';
import type { ImportedOperator } from '../imported-model.ts';
import { presentableName } from '../names.ts';
import type { msliteSchema } from './schema.generated.ts';

type MetaGraph = TableValue<typeof msliteSchema, 'MetaGraph'>;

const optimizers: readonly string[] = ['Adam', 'AdamWeightDecay', 'ApplyMomentum', 'SGD'];

const callers: readonly string[] = ['PartialFusion', 'Switch', 'SwitchLayer', 'Call'];

/** Refuses obfuscated files. */
export function refuseObfuscation(model: MetaGraph, fileName: string): void {
  if (model.obfuscate || (model.obfMetaData?.length ?? 0) > 0) {
    fail('encrypted-file', {
      where: fileName,
      found: 'an obfuscated MindSpore Lite model',
      hint: 'Convert the model again without obfuscation.',
    });
  }
}

/** Refuses training graphs, which have gradients and optimizers. */
export function refuseTraining(operators: readonly ImportedOperator[], fileName: string): void {
  const training = operators.filter(({ kind }) => /Grad|Backprop/.test(kind) || optimizers.includes(kind));
  const first = training[0];
  if (first !== undefined) {
    fail('training-graph', {
      where: fileName,
      found: `${training.length} of ${operators.length} nodes compute gradients or update weights, first ${describeOperator(first)}`,
    });
  }
}

/** Refuses graphs that call graphs. */
export function refuseControlFlow(model: MetaGraph, operators: readonly ImportedOperator[], fileName: string): void {
  const caller = operators.find(({ kind }) => callers.includes(kind));
  if (caller !== undefined) {
    fail('unsupported-control-flow', { where: describeOperator(caller), found: 'runs another graph of the file' });
  }
  const graphCount = model.subGraph?.length ?? 0;
  if (graphCount > 1) {
    fail('unsupported-control-flow', { where: fileName, found: `${graphCount} graphs` });
  }
}

/** Refuses nodes that hold a program for another processor: `Custom` with a constant of plain bytes. */
export function refuseForeignBlob(model: MetaGraph, operators: readonly ImportedOperator[]): void {
  for (const operator of operators) {
    if (operator.kind.startsWith('Custom:')) {
      for (const input of operator.inputs) {
        const tensor = input === null ? undefined : model.allTensors?.[input];
        if (tensor?.dataType === 37 && tensor.data !== null && tensor.data.length > 0) {
          fail('foreign-blob', {
            where: describeOperator(operator),
            found: `${tensor.data.length} bytes in '${presentableName(tensor.name, `tensor_${input}`)}' that only another processor's runtime understands`,
          });
        }
      }
    }
  }
}
