import { numberOption, refuse, requiredOperand, requiredResult, stringOption } from '../import-scope.ts';
import type { Importer } from '../operator.ts';
import type { ReluAttributes } from './definition.ts';

/** TensorFlow Lite RELU, RELU6 and RELU_N1_TO_1. */
export function importTfliteRelu(activation: ReluAttributes['activation']): Importer {
  return (operator, scope) => {
    const attributes: ReluAttributes = { activation };
    scope.addNode('relu', operator, {
      inputs: [requiredOperand(operator, 0)],
      outputs: [requiredResult(operator, 0)],
      attributes,
    });
  };
}

/** What msc makes of MindSpore Lite's activation types: an operator and its attributes. */
const activations: { readonly [name: string]: { readonly operator: string; readonly attributes: object } } = {
  RELU: { operator: 'relu', attributes: { activation: 'relu' } },
  RELU6: { operator: 'relu', attributes: { activation: 'relu6' } },
  RELU1: { operator: 'relu', attributes: { activation: 'relu_n1_to_1' } },
  SIGMOID: { operator: 'logistic', attributes: {} },
  TANH: { operator: 'tanh', attributes: {} },
};

/** Bounds of HARD_TANH that are one of msc's activations: the converter writes ONNX's Clip so. */
const clips: readonly { readonly bounds: readonly [number, number]; readonly name: string }[] = [
  { bounds: [0, 6], name: 'RELU6' },
  { bounds: [-1, 1], name: 'RELU1' },
];

/**
 * MindSpore Lite Activation: one primitive for many functions. `alpha`, `min_val`, `max_val` and `approximate` mean
 * something for other activation types only.
 */
export const importMsliteActivation: Importer = (operator, scope) => {
  const type = stringOption(operator, 'activation_type', 'NO_ACTIVATION');
  const name = type === 'HARD_TANH' ? clipName(operator) : type;
  const activation = activations[name];
  if (activation === undefined) {
    refuse(operator, 'unsupported-attribute', {
      found: `activation_type ${name}`,
      requires: `one of ${Object.keys(activations).join(', ')}`,
    });
  }
  scope.addNode(activation.operator, operator, {
    inputs: [requiredOperand(operator, 0)],
    outputs: [requiredResult(operator, 0)],
    attributes: { ...activation.attributes },
  });
};

function clipName(operator: Parameters<Importer>[0]): string {
  const [low, high] = [numberOption(operator, 'min_val', -1), numberOption(operator, 'max_val', 1)];
  const clip = clips.find(({ bounds }) => bounds[0] === low && bounds[1] === high);
  return clip?.name ?? `HARD_TANH with bounds ${low} and ${high}`;
}
