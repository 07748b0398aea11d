import { describe, expect, test } from 'vitest';
import { readMslite, writeMslite } from '../../compiler/frontends/index.ts';
import { firstFinding } from './diagnostics-of.ts';
import { editedMslite } from './edited.ts';
import { msliteSample, operator, tensor } from './sample-models.ts';

const read = (bytes: Uint8Array) => readMslite(bytes, 'folder/sample.ms');

type Edit = Parameters<typeof editedMslite>[0];

describe('a MindSpore Lite file', () => {
  test('reads as it was written', () => {
    expect(read(writeMslite(msliteSample))).toEqual(msliteSample);
  });

  test('names the version whose facts the writer keeps to, unless the model says another', () => {
    expect(read(writeMslite({ ...msliteSample, producer: '' })).producer).toBe('MindSpore Lite 2.0.0');
  });

  test.each([['2.2.0.20231129'], ['']])('may be of version "%s"', (version) => {
    const bytes = editedMslite((model) => {
      model.version = version;
    });
    expect(read(bytes)).toEqual({ ...msliteSample, producer: version });
  });

  test('may have no subgraph: then the whole file is the graph', () => {
    const bytes = editedMslite((model) => {
      model.subGraph = null;
    });
    expect(read(bytes)).toEqual(msliteSample);
  });

  test('may have null shapes, null parameters and no quantization', () => {
    const bytes = editedMslite((model) => {
      model.allTensors![5]!.dims = null;
      model.allTensors![5]!.quantParams = null;
      model.allTensors![3]!.quantParams = [];
    });
    const { tensors } = read(bytes);
    expect(tensors[5]).toEqual(tensor({ index: 5, name: 'scores', shape: [] }));
    expect(tensors[3]?.quantization).toBeNull();
  });

  test('may leave quantization parameters on float tensors, which mean nothing', () => {
    const bytes = editedMslite((model) => {
      model.allTensors![0]!.dataType = 43;
    });
    expect(read(bytes).tensors[0]).toMatchObject({ dtype: 'float32', quantization: null });
  });

  test('says of int32 biases that they have 8 or 32 bits', () => {
    const bytes = editedMslite((model) => {
      for (const parameter of model.allTensors![2]!.quantParams!) {
        parameter.numBits = 8;
      }
    });
    expect(read(bytes)).toEqual(msliteSample);
  });

  test('widens float16 constants', () => {
    const bytes = editedMslite((model) => {
      Object.assign(model.allTensors![1]!, { dataType: 42, dims: [2], data: Uint8Array.of(0, 0x3c, 0, 0xb8) });
    });
    const constant = read(bytes).tensors[1];
    expect(constant).toMatchObject({ dtype: 'float32', quantization: null });
    expect(Array.from(new Float32Array(constant!.data!.slice().buffer))).toEqual([1, -0.5]);
  });

  test('may have pairs as options', () => {
    const pad = operator({
      kind: 'SpaceToBatchND',
      inputs: [3],
      outputs: [5],
      options: { block_shape: [2, 2], paddings: [0, 1, 2, 3] },
    });
    const operators = [msliteSample.operators[0]!, { ...pad, index: 1 }];
    expect(read(writeMslite({ ...msliteSample, operators })).operators[1]?.options).toEqual(pad.options);
  });

  test('takes empty and equal names', () => {
    const bytes = editedMslite((model) => {
      model.nodes![0]!.name = 'n';
      model.nodes![1]!.name = 'n';
      model.allTensors![3]!.name = '';
      model.allTensors![5]!.name = 'image';
      model.name = null;
    });
    const model = read(bytes);
    expect(model.name).toBe('sample');
    expect(model.operators.map(({ name }) => name)).toEqual(['n', 'n_1']);
    expect(model.tensors.map(({ name }) => name)).toEqual(['image', 'filter', 'bias', 'tensor_3', 'shape', 'image_1']);
  });
});

describe('what is refused', () => {
  const encoding = (found: string) => `unsupported-weight-encoding: tensor 'filter': ${found}`;
  const cases: readonly (readonly [name: string, edit: Edit, finding: string])[] = [
    ...['INDEXING', 'SPARSE', 'FSE', 'BITPACKING', 'FSE_INT', 'FSE_INFER'].map(
      (type): readonly [string, Edit, string] => [
        `${type} weights`,
        (model) => {
          model.allTensors![1]!.weightQuantCompressType = type;
        },
        encoding(`values encoded as ${type}`),
      ],
    ),
    [
      'packed weights that say no encoding',
      (model) => {
        model.allTensors![1]!.quantParams![1]!.numBits = 4;
      },
      encoding('values of 4 bits, packed'),
    ],
    [
      'Huffman-coded weights',
      (model) => {
        model.allTensors![1]!.enableHuffmanCode = true;
      },
      encoding('Huffman-coded values'),
    ],
    [
      'clustered weights',
      (model) => {
        model.allTensors![1]!.quantClusters = [0, 1, 2];
      },
      encoding('values that are indices into 3 clusters'),
    ],
    [
      'weights with corrections',
      (model) => {
        model.allTensors![1]!.quantParams![0]!.varCorr = 1.25;
      },
      encoding('quantized weights of a float model, with a correction for every channel'),
    ],
    [
      'weights in another file',
      (model) => {
        model.allTensors![1]!.externalData = [{ checkSum: null, location: 'weights.bin', offset: 0, length: 18 }];
      },
      encoding('values that are stored in another file'),
    ],
    [
      'weights of 16 bits in int8',
      (model) => {
        model.allTensors![1]!.quantParams![0]!.numBits = 16;
      },
      encoding('int8 elements of 16 bits'),
    ],
    [
      'float64',
      (model) => {
        model.allTensors![0]!.dataType = 44;
      },
      "unsupported-type: tensor 'image': float64",
    ],
    [
      'float16 that is computed',
      (model) => {
        model.allTensors![0]!.dataType = 42;
      },
      "unsupported-type: tensor 'image': float16",
    ],
    [
      'types whose numbers moved between releases',
      (model) => {
        model.allTensors![0]!.dataType = 45;
      },
      "unsupported-type: tensor 'image': element type number 45",
    ],
    [
      'a dynamic shape',
      (model) => {
        model.allTensors![0]!.dims = [-1, 4, 4, 1];
      },
      "dynamic-shape: tensor 'image': shape [-1, 4, 4, 1]",
    ],
    [
      'too few bytes',
      (model) => {
        model.allTensors![1]!.data = new Uint8Array(19);
      },
      "malformed-file: tensor 'filter': 19 bytes of int8 values for shape [2, 3, 3, 1]",
    ],
    [
      'a node without a primitive',
      (model) => {
        model.nodes![0]!.primitive!.value = null as never;
      },
      "malformed-file: node 'conv' (0): no primitive",
    ],
    [
      'a node that is not there',
      (model) => {
        model.subGraph![0]!.nodeIndices = [0, 2];
      },
      'malformed-file: folder/sample.ms: node 2 of 2',
    ],
    [
      'gradients',
      (model) => {
        model.nodes![1]!.primitive!.value = { type: 'ActivationGrad', value: {} };
      },
      "training-graph: folder/sample.ms: 1 of 2 nodes compute gradients or update weights, first ActivationGrad 'reshape' (node 1)",
    ],
    [
      'optimizers',
      (model) => {
        model.nodes![1]!.primitive!.value = { type: 'SGD', value: {} };
      },
      "training-graph: folder/sample.ms: 1 of 2 nodes compute gradients or update weights, first SGD 'reshape' (node 1)",
    ],
    [
      'control flow',
      (model) => {
        model.nodes![1]!.primitive!.value = { type: 'PartialFusion', value: {} };
      },
      "unsupported-control-flow: PartialFusion 'reshape' (node 1): runs another graph of the file",
    ],
    [
      'several graphs',
      (model) => {
        model.subGraph!.push(model.subGraph![0]!);
      },
      'unsupported-control-flow: folder/sample.ms: 2 graphs',
    ],
    [
      "another processor's program",
      (model) => {
        model.nodes![0]!.primitive!.value = { type: 'Custom', value: { type: 'NPU' } };
        model.allTensors![1]!.dataType = 37;
      },
      "foreign-blob: Custom:NPU 'conv' (node 0): 18 bytes in 'filter' that only another processor's runtime understands",
    ],
    [
      'obfuscation',
      (model) => {
        model.obfuscate = true;
      },
      'encrypted-file: folder/sample.ms: an obfuscated MindSpore Lite model',
    ],
    [
      'a circle',
      (model) => {
        model.nodes![0]!.inputIndex![0] = 5;
      },
      "invalid-graph: Reshape 'reshape' (node 1): reads what it writes itself, through Conv2DFusion 'conv' (node 0)",
    ],
  ];

  test.each(cases)('%s', (_, edit, finding) => {
    expect(firstFinding(() => read(editedMslite(edit)))).toBe(finding);
  });

  test('writing what the format cannot hold', () => {
    const [image, ...others] = msliteSample.tensors;
    expect(() => writeMslite({ ...msliteSample, tensors: [{ ...image!, isVariable: true }, ...others] })).toThrow(
      'no variables',
    );
    expect(() =>
      writeMslite({ ...msliteSample, operators: [operator({ kind: 'Reshape', inputs: [0, null] })] }),
    ).toThrow('no absent operands');
  });
});
