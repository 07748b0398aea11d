import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import { type Diagnostic, DiagnosticError, formatDiagnostic } from '../diagnostics/index.ts';
import { buildGraph } from '../frontends/build-graph.ts';
import { type ImportedModel, type ImportedTensor, readModel } from '../frontends/index.ts';
import { describeType, type Graph, type Quantization, viewOf } from '../ir/index.ts';
import { operatorNamed } from '../ops/index.ts';
import { reportSchema } from '../report/report.ts';
import { grouped, table } from '../report/text.ts';
import { runCommand } from './failure.ts';
import { readInputFile } from './read-input.ts';

/** `msc inspect` */
export function addInspectCommand(program: Command): void {
  program
    .command('inspect')
    .description('show what is in a model file')
    .argument('<model>', 'a MindSpore Lite .ms or TensorFlow Lite .tflite file')
    .option('--json', 'print JSON on stdout')
    .addHelpText('after', '\nExample:\n  msc inspect person_detect.ms')
    .action((path: string, flags: { readonly json?: boolean }) =>
      runCommand(flags.json === true, () => inspectCommand(path, flags)),
    );
}

async function inspectCommand(path: string, flags: { readonly json?: boolean }): Promise<void> {
  const bytes = await readInputFile(path);
  const model = readModel(bytes, path);
  const { graph, diagnostics } = tryBuild(model);
  const macs = graph === null ? null : macsByOperator(graph);
  const tensors = new Map(model.tensors.map((tensor) => [tensor.index, tensor]));
  const layers = model.operators.map((operator) => ({
    name: operator.name,
    operator: operator.kind,
    inputs: operator.inputs.map((id) => (id === null ? null : port(tensors.get(id)!))),
    outputs: operator.outputs.map((id) => port(tensors.get(id)!)),
    macs: macs === null ? null : (macs.get(operator.index) ?? 0),
    weightBytes: operator.inputs.reduce<number>(
      (sum, id) => sum + (id === null ? 0 : (tensors.get(id)!.data?.byteLength ?? 0)),
      0,
    ),
  }));
  const weightBytes = model.tensors.reduce((sum, tensor) => sum + (tensor.data?.byteLength ?? 0), 0);
  if (flags.json === true) {
    const report = {
      schema: reportSchema,
      model: { name: model.name, sha256: createHash('sha256').update(bytes).digest('hex'), format: model.format },
      producer: model.producer,
      inputs: model.inputs.map((id) => port(tensors.get(id)!)),
      outputs: model.outputs.map((id) => port(tensors.get(id)!)),
      weightBytes,
      layers,
      diagnostics,
    };
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const describe = (id: number) => {
    const tensor = tensors.get(id)!;
    return `'${tensor.name}' ${describeType(tensor)}${quantizationText(tensor.quantization)}`;
  };
  const rows = layers.map((layer, i) => [
    String(i),
    layer.operator,
    layer.name,
    layer.outputs.map((output) => describeType(output)).join(' '),
    quantizationText(layer.outputs[0]?.quantization ?? null).trim(),
    layer.macs === null ? '?' : grouped(layer.macs),
    grouped(layer.weightBytes),
  ]);
  const total = macs === null ? '?' : grouped([...macs.values()].reduce((sum, value) => sum + value, 0));
  process.stdout.write(
    [
      `${path}: ${model.format === 'mslite' ? 'MindSpore Lite' : 'TensorFlow Lite'} model, ` +
        `written by ${model.producer === '' ? 'an unnamed converter' : model.producer}`,
      ...model.inputs.map((id) => `  input   ${describe(id)}`),
      ...model.outputs.map((id) => `  output  ${describe(id)}`),
      `  ${layers.length} operators, ${total} MACs, ${grouped(weightBytes)} bytes of weights`,
      '',
      ...table(['node', 'operator', 'name', 'output', 'quantization', 'MACs', 'weights'], rows, [
        true,
        false,
        false,
        false,
        false,
        true,
        true,
      ]),
      '',
    ].join('\n'),
  );
  if (diagnostics.length > 0) {
    process.stderr.write(`msc cannot compile it:\n${diagnostics.map(formatDiagnostic).join('\n')}\n`);
  }
}

/** A model that cannot be compiled can still be looked at. */
function tryBuild(model: ImportedModel): { readonly graph: Graph | null; readonly diagnostics: readonly Diagnostic[] } {
  try {
    return { graph: buildGraph(model), diagnostics: [] };
  } catch (error) {
    if (error instanceof DiagnosticError) {
      return { graph: null, diagnostics: error.diagnostics };
    }
    throw error;
  }
}

function macsByOperator(graph: Graph): ReadonlyMap<number, number> {
  const macs = new Map<number, number>();
  for (const node of graph.nodes) {
    const count = operatorNamed(node.operator).definition.macs(viewOf(graph, node));
    macs.set(node.origin.index, (macs.get(node.origin.index) ?? 0) + count);
  }
  return macs;
}

function port(tensor: ImportedTensor) {
  return { name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, quantization: tensor.quantization };
}

function quantizationText(quantization: Quantization | null): string {
  if (quantization === null) {
    return '';
  }
  const [scale] = quantization.scales;
  return quantization.axis === null
    ? ` scale ${Number(scale!.toPrecision(6))}, zero point ${quantization.zeroPoints[0]}`
    : ` ${quantization.scales.length} scales along axis ${quantization.axis}`;
}
