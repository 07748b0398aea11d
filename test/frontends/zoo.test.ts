import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type ImportedModel, readModel, writeMslite, writeTflite } from '../../compiler/frontends/index.ts';
import { firstFinding } from './diagnostics-of.ts';
import { hasZoo, modelFiles, zooBytes } from './zoo-files.ts';

/** Real files that are refused, with the beginning of what is said about the first thing found. */
const refused: { readonly [path: string]: string } = {
  'digits/lenet/w4.ms': "unsupported-weight-encoding: tensor 'c2.weight': values encoded as BITPACKING",
  'digits/lenet/w8.ms': "unsupported-weight-encoding: tensor 'c2.weight': quantized weights of a float model",
  'digits/mbv2/w4.ms': "unsupported-weight-encoding: tensor 'onnx::Conv_185': values encoded as BITPACKING",
  'digits/mbv2/w8.ms': "unsupported-weight-encoding: tensor 'onnx::Conv_185': quantized weights of a float model",
  'ms/lenet_train.ms': 'training-graph: ms/lenet_train.ms: 21 of 56 nodes',
  'ms/lenet_train_v0.ms': 'unsupported-file-version: ms/lenet_train_v0.ms: a file that "MindSpore Lite 0.7.0" wrote',
  'ms/ml_face_isface_quant.ms':
    "unsupported-weight-encoding: tensor 'conv2/weight': quantized weights of a float model",
  'ms/tinynet.om.ms': "foreign-blob: Custom:ThirdPartyModel 'Custom' (node 0): 1656 bytes in 'ThirdPartyModel'",
  'ms/weights/levels_w4.ms': "unsupported-weight-encoding: tensor 'c2.weight': values encoded as BITPACKING",
  'ms/weights/levels_w8.ms': "unsupported-weight-encoding: tensor 'c2.weight': values encoded as INDEXING",
  'ms/weights/resnet8_mixed_0p1.ms': "unsupported-weight-encoding: tensor 'model/conv2d/Conv2D': values encoded as FSE",
  'ms/weights/resnet8_w01.ms': "unsupported-weight-encoding: tensor 'model/conv2d/Conv2D': values encoded as SPARSE",
  ...Object.fromEntries(
    ['02', '03', '04', '07', '09', '12'].map((bits) => [
      `ms/weights/resnet8_w${bits}.ms`,
      "unsupported-weight-encoding: tensor 'model/conv2d/Conv2D': values encoded as BITPACKING",
    ]),
  ),
  ...Object.fromEntries(
    ['08', '16'].map((bits) => [
      `ms/weights/resnet8_w${bits}.ms`,
      "unsupported-weight-encoding: tensor 'model/conv2d/Conv2D': quantized weights of a float model",
    ]),
  ),
  'ms/ops/cast_FLOAT16_to_DOUBLE/model.ms': "unsupported-type: tensor 'input': float16",
  'ms/ops/const-castlike_FLOAT16_to_DOUBLE_expanded/model.ms': "unsupported-type: tensor 'input': float16",
  'ms/ops/const-castlike_FLOAT16_to_FLOAT_expanded/model.ms': "unsupported-type: tensor 'input': float16",
  'ms/ops/const-max_float16/model.ms': "unsupported-type: tensor 'result': float16",
  'ms/ops/max_float16/model.ms': "unsupported-type: tensor 'result': float16",
};

const paths = [...modelFiles('tflite'), ...modelFiles('ms'), ...modelFiles('digits')];
const readable = paths.filter((path) => refused[path] === undefined);

/** Operators in order with their count, types and shapes at the border, producer. */
function summaryOf(model: ImportedModel): string {
  const describe = (index: number) => {
    const { dtype, shape } = model.tensors[index]!;
    return `${dtype}[${shape}]`;
  };
  const kinds = new Map<string, number>();
  for (const { kind } of model.operators) {
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const operators = [...kinds].map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`)).join(' ');
  return `${model.producer}: ${model.inputs.map(describe)} > ${operators} > ${model.outputs.map(describe)}`;
}

describe.skipIf(!hasZoo)('real files', () => {
  test('are all there', () => {
    expect(paths.length).toBeGreaterThanOrEqual(386);
    expect(Object.keys(refused).filter((path) => !paths.includes(path))).toEqual([]);
  });

  test.each([
    [
      'tflite/person_detect/model.tflite',
      'TOCO Converted.: int8[1,96,96,1] > 14 DEPTHWISE_CONV_2D 14 CONV_2D AVERAGE_POOL_2D RESHAPE SOFTMAX > int8[1,2]',
    ],
    [
      'tflite/mnist_lstm_int8/model.tflite',
      'MLIR Converted.: int8[1,28,28] > UNIDIRECTIONAL_SEQUENCE_LSTM RESHAPE FULLY_CONNECTED SOFTMAX > int8[1,10]',
    ],
    [
      'ms/int8/person_detect_float_border.ms',
      'MindSpore Lite 2.0.0: float32[1,96,96,1] > 2 QuantDTypeCast 28 Conv2DFusion AvgPoolFusion Reshape Softmax > float32[1,2]',
    ],
    ['ms/two_add_operators.ms', 'MindSpore Lite 2.5.0: '],
    ['digits/mbv2/float.ms', ': float32[1,28,28,1] > '],
  ])('%s', (path, summary) => {
    expect(summaryOf(readModel(zooBytes(path), path))).toContain(summary);
  });

  test.each(Object.entries(refused))('%s is refused by name', (path, finding) => {
    expect(firstFinding(() => readModel(zooBytes(path), path))?.startsWith(finding)).toBe(true);
  });

  test(`all others read, hold together, and read the same after being written again`, () => {
    const totals = { tensors: 0, operators: 0, constantBytes: 0 };
    for (const path of readable) {
      const model = readModel(zooBytes(path), path);
      expect(model.tensors.map(({ index }) => index)).toEqual([...model.tensors.keys()]);
      expect(new Set(model.tensors.map(({ name }) => name)).size).toBe(model.tensors.length);
      expect(new Set(model.operators.map(({ name }) => name)).size).toBe(model.operators.length);
      totals.tensors += model.tensors.length;
      totals.operators += model.operators.length;
      totals.constantBytes += model.tensors.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
      // Old files carry no version and number their nodes as they like; TFLite has no names for nodes.
      const plain = {
        ...model,
        producer: model.producer === '' ? 'unknown' : model.producer,
        operators: model.operators.map((operator, index) => ({ ...operator, index, name: '' })),
      };
      const again = readModel((model.format === 'tflite' ? writeTflite : writeMslite)(plain), path);
      const plainAgain = { ...again, operators: again.operators.map((operator) => ({ ...operator, name: '' })) };
      // Much faster than vitest's comparison, which goes through bytes one by one.
      expect(isDeepStrictEqual(plainAgain, plain), path).toBe(true);
    }
    expect(readable.length).toBe(paths.length - Object.keys(refused).length);
    expect(totals).toMatchInlineSnapshot(`
      {
        "constantBytes": 4452280,
        "operators": 1143,
        "tensors": 2749,
      }
    `);
  });

  test('person_detect reads in well under 100 ms', () => {
    for (const path of ['tflite/person_detect/model.tflite', 'ms/int8/person_detect.ms']) {
      const bytes = zooBytes(path);
      const times = Array.from({ length: 5 }, () => {
        const start = performance.now();
        readModel(bytes, path);
        return performance.now() - start;
      });
      expect(Math.min(...times)).toBeLessThan(50);
    }
  });
});
