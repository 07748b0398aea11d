import { type CaseTensor, type NodeCase, q } from '../support/node-case.ts';

interface Changes {
  readonly input?: Partial<CaseTensor>;
  readonly beta?: number;
  readonly axis?: number;
}

function softmaxCase(
  types: 'int8' | 'int8 to int16' | 'float32',
  name: string,
  { input, beta = 1, axis = 1 }: Changes = {},
): NodeCase {
  const [from, to] = types === 'int8 to int16' ? (['int8', 'int16'] as const) : [types, types];
  return {
    name: `softmax ${types} ${name}`,
    operator: 'softmax',
    attributes: { beta: Math.fround(beta), axis },
    inputs: [
      from === 'int8'
        ? { dtype: from, shape: [1, 12], quantization: q(0.14, 14), ...input }
        : { dtype: from, shape: [1, 12], range: [-8, 8], ...input },
    ],
    outputs: [
      to === 'int8'
        ? { dtype: to, quantization: q(1 / 256, -128) }
        : to === 'int16'
          ? { dtype: to, quantization: q(1 / 65536, -32768) }
          : { dtype: to },
    ],
  };
}

const everyInt8 = Array.from({ length: 256 }, (_, i) => i - 128);

export const softmaxCases: readonly NodeCase[] = [
  ...(['int8', 'int8 to int16', 'float32'] as const).flatMap((types) => [
    softmaxCase(types, 'control'),
    softmaxCase(types, '1 class', { input: { shape: [3, 1] } }),
    softmaxCase(types, '2 classes', { input: { shape: [1, 2] } }),
    softmaxCase(types, 'beta 0.3', { beta: 0.3 }),
    softmaxCase(types, 'batch 3 of 37', { input: { shape: [3, 37] } }),
    softmaxCase(types, 'rank 1', { input: { shape: [9] }, axis: 0 }),
    softmaxCase(types, 'rank 4', { input: { shape: [2, 2, 3, 5] }, axis: 3 }),
    softmaxCase(types, 'the first axis', { input: { shape: [3, 4, 5] }, axis: 0 }),
    softmaxCase(types, 'a middle axis', { input: { shape: [3, 4, 5] }, axis: 1 }),
  ]),
  ...(['int8', 'int8 to int16'] as const).flatMap((types) => [
    softmaxCase(types, 'every int8', { input: { shape: [1, 256], values: everyInt8 } }),
    softmaxCase(types, 'every int8, fine', {
      input: { shape: [1, 256], values: everyInt8, quantization: q(0.0125, -1) },
    }),
    softmaxCase(types, 'a scale that leaves one distance', { input: { quantization: q(15.9, 0), shape: [1, 40] } }),
    softmaxCase(types, 'a scale that leaves none', { input: { quantization: q(20, 0), shape: [1, 40] } }),
    softmaxCase(types, '511 equal elements', { input: { shape: [1, 511], range: [7, 7] } }),
    softmaxCase(types, '512 equal elements', { input: { shape: [1, 512], range: [7, 7] } }),
    softmaxCase(types, '1001 classes', { input: { shape: [1, 1001] } }),
  ]),
  softmaxCase('float32', 'large values', {
    input: { shape: [2, 4], values: [0, 1, 2, 3, 10000, 10001, 10002, 10003] },
  }),
];
