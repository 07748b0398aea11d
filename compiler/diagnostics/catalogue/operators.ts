import { catalogueSection } from './entry.ts';

/** 2xxx: an operator, or a way of using it, that msc does not compile. */
export const operators = catalogueSection({
  'unsupported-operator': {
    code: 2001,
    summary: 'The model uses an operator that msc does not compile.',
    hint: '`msc operators` lists what is supported.',
  },
  'wrong-operands': {
    code: 2002,
    summary: 'A node has too few or too many inputs or outputs, or misses one that its operator needs.',
    hint: 'Convert the model again.',
  },
  'unsupported-attribute': {
    code: 2003,
    summary: 'A node has an attribute value that its operator does not support.',
    hint: '`docs/operators.md` lists the constraints of every operator.',
  },
  'unsupported-operand-type': {
    code: 2004,
    summary: 'A node has an operand of a type that its operator does not support.',
    hint: '`docs/operators.md` lists the types of every operator.',
  },
  'unsupported-shape': {
    code: 2005,
    summary: "A node's operand has a rank or shape that its operator does not support.",
    hint: '`docs/operators.md` lists the constraints of every operator.',
  },
  'invalid-quantization': {
    code: 2006,
    summary: 'A quantized operand misses its scale or zero point, or has one that its operator does not allow.',
    hint: 'Quantize the model again.',
  },
  'operand-not-constant': {
    code: 2007,
    summary: 'An operand must be known at compile time and is not.',
    hint: 'Export the model so that this operand is a constant.',
  },
});
