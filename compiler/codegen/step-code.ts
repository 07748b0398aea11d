import { describeType, elementCount, type TensorId } from '../ir/index.ts';
import { integerLiteral } from '../numerics/index.ts';
import { type Argument, type KernelCall, operatorNamed, type RowWindow } from '../ops/index.ts';
import type { Step } from '../schedule/index.ts';
import { type ArgumentNames, argumentText, cTypeOfDType, fieldList } from './calls.ts';
import { commentText } from './comment.ts';
import type { ConstantPool } from './constants.ts';

/** A function that calls a kernel for every row of an image. */
export interface RowDriver {
  readonly name: string;
  /** Helper of `msc/rows.h` that looks up the rows. */
  readonly window: string;
  /** Rows that one call of the kernel is given. */
  readonly pointers: number;
  /** The function, for at most this many rows a call. */
  readonly text: (pointers: number) => string;
}

/** The C of one step. */
export interface StepCode {
  readonly index: number;
  readonly comment: string;
  /** The call, a statement. */
  readonly call: string;
  /** `static const` structs that the call points to. */
  readonly parameters: readonly string[];
  readonly driver: RowDriver | null;
  /** Bytes of the constants that the step's kernel reads. */
  readonly weightBytes: number;
}

interface StepContext {
  readonly step: Step;
  readonly index: number;
  readonly prefix: string;
  readonly pool: ConstantPool;
  readonly address: (id: TensorId, cType: string) => string;
  readonly scratchOffset: number | null;
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
      `static const ${prefix}_${call.parameters.type} ${layer} = ${fieldList(call.parameters.fields, symbolOf)};`,
    );
  }
  const names: ArgumentNames = {
    input: (tensor) =>
      context.address(tensor.id, `${tensor.kind === 'variable' ? '' : 'const '}${cTypeOfDType(tensor.dtype)}`),
    output: (tensor) => context.address(tensor.id, cTypeOfDType(tensor.dtype)),
    parameters: `&${layer}`,
    scratch: `${prefix.toUpperCase()}_AT(void, ${context.scratchOffset ?? 0})`,
    symbolOf,
  };
  const work = call.work;
  const driver = work.kind === 'rows' ? rowDriver(step, prefix, work.window) : null;
  if (work.kind === 'rows') {
    parameters.push(`static const ${prefix}_rows ${prefix}_rows_${index} = ${rowsInitialiser(step, work.window)};`);
  }
  const argumentTexts =
    work.kind === 'rows'
      ? [
          names.input(step.view.inputs[0]!),
          names.output(step.view.outputs[0]!),
          `&${prefix}_rows_${index}`,
          outsideRow(context, work.window),
          ...passedOn(call).map((argument) => argumentText(argument, step, names)),
        ]
      : call.arguments.map((argument) => argumentText(argument, step, names));
  return {
    index,
    comment: stepComment(step, index),
    call: `${driver?.name ?? `${prefix}_${call.kernel}`}(${argumentTexts.join(', ')});`,
    parameters,
    driver,
    weightBytes: call.constants.reduce((sum, array) => sum + array.values.byteLength, 0),
  };
}

function stepComment(step: Step, index: number): string {
  const activation = step.node.attributes.activation;
  const suffix = activation === undefined || activation === 'none' ? '' : ` + ${activation}`;
  const operator = step.node.operator === 'relu' ? String(activation) : `${step.node.operator}${suffix}`;
  const macs = operatorNamed(step.node.operator).definition.macs(step.view);
  const types = [step.view.inputs[0], step.view.outputs[0]].map((t) => (t ? describeType(t) : '-')).join(' -> ');
  return `${index} ${commentText(step.node.name)}: ${operator}, ${types}${macs > 0 ? `, ${macs} MACs` : ''}`;
}

/** The arguments that a driver takes besides the image and hands on to the kernel. */
function passedOn(call: KernelCall): readonly Argument[] {
  const own = new Set(['rows', 'outputRows', 'rowCount', 'outputRowIndex']);
  return call.arguments.filter((argument) => !own.has(argument.kind));
}

function rowsInitialiser(step: Step, window: RowWindow): string {
  const [batches, inputHeight, ...inputRow] = step.view.inputs[0]!.shape as [number, number, ...number[]];
  const [, outputHeight, ...outputRow] = step.view.outputs[0]!.shape as [number, number, ...number[]];
  const fields: readonly (readonly [string, number])[] = [
    ['batches', batches],
    ['input_height', inputHeight],
    ['input_row', elementCount(inputRow)],
    ['output_height', outputHeight],
    ['output_row', elementCount(outputRow)],
    ['kernel_height', window.kernelHeight],
    ['stride', window.stride],
    ['dilation', window.dilation],
    ['pad_top', window.padTop],
    ['rows_per_call', window.rowsPerCall ?? 1],
  ];
  return `{${fields.map(([name, value]) => `.${name} = ${integerLiteral(value)}`).join(', ')}}`;
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
  const length = elementCount(inputRow);
  const values =
    input.dtype === 'float32'
      ? new Float32Array(length).fill(window.padValue)
      : new Int8Array(length).fill(window.padValue);
  return context.pool.add(
    { name: 'outside', values, comment: '' },
    String(context.index),
    `step ${context.index}: a row outside of the image`,
  );
}

function rowDriver(step: Step, prefix: string, window: RowWindow): RowDriver {
  const { call } = step;
  const input = step.view.inputs[0]!;
  const inputType = cTypeOfDType(input.dtype);
  const outputType = cTypeOfDType(step.view.outputs[0]!.dtype);
  const helper = input.dtype === 'float32' ? 'window_f32' : 'window_s8';
  const name = `${prefix}_${call.kernel}_rows`;
  const extra = passedOn(call).map((argument, i): readonly [type: string, name: string] => {
    switch (argument.kind) {
      case 'parameters':
        return [`const ${prefix}_${call.parameters!.type} *`, 'p'];
      case 'scratch':
        return ['void *', 'scratch'];
      case 'integer':
        return ['int32_t ', `value_${i}`];
      default:
        throw new Error(`${call.kernel}: argument '${argument.kind}' in rows work`);
    }
  });
  let next = 0;
  const kernelArguments = call.arguments.map((argument) => {
    switch (argument.kind) {
      case 'rows':
        return 'window';
      case 'outputRows':
        return 'output';
      case 'rowCount':
        return window.rowsPerCall === undefined ? '1' : 'count';
      case 'outputRowIndex':
        return 'y';
      default:
        return extra[next++]![1];
    }
  });
  const parameters = [
    `const ${inputType} *input`,
    `${outputType} *output`,
    `const ${prefix}_rows *rows`,
    `const ${inputType} *outside`,
    ...extra.map(([type, parameter]) => `${type}${parameter}`),
  ];
  return {
    name,
    window: helper,
    pointers: window.kernelHeight * (window.rowsPerCall ?? 1),
    text: (pointers) =>
      [
        `/* ${call.kernel} for every row of an image. */`,
        `static ${prefix.toUpperCase()}_SECTION_CODE void ${name}(${parameters.join(', ')}) {`,
        '    for (int32_t n = 0; n < rows->batches; n++) {',
        ...(window.rowsPerCall === undefined ? oneRow : manyRows)(
          `const ${inputType} *window[${pointers}];`,
          `${prefix}_${helper}`,
          `${prefix}_${call.kernel}(${kernelArguments.join(', ')});`,
        ),
        '        input += rows->input_height * rows->input_row;',
        '    }',
        '}',
      ].join('\n'),
  };
}

/** The loop over the output rows of an image, one a call. */
function oneRow(declaration: string, helper: string, call: string): readonly string[] {
  return [
    '        for (int32_t y = 0; y < rows->output_height; y++) {',
    `            ${declaration}`,
    '',
    `            ${helper}(window, input, rows, y, outside);`,
    `            ${call}`,
    '            output += rows->output_row;',
    '        }',
  ];
}

/** The loop over the output rows of an image, `rows_per_call` a call. */
function manyRows(declaration: string, helper: string, call: string): readonly string[] {
  return [
    '        for (int32_t y = 0; y < rows->output_height; y += rows->rows_per_call) {',
    `            ${declaration}`,
    '            const int32_t left = rows->output_height - y;',
    '            const int32_t count = left < rows->rows_per_call ? left : rows->rows_per_call;',
    '',
    '            for (int32_t i = 0; i < count; i++) {',
    `                ${helper}(&window[i * rows->kernel_height], input, rows, y + i, outside);`,
    '            }',
    `            ${call}`,
    '            output += count * rows->output_row;',
    '        }',
  ];
}
