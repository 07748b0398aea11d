/**
 * Architecture twins: the layers of well-known networks with random weights. Instructions, RAM and code of a network hardly depend
 * on its weights, so anybody can reproduce the figures without the trained models.
 */
import type { ImportedModel } from '../../compiler/frontends/index.ts';
import { writeTflite } from '../../compiler/frontends/tflite/write.ts';
import { seededRandom, uniform } from '../../examples/digits/training/random.ts';
import type { BenchModel } from './measure.ts';
import { buildTwin, type Handle, type TwinBuilder } from './twin-builder.ts';

/** MobileNetV1 0.25 for 96 x 96 grey images and two classes, as person_detect: the first layer is depthwise with multiplier 8. */
function mobileNetV1(): ImportedModel {
  const net = buildTwin('mobilenet_v1_025_96', [1, 96, 96, 1], 1);
  let last: Handle = net.depthwise(net.input, 8, [3, 3], 2);
  const blocks: readonly (readonly [stride: number, outputs: number])[] = [
    [1, 16],
    [2, 32],
    [1, 32],
    [2, 64],
    [1, 64],
    [2, 128],
    ...Array.from({ length: 5 }, () => [1, 128] as const),
    [2, 256],
    [1, 256],
  ];
  for (const [stride, outputs] of blocks) {
    last = net.convolution(net.depthwise(last, 1, [3, 3], stride), outputs, [1, 1], 1, 'RELU6');
  }
  const scores = net.convolution(net.averagePool(last), 2, [1, 1], 1, 'NONE');
  return net.finish(net.softmax(net.flatten(scores)));
}

/** Two convolutions and a way around them. */
function residualBlock(net: TwinBuilder, from: Handle, outputs: number, stride: number): Handle {
  const inner = net.convolution(from, outputs, [3, 3], stride, 'RELU');
  const path = net.convolution(inner, outputs, [3, 3], 1, 'NONE');
  return net.add(stride === 1 ? from : net.convolution(from, outputs, [1, 1], stride, 'NONE'), path);
}

/** ResNet-8 for 32 x 32 colour images and ten classes, as resnet8_int8. */
function resNet8(): ImportedModel {
  const net = buildTwin('resnet8', [1, 32, 32, 3], 2);
  let last = net.convolution(net.input, 16, [3, 3], 1, 'RELU');
  last = residualBlock(net, last, 16, 1);
  last = residualBlock(net, last, 32, 2);
  last = residualBlock(net, last, 64, 2);
  return net.finish(net.softmax(net.dense(net.flatten(net.averagePool(last)), 10, 'NONE')));
}

/** DS-CNN for spectrograms of 49 x 10 and twelve words, as kws_dscnn_int8. */
function dsCnn(): ImportedModel {
  const net = buildTwin('ds_cnn', [1, 49, 10, 1], 3);
  let last = net.convolution(net.input, 64, [10, 4], 2, 'RELU');
  for (let block = 0; block < 4; block++) {
    last = net.convolution(net.depthwise(last, 1, [3, 3], 1), 64, [1, 1], 1, 'RELU');
  }
  return net.finish(net.softmax(net.dense(net.flatten(net.averagePool(last)), 12, 'NONE')));
}

/** The fully connected autoencoder of 640 features, as ad01_int8. */
function autoencoder(): ImportedModel {
  const net = buildTwin('autoencoder', [1, 640], 4);
  let last = net.input;
  for (const outputs of [128, 128, 128, 128, 8, 128, 128, 128, 128]) {
    last = net.dense(last, outputs, 'RELU');
  }
  return net.finish(net.dense(last, 640, 'NONE'));
}

/** Every twin as a file with a random input. */
export function twinModels(): readonly BenchModel[] {
  return [mobileNetV1(), resNet8(), dsCnn(), autoencoder()].map((model) => {
    const size = model.tensors[model.inputs[0]!]!.shape.reduce((product, length) => product * length, 1);
    const random = seededRandom(5);
    const input = Int8Array.from({ length: size }, () => Math.round(uniform(random, -128, 127)));
    return {
      name: model.name,
      fileName: `${model.name}.tflite`,
      bytes: writeTflite(model),
      input: new Uint8Array(input.buffer),
      output: null,
    };
  });
}
