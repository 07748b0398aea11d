import type { DType, Tensor } from '../ir/index.ts';
import { floatLiteral, integerLiteral } from '../numerics/index.ts';
import type { Argument, CField, CValue } from '../ops/index.ts';
import type { Step } from '../schedule/index.ts';

const cTypes: Readonly<Record<DType, string>> = {
  int8: 'int8_t',
  uint8: 'uint8_t',
  int16: 'int16_t',
  int32: 'int32_t',
  int64: 'int64_t',
  float32: 'float',
  bool: 'uint8_t',
};

/** The C type of a tensor's elements. */
export function cTypeOfDType(dtype: DType): string {
  return cTypes[dtype];
}

/** A value in an initialiser. `symbolOf` gives the symbol of one of the call's constants. */
export function initialiser(value: CValue, symbolOf: (name: string) => string): string {
  switch (value.kind) {
    case 'integer':
      return integerLiteral(value.value);
    case 'float':
      return floatLiteral(value.value);
    case 'constant':
      return value.name === null ? '0' : symbolOf(value.name);
    case 'struct':
      return `{${fieldTexts(value.fields, symbolOf).join(', ')}}`;
    case 'array':
      return `{${value.values.map((item) => initialiser(item, symbolOf)).join(', ')}}`;
  }
}

/** `.a = 1`, `.b = weights` */
export function fieldTexts(fields: readonly CField[], symbolOf: (name: string) => string): readonly string[] {
  return fields.map((f) => `.${f.name} = ${initialiser(f.value, symbolOf)}`);
}

/** How the arguments of a call are written where it stands. */
export interface ArgumentNames {
  readonly input: (tensor: Tensor) => string;
  readonly output: (tensor: Tensor) => string;
  readonly parameters: string;
  readonly scratch: string;
  readonly symbolOf: (name: string) => string;
}

/** One argument as a C expression. */
export function argumentText(argument: Argument, step: Step, names: ArgumentNames): string {
  switch (argument.kind) {
    case 'input': {
      const tensor = step.view.inputs[argument.index] ?? null;
      return tensor === null ? '0' : names.input(tensor);
    }
    case 'inputs': {
      const pointers = step.view.inputs.map((tensor) => (tensor === null ? '0' : names.input(tensor)));
      return `(const void *const[]){${pointers.join(', ')}}`;
    }
    case 'output':
      return names.output(step.view.outputs[argument.index]!);
    case 'parameters':
      return names.parameters;
    case 'scratch':
      return step.call.scratchBytes > 0 ? names.scratch : '0';
    case 'runLength':
      return integerLiteral(step.call.work.kind === 'run' ? step.call.work.units : 1);
    case 'rows':
    case 'outputRows':
    case 'rowCount':
    case 'rowIndex':
      throw new Error(`${step.call.kernel}: argument '${argument.kind}' without a driver`);
    default:
      return initialiser(argument, names.symbolOf);
  }
}
