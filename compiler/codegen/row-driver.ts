import { elementCount } from '../ir/index.ts';
import { integerLiteral } from '../numerics/index.ts';
import type { Argument, KernelCall, RowWindow } from '../ops/index.ts';
import type { Step } from '../schedule/index.ts';
import { cTypeOfDType } from './calls.ts';
import { wrapped } from './wrap.ts';

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

/** The arguments that a driver takes besides the image and hands on to the kernel. */
export function passedOn(call: KernelCall): readonly Argument[] {
  const own = new Set(['rows', 'outputRows', 'rowCount', 'outputRowIndex']);
  return call.arguments.filter((argument) => !own.has(argument.kind));
}

/** The `rows` struct of a step. */
export function rowsFields(step: Step, window: RowWindow): readonly string[] {
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
  return fields.map(([name, value]) => `.${name} = ${integerLiteral(value)}`);
}

/** The driver of a step's kernel. */
export function rowDriver(step: Step, prefix: string, window: RowWindow): RowDriver {
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
        `${prefix.toUpperCase()}_NOINLINE`,
        wrapped(`static ${prefix.toUpperCase()}_SECTION_CODE void ${name}(`, parameters, ') {'),
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
