import { describe, expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { amalgamate, kernelRoot } from '../../compiler/codegen/amalgamate.ts';
import { bytesFromElements, elementCount, type Graph, operand, result, viewOf } from '../../compiler/ir/index.ts';
import { floatLiteral } from '../../compiler/numerics/index.ts';
import { floatActivationRange, perTensor, quantizedActivationRange } from '../../compiler/ops/activation.ts';
import { meanMultiplier } from '../../compiler/ops/mean/reference.ts';
import type { PoolAttributes } from '../../compiler/ops/pool.ts';
import { runFirmware } from '../../compiler/simulate/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { type CaseTensor, evaluateCase, graphOf, type NodeCase, q, valuesOf } from '../support/node-case.ts';

const texts = await loadTargetTexts();
const { kernels } = await loadAssets();

const shapes = [
  [1, 1, 1, 4],
  [1, 5, 5, 16],
  [1, 25, 5, 64],
  [1, 3, 3, 7],
  [1, 16, 16, 5],
  [1, 8, 8, 64],
  [1, 4, 6, 1],
  [1, 2, 7, 3],
  [1, 20, 15, 6],
] as const;

function averageCase(shape: readonly number[], image: Partial<CaseTensor>, changes: object = {}): NodeCase {
  const quantization = image.dtype === 'float32' ? {} : { quantization: q(0.05, -3) };
  return {
    name: `average of ${image.dtype} [${shape}]`,
    operator: 'average_pool2d',
    attributes: { kernel: shape.slice(1, 3), strides: [1, 1], padding: [0, 0, 0, 0], activation: 'none', ...changes },
    inputs: [{ dtype: 'int8', shape, ...quantization, ...image }],
    outputs: [{ dtype: image.dtype ?? 'int8', ...quantization }],
  };
}

function meanCase(shape: readonly number[], image: Partial<CaseTensor>, outputScale = 0.03): NodeCase {
  const isFloat = image.dtype === 'float32';
  return {
    name: `mean of ${image.dtype} [${shape}]`,
    operator: 'mean',
    attributes: { axes: [1, 2], keepDimensions: false },
    inputs: [{ dtype: 'int8', shape, ...(isFloat ? {} : { quantization: q(0.05, -3) }), ...image }],
    outputs: [{ dtype: image.dtype ?? 'int8', ...(isFloat ? {} : { quantization: q(outputScale, 5) }) }],
  };
}

const cases: readonly NodeCase[] = [
  ...shapes.flatMap((shape) => [
    averageCase(shape, { dtype: 'int8' }),
    averageCase(shape, { dtype: 'int8', range: [-128, -128] }),
    averageCase(shape, { dtype: 'int8', range: [127, 127] }),
    averageCase(shape, { dtype: 'int8' }, { activation: 'relu6' }),
    averageCase(shape, { dtype: 'float32' }),
    meanCase(shape, { dtype: 'int8' }),
    meanCase(shape, { dtype: 'int8', range: [-128, -128] }),
    meanCase(shape, { dtype: 'int8' }, 0.0005),
    meanCase(shape, { dtype: 'float32' }),
  ]),
  averageCase([1, 5, 5, 8], { dtype: 'float32' }, { activation: 'relu' }),
];

/** The initialiser of the kernel's parameters. */
function parametersOf(graph: Graph): string {
  const view = viewOf(graph, graph.nodes[0]!);
  const [, height, width, channels] = operand(view, 0).shape as [number, number, number, number];
  const size = `${channels}, ${width}, ${height}`;
  const isFloat = operand(view, 0).dtype === 'float32';
  if (view.node.operator === 'average_pool2d') {
    const { activation } = view.attributes as PoolAttributes;
    const { minimum, maximum } = isFloat
      ? floatActivationRange(activation)
      : quantizedActivationRange(activation, result(view));
    const literal = isFloat ? floatLiteral : String;
    return `{${size}, ${literal(minimum)}, ${literal(maximum)}}`;
  }
  if (isFloat) {
    return `{${size}}`;
  }
  const { multiplier, shift } = meanMultiplier(view as Parameters<typeof meanMultiplier>[0] & typeof view);
  const zeroPoints = perTensor(operand(view, 0).quantization).zeroPoint * height * width;
  return `{${size}, ${zeroPoints}, ${multiplier}, ${shift}, ${perTensor(result(view).quantization).zeroPoint}}`;
}

interface Entry {
  readonly title: string;
  readonly code: string;
  readonly input: Uint8Array;
  readonly expected: Uint8Array;
}

/** A case through one kernel that is given so many rows at a time; the result lies in the place of the input. */
function entryOf(nodeCase: NodeCase, kernel: string, rowsPerCall: number, index: number): Entry {
  const graph = graphOf(nodeCase, index);
  const values = valuesOf(nodeCase.inputs[0]!, index + 7);
  const [, height, width, channels] = nodeCase.inputs[0]!.shape as [number, number, number, number];
  const type = nodeCase.inputs[0]!.dtype === 'float32' ? 'float' : 'int8_t';
  const input = bytesFromElements(values);
  const expected = bytesFromElements(evaluateCase(graph, [values])[0]!);
  const words = kernel.endsWith('dsp') ? 2 * Math.ceil(channels / 4) : channels;
  const code = [
    `    {`,
    `        static const test_${kernel.replace(/__.*/, '')}_parameters p = ${parametersOf(graph)};`,
    `        memcpy(image, input, ${input.length});`,
    `        input += ${input.length};`,
    `        memset(sums, 0x5a, sizeof sums);`,
    `        for (int32_t row = 0; row < ${height}; row += ${rowsPerCall}) {`,
    `            const int32_t left = ${height} - row;`,
    `            test_${kernel}(&((const ${type} *)(void *)image)[row * ${width * channels}], (${type} *)(void *)image, &p, sums,`,
    `                row, left < ${rowsPerCall} ? left : ${rowsPerCall});`,
    `        }`,
    `        if (sums[${words}] != 0x5a5a5a5au) { image[0] ^= 0xffu; }`,
    `        emit(image, ${expected.length});`,
    `    }`,
  ].join('\n');
  return { title: `${nodeCase.name}: ${kernel}, ${rowsPerCall} rows a call`, code, input, expected };
}

/** Every case through every kernel that computes it, row by row, in threes and at once. */
function entriesOf(isas: readonly string[]): readonly Entry[] {
  return cases.flatMap((nodeCase, i) => {
    const { dtype, shape } = nodeCase.inputs[0]!;
    const suitsDsp = dtype === 'int8' && shape[3]! >= 4 && shape[1]! * shape[2]! <= 256;
    const fitting = isas.filter((isa) => isa === 'portable' || suitsDsp);
    return fitting.flatMap((isa) =>
      [1, 3, shape[1]!].map((rows) =>
        entryOf(nodeCase, `${nodeCase.operator}_global_${dtype === 'int8' ? 's8' : 'f32'}__${isa}`, rows, i),
      ),
    );
  });
}

describe.each([
  ['host', ['portable', 'dsp']],
  ['cortex-m7', ['portable', 'dsp']],
  ['cortex-m3', ['portable', 'dsp']],
  ['cortex-m0plus', ['portable']],
] as const)('means over rows on %s', (target, isas) => {
  it('equal the references, bit for bit', { timeout: 600_000 }, async () => {
    const entries = entriesOf(isas);
    const names = ['average_pool2d_global', 'mean_global'].flatMap((name) => [
      ...isas.map((isa) => `${name}_s8__${isa}`),
      `${name}_f32__portable`,
    ]);
    const { code, systemIncludes } = amalgamate(kernels, names.map(kernelRoot), 'test');
    const largest = Math.max(...cases.map(({ inputs }) => 4 * elementCount(inputs[0]!.shape)));
    const source = [
      '#include <stdint.h>',
      '#include <string.h>',
      ...systemIncludes.map((name) => `#include <${name}>`),
      '#define TEST_SECTION_CODE',
      '#define TEST_INLINE static inline __attribute__((unused))',
      code,
      `static __attribute__((aligned(8))) uint8_t image[${largest}];`,
      'static uint32_t sums[128];',
      'void test_main(const uint8_t *input, uint32_t size, void (*emit)(const void *bytes, uint32_t size));',
      'void test_main(const uint8_t *input, uint32_t size, void (*emit)(const void *bytes, uint32_t size)) {',
      '    (void)size;',
      ...entries.map((entry) => entry.code),
      '}',
      '',
    ].join('\n');
    const emulator = target === 'host' ? 'host' : 'qemu';
    const emitted = await runFirmware({
      sources: [{ name: 'means.c', text: source }],
      target: parseTarget(texts, target),
      inputBytes: Buffer.concat(entries.map((entry) => entry.input)),
      emulator,
      flags: emulator === 'host' ? ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'] : [],
    });
    let at = 0;
    const wrong = entries.filter(({ expected }) => {
      const bytes = emitted.slice(at, at + expected.length);
      at += expected.length;
      return !Buffer.from(bytes).equals(Buffer.from(expected));
    });
    expect(wrong.map(({ title }) => title)).toEqual([]);
    expect(at).toBe(emitted.length);
  });
});
