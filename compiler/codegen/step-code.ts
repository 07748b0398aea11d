import { describeType, elementCount, type Tensor, type TensorId } from '../ir/index.ts';
import { operatorNamed, type RowWindow } from '../ops/index.ts';
import { type Pace, rowCountOf, type Step } from '../schedule/index.ts';
import { type ArgumentNames, argumentText, cTypeOfDType, fieldTexts } from './calls.ts';
import { commentText } from './comment.ts';
import type { ConstantPool } from './constants.ts';
import { type Driver, driverOf, movingOperands, type RingOf } from './driver.ts';
import { wrapped } from './wrap.ts';

/** The C of one step. */
export interface StepCode {
  readonly index: number;
  readonly comment: string;
  /** The call, a statement. */
  readonly call: string;
  /** The same for a loop around it. */
  readonly tickCall: string;
  /** `static const` structs that the call points to. */
  readonly parameters: readonly string[];
  readonly driver: Driver | null;
  /** Bytes of the constants that the step's kernel reads. */
  readonly weightBytes: number;
}

interface StepContext {
  readonly step: Step;
  readonly index: number;
  readonly prefix: string;
  readonly pool: ConstantPool;
  readonly address: (id: TensorId, cType: string) => string;
  /** Address of the scratch, if there is any. */
  readonly scratch: string;
  readonly ringOf: RingOf;
  /** Where the step advances together with others; null where it computes everything at once. */
  readonly pace: Pace | null;
}

/** Emits one step: its constants go to the pool. */
export function emitStep(context: StepContext): StepCode {
  const { step, index, prefix, pool } = context;
  const { call } = step;
  const title = `step ${index}, ${commentText(step.node.name)}`;
  const symbols = new Map(
    call.constants.map((array) => [array.name, pool.add(array, String(index), `${title}: ${array.comment}`)]),
  );
  const symbolOf = (name: string): string => {
    const symbol = symbols.get(name);
    if (symbol === undefined) {
      throw new Error(`${call.kernel} names a constant '${name}' that it does not have`);
    }
    return symbol;
  };
  const parameters: string[] = [];
  const layer = `${prefix}_layer_${index}`;
  if (call.parameters !== undefined) {
    parameters.push(
      wrapped(
        `static const ${prefix}_${call.parameters.type} ${layer} = {`,
        fieldTexts(call.parameters.fields, symbolOf),
        '};',
      ),
    );
  }
  const names: ArgumentNames = {
    input: (tensor) =>
      context.address(tensor.id, `${tensor.kind === 'variable' ? '' : 'const '}${cTypeOfDType(tensor.dtype)}`),
    output: (tensor) => context.address(tensor.id, cTypeOfDType(tensor.dtype)),
    parameters: `&${layer}`,
    scratch: context.scratch,
    symbolOf,
  };
  const { work } = call;
  const driver =
    work.kind === 'rows' || context.pace !== null || work.kind === 'reduction' || hasRowsApart(context)
      ? driverOf(step, prefix, context.ringOf)
      : null;
  if (driver !== null) {
    const { type, fields } = driver.layout;
    parameters.push(wrapped(`static const ${prefix}_${type} ${prefix}_rows_${index} = {`, fields, '};'));
  }
  const argumentTexts =
    driver === null
      ? call.arguments.map((argument) => argumentText(argument, step, names))
      : [
          ...operandsOfDriver(step).map((tensor) => names.input(tensor)),
          names.output(step.view.outputs[0]!),
          `&${prefix}_rows_${index}`,
          ...(work.kind === 'rows' ? [outsideRow(context, work.window)] : []),
          ...driver.passedOn.map((argument) => argumentText(argument, step, names)),
          ...rowRange(context),
        ];
  const callee = driver?.name ?? `${prefix}_${call.kernel}`;
  return {
    index,
    comment: stepComment(step, index),
    call: wrapped(`    ${callee}(`, argumentTexts, ');').trimStart(),
    tickCall: wrapped(`        ${callee}(`, argumentTexts, ');').trimStart(),
    parameters,
    driver,
    weightBytes: call.constants.reduce((sum, array) => sum + array.values.byteLength, 0),
  };
}

/** True if an operand or result of a run has its rows within longer ones. */
function hasRowsApart({ step: { view }, ringOf }: StepContext): boolean {
  return [...view.inputs, ...view.outputs].some(
    (tensor) => tensor?.kind === 'computed' && ringOf(tensor.id).pitch !== undefined,
  );
}

/** The operands that a driver moves along. */
function operandsOfDriver(step: Step): readonly Tensor[] {
  if (step.call.work.kind !== 'run') {
    return [step.view.inputs[0]!];
  }
  return movingOperands(step).map((index) => step.view.inputs[index]!);
}

/** The rows that a call of a driver computes: all of them, or those that are due in a tick. */
function rowRange({ step, pace, prefix }: StepContext): readonly [string, string] {
  const height = rowCountOf(step);
  if (pace === null) {
    return ['0', String(height)];
  }
  const { lag, every, rows, skip } = pace;
  const due = (ticks: string) => `${prefix}_due(${[ticks, lag, every, rows, skip, height].join(', ')})`;
  return [due('tick'), due('tick + 1')];
}

function stepComment(step: Step, index: number): string {
  const activation = step.node.attributes.activation;
  const suffix = activation === undefined || activation === 'none' ? '' : ` + ${activation}`;
  const operator = step.node.operator === 'relu' ? String(activation) : `${step.node.operator}${suffix}`;
  const macs = operatorNamed(step.node.operator).definition.macs(step.view);
  const types = [step.view.inputs[0], step.view.outputs[0]].map((t) => (t ? describeType(t) : '-')).join(' -> ');
  return `${index} ${commentText(step.node.name)}: ${operator}, ${types}${macs > 0 ? `, ${macs} MACs` : ''}`;
}

/** The row that stands for rows outside of the image, or null where no window leaves it. */
function outsideRow(context: StepContext, window: RowWindow): string {
  const input = context.step.view.inputs[0]!;
  const [, inputHeight, ...inputRow] = input.shape as [number, number, ...number[]];
  const outputHeight = context.step.view.outputs[0]!.shape[1]!;
  const last = (outputHeight - 1) * window.stride - window.padTop + (window.kernelHeight - 1) * window.dilation;
  if (window.padTop <= 0 && last < inputHeight) {
    return '0';
  }
  return context.pool.addOutside(
    input.dtype === 'float32' ? 'float32' : 'int8',
    window.padValue,
    elementCount(inputRow),
  );
}
