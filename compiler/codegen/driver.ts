/** Functions of the generated file that call a kernel for rows of images, whole ones and rings alike (`msc/rows.h`). */
import { elementCount, type Tensor, type TensorId } from '../ir/index.ts';
import { integerLiteral } from '../numerics/index.ts';
import type { Argument, KernelCall, RowWindow, Work } from '../ops/index.ts';
import { rowsOf, type Step, unitBytes } from '../schedule/index.ts';
import { cTypeOfDType } from './calls.ts';
import { cTypeOf } from './constants.ts';
import { wrapped } from './wrap.ts';

/** Where the rows of a tensor lie. */
export interface Ring {
  readonly slots: number;
  readonly phase: number;
  /** Elements from a row to the next, where rows lie within longer ones. */
  readonly pitch?: number;
}

export type RingOf = (id: TensorId) => Ring;

/** What several steps need of one driver. */
export interface DriverNeeds {
  /** Rows that one call of the kernel is given, as pointers. */
  readonly pointers: number;
  /** Some image comes in batches. */
  readonly batches: boolean;
}

/** A function that calls a kernel for rows of an image. */
export interface Driver extends DriverNeeds {
  readonly name: string;
  /** Names of `msc/rows.h` that it uses. */
  readonly uses: readonly string[];
  /** The function, for what all steps that it serves need together. */
  readonly text: (needs: DriverNeeds) => string;
  /** Type of the struct that says how the rows lie, and its fields for this step. */
  readonly layout: { readonly type: 'rows' | 'runs' | 'ring'; readonly fields: readonly string[] };
  /** Arguments of the call beside the layout, in order: those that the driver hands on. */
  readonly passedOn: readonly Argument[];
}

/** The driver of a step whose work is `rows`, or, in a segment, `run` or `reduction`. */
export function driverOf(step: Step, prefix: string, ringOf: RingOf): Driver {
  const { work } = step.call;
  switch (work.kind) {
    case 'rows':
      return rowsDriver(step, prefix, work.window, ringOf);
    case 'run':
      return runsDriver(step, prefix, work, ringOf);
    case 'reduction':
      return reductionDriver(step, prefix, ringOf);
    case 'whole':
      throw new Error(`${step.call.kernel} is not driven by rows`);
  }
}

function ringFields(tensor: Pick<Tensor, 'shape' | 'dtype' | 'id'>, row: number, ringOf: RingOf): string {
  const { slots, phase, pitch = row } = ringOf(tensor.id);
  return `{${[pitch, slots, phase].map(integerLiteral).join(', ')}}`;
}

function elementsOfRow(tensor: Pick<Tensor, 'shape' | 'dtype'>): number {
  return elementCount(tensor.shape) / rowsOf(tensor).height;
}

function rowsDriver(step: Step, prefix: string, window: RowWindow, ringOf: RingOf): Driver {
  const { call, view } = step;
  const [input, output] = [view.inputs[0]!, view.outputs[0]!];
  const [inputType, outputType] = [cTypeOfDType(input.dtype), cTypeOfDType(output.dtype)];
  const helper = input.dtype === 'float32' ? 'window_f32' : 'window_s8';
  const [batches, inputHeight, ...inputRow] = input.shape as [number, number, ...number[]];
  const [, outputHeight, ...outputRow] = output.shape as [number, number, ...number[]];
  const rowsPerCall = isApart(ringOf, output) ? 1 : (window.rowsPerCall ?? 1);
  const handedOn = handedOnBy(call, ['rows', 'outputRows', 'rowCount', 'rowIndex'], prefix, step);
  const fields: readonly (readonly [string, string])[] = [
    ['batches', integerLiteral(batches)],
    ['input_height', integerLiteral(inputHeight)],
    ['output_height', integerLiteral(outputHeight)],
    ['input', ringFields(input, elementCount(inputRow), batches === 1 ? ringOf : () => whole(inputHeight))],
    ['output', ringFields(output, elementCount(outputRow), batches === 1 ? ringOf : () => whole(outputHeight))],
    ['kernel_height', integerLiteral(window.kernelHeight)],
    ['stride', integerLiteral(window.stride)],
    ['dilation', integerLiteral(window.dilation)],
    ['pad_top', integerLiteral(window.padTop)],
    ['rows_per_call', integerLiteral(rowsPerCall)],
  ];
  const kernelArguments = call.arguments.map((argument) => {
    switch (argument.kind) {
      case 'rows':
        return 'window';
      case 'outputRows':
        return `&output[${prefix}_ring_at(&rows->output, y)]`;
      case 'rowCount':
        return 'count';
      case 'rowIndex':
        return 'y';
      default:
        return handedOn.nameOf(argument);
    }
  });
  const name = `${prefix}_${call.kernel}_rows`;
  const parameters = [
    `const ${inputType} *input`,
    `${outputType} *output`,
    `const ${prefix}_rows *rows`,
    `const ${inputType} *outside`,
    ...handedOn.parameters,
    'int32_t begin',
    'int32_t end',
  ];
  const loop = (pointers: number) => [
    'for (int32_t y = begin; y < end;) {',
    `    const ${inputType} *window[${pointers}];`,
    `    int32_t count = ${prefix}_ring_run(&rows->output, y, end);`,
    '',
    '    count = count < rows->rows_per_call ? count : rows->rows_per_call;',
    '    for (int32_t i = 0; i < count; i++) {',
    `        ${prefix}_${helper}(&window[i * rows->kernel_height], input, rows, y + i, outside);`,
    '    }',
    `    ${wrapped(`${prefix}_${call.kernel}(`, kernelArguments, ');')}`,
    '    y += count;',
    '}',
  ];
  return {
    name,
    uses: [helper, 'ring_at', 'ring_run'],
    pointers: window.kernelHeight * rowsPerCall,
    batches: batches > 1,
    layout: { type: 'rows', fields: fields.map(([field, value]) => `.${field} = ${value}`) },
    passedOn: handedOn.passedOn,
    text: (needs) =>
      driverText(prefix, name, `${call.kernel} for rows of an image.`, parameters, [
        ...(needs.batches
          ? [
              'for (int32_t n = 0; n < rows->batches; n++) {',
              ...loop(needs.pointers).map((line) => (line === '' ? '' : `    ${line}`)),
              '    input += rows->input_height * rows->input.row;',
              '    output += rows->output_height * rows->output.row;',
              '}',
            ]
          : loop(needs.pointers)),
      ]),
  };
}

/** True if no two rows of the tensor lie one behind the other. */
function isApart(ringOf: RingOf, { id }: Pick<Tensor, 'id'>): boolean {
  return ringOf(id).pitch !== undefined;
}

const whole = (slots: number): Ring => ({ slots, phase: 0 });

function runsDriver(step: Step, prefix: string, work: Extract<Work, { kind: 'run' }>, ringOf: RingOf): Driver {
  const { call, view } = step;
  const output = view.outputs[0]!;
  const { height } = rowsOf(output);
  const isList = call.arguments.some(({ kind }) => kind === 'inputs');
  const moving = movingOperands(step);
  const isByRow = [output, ...moving.map((index) => view.inputs[index]!)].some((tensor) => isApart(ringOf, tensor));
  const placeOf = (index: number) => moving.indexOf(index);
  const handedOn = handedOnBy(
    call,
    ['runLength', 'output', 'inputs'],
    prefix,
    step,
    (argument) => argument.kind === 'input' && placeOf(argument.index) >= 0,
  );
  const rowOf = (place: number) => `&input_${place}[${prefix}_ring_at(&runs->inputs[${place}], y)]`;
  const rings = moving.map((index) => ringFields(view.inputs[index]!, elementsOfRow(view.inputs[index]!), ringOf));
  const kernelArguments = call.arguments.map((argument) => {
    switch (argument.kind) {
      case 'output':
        return `&output[${prefix}_ring_at(&runs->output, y)]`;
      case 'inputs':
        return 'inputs';
      case 'runLength':
        return isByRow ? 'runs->units' : 'count * runs->units';
      case 'input': {
        const place = placeOf(argument.index);
        return place < 0 ? handedOn.nameOf(argument) : rowOf(place);
      }
      default:
        return handedOn.nameOf(argument);
    }
  });
  if (moving.length < 1 || moving.length > 2 || unitBytes(output, work.units) === 0) {
    throw new Error(`${call.kernel} has ${moving.length} operands that move by rows`);
  }
  // Steps whose other operand stands still have a driver of their own; kernels of lists are for all types.
  const operands = isList ? moving.length : call.arguments.filter((argument) => argument.kind === 'input').length;
  const suffix = isList ? `_${output.dtype}` : moving.length === operands ? '' : `_of_${moving.join('_')}`;
  const name = `${prefix}_${call.kernel}_${isByRow ? 'each_row' : 'runs'}${suffix}`;
  const list = isList
    ? [`    const void *const inputs[] = {${moving.map((_, place) => rowOf(place)).join(', ')}};`]
    : [];
  const runOf = (ring: string, end: string) => `${prefix}_ring_run(&runs->${ring}, y, ${end})`;
  return {
    name,
    uses: isByRow ? ['runs', 'ring_at'] : ['runs', 'ring_at', 'ring_run'],
    pointers: 0,
    batches: false,
    layout: {
      type: 'runs',
      fields: [
        `.units = ${integerLiteral(work.units / height)}`,
        `.inputs = {${rings.join(', ')}}`,
        `.output = ${ringFields(output, elementsOfRow(output), ringOf)}`,
      ],
    },
    passedOn: handedOn.passedOn,
    text: () =>
      driverText(
        prefix,
        name,
        isByRow
          ? `${call.kernel} for one row after the other, within longer rows.`
          : `${call.kernel} for runs of rows.`,
        [
          ...moving.map((index, place) => `const ${cTypeOfDType(view.inputs[index]!.dtype)} *input_${place}`),
          `${cTypeOfDType(output.dtype)} *output`,
          `const ${prefix}_runs *runs`,
          ...handedOn.parameters,
          'int32_t begin',
          'int32_t end',
        ],
        isByRow
          ? [
              'for (int32_t y = begin; y < end; y++) {',
              ...list,
              `    ${wrapped(`${prefix}_${call.kernel}(`, kernelArguments, ');')}`,
              '}',
            ]
          : [
              'for (int32_t y = begin; y < end;) {',
              ...list,
              `    int32_t count = ${runOf('output', 'end')};`,
              '',
              ...moving.map((_, place) => `    count = ${runOf(`inputs[${place}]`, 'y + count')};`),
              `    ${wrapped(`${prefix}_${call.kernel}(`, kernelArguments, ');')}`,
              '    y += count;',
              '}',
            ],
      ),
  };
}

/** Operands, by index, that a step of `run` work moves along: those that are computed. */
export function movingOperands({ call, view }: Pick<Step, 'call' | 'view'>): readonly number[] {
  const read = call.arguments.flatMap((argument) =>
    argument.kind === 'inputs' ? [...view.inputs.keys()] : argument.kind === 'input' ? [argument.index] : [],
  );
  return read.filter((index) => view.inputs[index]?.kind === 'computed');
}

function reductionDriver(step: Step, prefix: string, ringOf: RingOf): Driver {
  const { call, view } = step;
  const [input, output] = [view.inputs[0]!, view.outputs[0]!];
  const isByRow = isApart(ringOf, input);
  const handedOn = handedOnBy(call, ['input', 'output', 'rowCount', 'rowIndex'], prefix, step);
  const kernelArguments = call.arguments.map((argument) => {
    switch (argument.kind) {
      case 'input':
        return `&input[${prefix}_ring_at(ring, y)]`;
      case 'output':
        return 'output';
      case 'rowCount':
        return isByRow ? '1' : 'count';
      case 'rowIndex':
        return 'y';
      default:
        return handedOn.nameOf(argument);
    }
  });
  const { slots, phase, pitch = elementsOfRow(input) } = ringOf(input.id);
  const name = `${prefix}_${call.kernel}_${isByRow ? 'each_row' : 'rows'}`;
  return {
    name,
    uses: isByRow ? ['ring_at'] : ['ring_at', 'ring_run'],
    pointers: 0,
    batches: false,
    layout: {
      type: 'ring',
      fields: [`.row = ${integerLiteral(pitch)}`, `.slots = ${slots}`, `.phase = ${phase}`],
    },
    passedOn: handedOn.passedOn,
    text: () =>
      driverText(
        prefix,
        name,
        `${call.kernel} for rows of an image, one after another.`,
        [
          `const ${cTypeOfDType(input.dtype)} *input`,
          `${cTypeOfDType(output.dtype)} *output`,
          `const ${prefix}_ring *ring`,
          ...handedOn.parameters,
          'int32_t begin',
          'int32_t end',
        ],
        isByRow
          ? [
              'for (int32_t y = begin; y < end; y++) {',
              `    ${wrapped(`${prefix}_${call.kernel}(`, kernelArguments, ');')}`,
              '}',
            ]
          : [
              'for (int32_t y = begin; y < end;) {',
              `    const int32_t count = ${prefix}_ring_run(ring, y, end);`,
              '',
              `    ${wrapped(`${prefix}_${call.kernel}(`, kernelArguments, ');')}`,
              '    y += count;',
              '}',
            ],
      ),
  };
}

function driverText(
  prefix: string,
  name: string,
  comment: string,
  parameters: readonly string[],
  body: readonly string[],
): string {
  return [
    `/* ${comment} */`,
    `${prefix.toUpperCase()}_NOINLINE`,
    wrapped(`static ${prefix.toUpperCase()}_SECTION_CODE void ${name}(`, parameters, ') {'),
    ...body.flatMap((text) => text.split('\n')).map((line) => (line === '' ? '' : `    ${line}`)),
    '}',
  ].join('\n');
}

/** The arguments of a call that its driver takes as they are, and the parameters that it has for them. */
function handedOnBy(
  call: KernelCall,
  own: readonly Argument['kind'][],
  prefix: string,
  step: Step,
  isOwn: (argument: Argument) => boolean = () => false,
): {
  readonly passedOn: readonly Argument[];
  readonly parameters: readonly string[];
  readonly nameOf: (argument: Argument) => string;
} {
  const passedOn = call.arguments.filter((argument) => !own.includes(argument.kind) && !isOwn(argument));
  const typed = passedOn.map((argument, i): readonly [type: string, name: string] => {
    switch (argument.kind) {
      case 'parameters':
        return [`const ${prefix}_${call.parameters!.type} *`, 'p'];
      case 'scratch':
        return ['void *', 'scratch'];
      case 'integer':
        return ['int32_t ', `value_${i}`];
      case 'float':
        return ['float ', `value_${i}`];
      case 'constant': {
        const array = call.constants.find(({ name }) => name === argument.name);
        return [`const ${array === undefined ? 'void' : cTypeOf(array.values)} *`, `table_${i}`];
      }
      case 'input':
        return [`const ${cTypeOfDType(step.view.inputs[argument.index]!.dtype)} *`, `operand_${i}`];
      default:
        throw new Error(`${call.kernel}: argument '${argument.kind}' of a driver`);
    }
  });
  return {
    passedOn,
    parameters: typed.map(([type, name]) => `${type}${name}`),
    nameOf: (argument) => typed[passedOn.indexOf(argument)]![1],
  };
}
