import { describe, expect, test } from 'vitest';
import { readTflite, writeTflite } from '../../compiler/frontends/index.ts';
import { diagnosticsOf, firstFinding } from './diagnostics-of.ts';
import { editedTflite } from './edited.ts';
import { operator, tensor, tfliteSample } from './sample-models.ts';

const read = (bytes: Uint8Array) => readTflite(bytes, 'folder/sample.tflite');

type Edit = Parameters<typeof editedTflite>[0];

describe('a TensorFlow Lite file', () => {
  test('reads as it was written', () => {
    expect(read(writeTflite(tfliteSample))).toEqual(tfliteSample);
  });

  test('keeps variables, absent operands, custom operators and 64-bit constants', () => {
    const model = {
      ...tfliteSample,
      tensors: [
        tensor({ index: 0, name: 'in', dtype: 'float32', shape: [2] }),
        tensor({ index: 1, name: 'state', shape: [4], isVariable: true }),
        tensor({ index: 2, name: 'sizes', dtype: 'int64', shape: [1], data: Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0) }),
        tensor({ index: 3, name: 'nothing', dtype: 'int32', shape: [0], data: new Uint8Array(0) }),
        tensor({ index: 4, name: 'out', dtype: 'bool', shape: [] }),
      ],
      operators: [operator({ name: 'out', kind: 'CUSTOM:Mine', inputs: [0, null, 1, 2, 3], outputs: [4] })],
      outputs: [4],
    };
    expect(read(writeTflite(model))).toEqual(model);
  });

  test('fills in defaults where an operator has no options', () => {
    const bytes = editedTflite((_, graph) => {
      graph.operators![0]!.builtin_options = null;
    });
    expect(read(bytes).operators[0]?.options).toMatchObject({ padding: 'SAME', stride_w: 0, dilation_w_factor: 1 });
  });

  test('takes the larger of the old and the new operator code', () => {
    const kindWith = (deprecated_builtin_code: number, builtin_code: string) =>
      read(
        editedTflite((model, graph) => {
          Object.assign(model.operator_codes![0]!, { deprecated_builtin_code, builtin_code });
          graph.operators![0]!.builtin_options = null;
        }),
      ).operators[0]?.kind;
    expect(kindWith(9, 'ADD')).toBe('FULLY_CONNECTED');
    expect(kindWith(0, 'SOFTMAX')).toBe('SOFTMAX');
    expect(kindWith(127, 'CUMSUM')).toBe('CUMSUM');
  });

  test('names nodes and tensors that have no name, or share one', () => {
    const bytes = editedTflite((_, graph) => {
      graph.tensors![0]!.name = null;
      graph.tensors![1]!.name = 'x';
      graph.tensors![2]!.name = 'x';
      graph.tensors![3]!.name = 'x_1';
      graph.tensors![4]!.name = 'line\nbreak */';
      graph.tensors![5]!.name = '';
      graph.name = 'main';
    });
    const model = read(bytes);
    expect(model.name).toBe('sample');
    expect(model.tensors.map(({ name }) => name)).toEqual(['tensor_0', 'x', 'x_2', 'x_1', 'line?break */', 'tensor_5']);
    expect(model.operators.map(({ name }) => name)).toEqual(['x_1', 'RESHAPE_1']);
  });

  test('puts operators in an order in which they can run, and drops tensors that nothing uses', () => {
    const bytes = editedTflite((_, graph) => {
      graph.operators!.reverse();
      graph.tensors!.unshift({ ...graph.tensors![0]!, name: 'unused', type: 'STRING' });
      const shift = (indices: number[] | null) => indices!.map((index) => index + 1);
      graph.inputs = shift(graph.inputs);
      graph.outputs = shift(graph.outputs);
      for (const node of graph.operators!) {
        node.inputs = shift(node.inputs);
        node.outputs = shift(node.outputs);
      }
    });
    const model = read(bytes);
    expect(model.operators.map(({ kind, index }) => [kind, index])).toEqual([
      ['CONV_2D', 1],
      ['RESHAPE', 0],
    ]);
    expect(model.tensors).toEqual(tfliteSample.tensors);
  });

  test('widens float16 constants, and drops the operator that would do it', () => {
    const bytes = editedTflite((model, graph) => {
      const base = { ...graph.tensors![3]!, quantization: null, type: 'FLOAT32' };
      graph.tensors![0] = { ...graph.tensors![0]!, quantization: null, type: 'FLOAT32', shape: [4] };
      graph.tensors![1] = { ...base, name: 'half', type: 'FLOAT16', shape: [6], buffer: 1 };
      graph.tensors![2] = { ...base, name: 'whole', shape: [6] };
      graph.tensors![3] = { ...base, name: 'out', shape: [6] };
      model.buffers![1]!.data = new Uint8Array(Uint16Array.of(0x3c00, 0xc001, 0x0001, 0x83ff, 0x7c00, 0x7bff).buffer);
      Object.assign(model.operator_codes![0]!, { builtin_code: 'DEQUANTIZE', deprecated_builtin_code: 6 });
      Object.assign(model.operator_codes![1]!, { builtin_code: 'ADD', deprecated_builtin_code: 0 });
      Object.assign(graph.operators![0]!, { inputs: [1], outputs: [2], builtin_options: null });
      Object.assign(graph.operators![1]!, { inputs: [0, 2], outputs: [3], builtin_options: null });
      graph.outputs = [3];
    });
    const model = read(bytes);
    expect(model.operators.map(({ kind }) => kind)).toEqual(['ADD']);
    const constant = model.tensors.find(({ name }) => name === 'whole');
    expect(constant?.dtype).toBe('float32');
    expect(Array.from(new Float32Array(constant!.data!.slice().buffer))).toEqual([
      1,
      -(2 + 2 ** -9),
      2 ** -24,
      -(1023 * 2 ** -24),
      Number.POSITIVE_INFINITY,
      65504,
    ]);
  });

  test('gives biases the only axis that they have, whatever the file says', () => {
    const bytes = editedTflite((_, graph) => {
      graph.tensors![2]!.quantization!.quantized_dimension = 3;
    });
    expect(read(bytes).tensors[2]?.quantization?.axis).toBe(0);
  });
});

describe('what is refused', () => {
  const cases: readonly (readonly [name: string, edit: Edit, finding: string])[] = [
    [
      'another version',
      (model) => {
        model.version = 2;
      },
      'unsupported-file-version: folder/sample.tflite: version 2',
    ],
    [
      'no graph',
      (model) => {
        model.subgraphs = [];
      },
      'malformed-file: folder/sample.tflite: no graph',
    ],
    [
      'several entry points',
      (model, graph) => {
        model.subgraphs!.push(graph);
        model.signature_defs = [{ inputs: null, outputs: null, signature_key: 'train', subgraph_index: 1 }];
      },
      "unsupported-control-flow: folder/sample.tflite: 2 graphs, more than one of which can be called (signature 'train')",
    ],
    [
      'control flow',
      (model, graph) => {
        Object.assign(model.operator_codes![0]!, { builtin_code: 'WHILE', deprecated_builtin_code: 119 });
        graph.operators![0]!.builtin_options = null;
      },
      "unsupported-control-flow: WHILE 'features' (node 0): runs another graph of the file",
    ],
    [
      'a dynamic shape',
      (_, graph) => {
        graph.tensors![0]!.shape = [1, -1, 4, 1];
      },
      "dynamic-shape: tensor 'image': shape [1, -1, 4, 1]",
    ],
    [
      'a computed tensor without elements',
      (_, graph) => {
        graph.tensors![0]!.shape = [1, 0, 4, 1];
      },
      "dynamic-shape: tensor 'image': shape [1, 0, 4, 1]",
    ],
    [
      'nine dimensions',
      (_, graph) => {
        graph.tensors![0]!.shape = [1, 1, 1, 1, 1, 1, 1, 1, 1];
      },
      "too-large: tensor 'image': 9 dimensions",
    ],
    [
      'more than 2^31 elements',
      (_, graph) => {
        graph.tensors![0]!.shape = [65536, 65536];
      },
      "too-large: tensor 'image': shape [65536, 65536]",
    ],
    [
      'a type that msc does not have',
      (_, graph) => {
        graph.tensors![0]!.type = 'COMPLEX64';
      },
      "unsupported-type: tensor 'image': COMPLEX64",
    ],
    [
      'packed constants',
      (_, graph) => {
        graph.tensors![1]!.type = 'INT4';
      },
      "unsupported-weight-encoding: tensor 'filter': INT4 values, several to a byte",
    ],
    [
      'sparse constants',
      (_, graph) => {
        graph.tensors![1]!.sparsity = { traversal_order: [0], block_map: null, dim_metadata: null };
      },
      "unsupported-weight-encoding: tensor 'filter': sparse values",
    ],
    [
      'constants behind the model',
      (model) => {
        model.buffers![1]!.offset = 4096;
      },
      "unsupported-weight-encoding: tensor 'filter': values at byte 4096 behind the model, as files of more than 2 GB have them",
    ],
    [
      'constants in another file',
      (_, graph) => {
        graph.tensors![1]!.external_buffer = 1;
      },
      "unsupported-weight-encoding: tensor 'filter': values that are stored in another file",
    ],
    [
      'blockwise quantization',
      (_, graph) => {
        graph.tensors![1]!.quantization!.details = { type: 'BlockwiseQuantization', value: {} };
      },
      "unsupported-weight-encoding: tensor 'filter': quantization by BlockwiseQuantization",
    ],
    [
      'a buffer that is not there',
      (_, graph) => {
        graph.tensors![1]!.buffer = 99;
      },
      "malformed-file: tensor 'filter': buffer 99 of 4",
    ],
    [
      'too few bytes',
      (model) => {
        model.buffers![1]!.data = new Uint8Array(17);
      },
      "malformed-file: tensor 'filter': 17 bytes of int8 values for shape [2, 3, 3, 1]",
    ],
    [
      'scales that do not belong to the axis',
      (_, graph) => {
        graph.tensors![1]!.quantization!.quantized_dimension = 1;
      },
      "malformed-file: tensor 'filter': 2 scales along axis 1 of shape [2, 3, 3, 1]",
    ],
    [
      'an axis that is not there',
      (_, graph) => {
        graph.tensors![1]!.quantization!.quantized_dimension = -1;
      },
      "malformed-file: tensor 'filter': 2 scales along axis -1 of shape [2, 3, 3, 1]",
    ],
    [
      'scales without zero points',
      (_, graph) => {
        graph.tensors![1]!.quantization!.zero_point = null;
      },
      "malformed-file: tensor 'filter': 2 scales and 0 zero points",
    ],
    [
      'a scale that is no number',
      (_, graph) => {
        graph.tensors![0]!.quantization!.scale = [Number.NaN];
      },
      "malformed-file: tensor 'image': a scale of NaN",
    ],
    [
      "another operator's options",
      (_, graph) => {
        graph.operators![0]!.builtin_options = { type: 'Pool2DOptions', value: {} };
      },
      "malformed-file: CONV_2D 'features' (node 0): options of type Pool2DOptions",
    ],
    [
      'an operator code that is not there',
      (_, graph) => {
        graph.operators![0]!.opcode_index = 2;
      },
      'malformed-file: node 0: operator code 2 of 2',
    ],
    [
      'a tensor that is not there',
      (_, graph) => {
        graph.operators![0]!.inputs![1] = 6;
      },
      "invalid-graph: CONV_2D 'features' (node 0): tensor index 6 in a graph of 6 tensors",
    ],
    [
      'a negative tensor index',
      (_, graph) => {
        graph.outputs = [-1];
      },
      'invalid-graph: folder/sample.tflite: tensor index -1 in a graph of 6 tensors',
    ],
    [
      'no outputs',
      (_, graph) => {
        graph.outputs = [];
      },
      'invalid-graph: folder/sample.tflite: a graph without outputs',
    ],
    [
      'an input named twice',
      (_, graph) => {
        graph.inputs = [0, 0];
      },
      'invalid-graph: folder/sample.tflite: a tensor is an input of the graph twice',
    ],
    [
      'a constant as input',
      (_, graph) => {
        graph.inputs = [0, 1];
      },
      "invalid-graph: folder/sample.tflite: input 'filter' is a constant or a variable",
    ],
    [
      'two writers',
      (_, graph) => {
        graph.operators![1]!.outputs = [3];
      },
      "invalid-graph: RESHAPE 'features' (node 1): writes tensor 'features', which CONV_2D 'features' (node 0) writes too",
    ],
    [
      'writing an input',
      (_, graph) => {
        graph.operators![1]!.outputs = [0];
      },
      "invalid-graph: RESHAPE 'image' (node 1): writes tensor 'image', an input of the graph",
    ],
    [
      'writing a constant',
      (_, graph) => {
        graph.operators![1]!.outputs = [1];
      },
      "invalid-graph: RESHAPE 'filter' (node 1): writes tensor 'filter', a constant",
    ],
    [
      'writing a variable',
      (_, graph) => {
        graph.tensors![5]!.is_variable = true;
      },
      "invalid-graph: RESHAPE 'scores' (node 1): writes tensor 'scores', a variable",
    ],
    [
      'reading what nothing writes',
      (_, graph) => {
        graph.inputs = [];
      },
      "invalid-graph: CONV_2D 'features' (node 0): reads tensor 'image', which nothing writes",
    ],
    [
      'a circle',
      (_, graph) => {
        graph.operators![0]!.inputs![0] = 5;
      },
      "invalid-graph: RESHAPE 'scores' (node 1): reads what it writes itself, through CONV_2D 'features' (node 0)",
    ],
  ];

  test.each(cases)('%s', (_, edit, finding) => {
    expect(firstFinding(() => read(editedTflite(edit)))).toBe(finding);
  });

  test('an enum member that does not exist', () => {
    const bytes = editedTflite((_, graph) => {
      graph.operators![0]!.builtin_options!.value = { stride_w: 1, stride_h: 1, fused_activation_function: 'SIGN_BIT' };
    });
    const findings = [...bytes.keys()].flatMap((i) => {
      const copy = bytes.slice();
      copy[i] = 77;
      return diagnosticsOf(() => read(copy)).map(({ found }) => found);
    });
    expect(findings).toContain('fused_activation_function is ActivationFunctionType(77)');
  });

  test('everything that is wrong with the tensors, at once', () => {
    const bytes = editedTflite((_, graph) => {
      graph.tensors![0]!.type = 'STRING';
      graph.tensors![5]!.type = 'FLOAT64';
    });
    expect(diagnosticsOf(() => read(bytes)).map(({ where }) => where)).toEqual(["tensor 'image'", "tensor 'scores'"]);
  });

  test('constants that add up to far more than the file', () => {
    const bytes = editedTflite((model, graph) => {
      model.buffers![1]!.data = new Uint8Array(100_000);
      const shared = { ...graph.tensors![1]!, shape: [100_000], quantization: null };
      graph.tensors!.push(...Array.from({ length: 100 }, (_, i) => ({ ...shared, name: `copy${i}` })));
      graph.operators![0]!.inputs!.push(...Array.from({ length: 100 }, (_, i) => 6 + i));
      graph.operators![0]!.inputs![1] = 6;
    });
    expect(firstFinding(() => read(bytes))).toContain('constants that together are more than 16 times as large');
  });
});
