import type { ImportedOperator } from '../frontends/imported-model.ts';
import type { Activation } from './activation.ts';
import { refuse, stringOption } from './import-scope.ts';

const tfliteActivations: { readonly [name: string]: Activation } = {
  NONE: 'none',
  RELU: 'relu',
  RELU6: 'relu6',
  RELU_N1_TO_1: 'relu_n1_to_1',
};

const msliteActivations: { readonly [name: string]: Activation } = {
  NO_ACTIVATION: 'none',
  RELU: 'relu',
  RELU6: 'relu6',
  RELU1: 'relu_n1_to_1',
};

/** The activation that a TensorFlow Lite operator has fused. */
export function tfliteActivation(operator: ImportedOperator): Activation {
  return activationOption(operator, 'fused_activation_function', 'NONE', tfliteActivations);
}

/** The activation that a MindSpore Lite primitive has fused. */
export function msliteActivation(operator: ImportedOperator): Activation {
  return activationOption(operator, 'activation_type', 'NO_ACTIVATION', msliteActivations);
}

function activationOption(
  operator: ImportedOperator,
  option: string,
  fallback: string,
  names: { readonly [name: string]: Activation },
): Activation {
  const name = stringOption(operator, option, fallback);
  const activation = names[name];
  if (activation === undefined) {
    refuse(operator, 'unsupported-attribute', {
      found: `fused activation ${name}`,
      requires: `one of ${Object.keys(names).join(', ')}`,
    });
  }
  return activation;
}
