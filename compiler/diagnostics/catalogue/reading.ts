import { catalogueSection } from './entry.ts';

/** 1xxx: the model file cannot be read. */
export const reading = catalogueSection({
  'unknown-format': {
    code: 1001,
    summary: 'The file is none of the model formats that msc reads.',
    hint: 'msc reads MindSpore Lite .ms (MSL2) and TensorFlow Lite .tflite files.',
  },
  'malformed-file': {
    code: 1002,
    summary: 'The file is truncated or damaged: an offset, a length or a value contradicts the format.',
    hint: 'Copy or convert the model again.',
  },
  'unsupported-file-version': {
    code: 1003,
    summary: 'The file is of a version of its format that msc does not read.',
    hint: 'Convert the model again with a current converter.',
  },
  'training-graph': {
    code: 1004,
    summary: 'The file is a training graph; msc compiles inference graphs.',
    hint: 'Export the trained model for inference and compile that.',
  },
  'foreign-blob': {
    code: 1005,
    summary: "The model is a blob compiled for another processor, wrapped in a model file's node.",
    hint: 'Compile the model that the blob was made from.',
  },
  'unsupported-weight-encoding': {
    code: 1006,
    summary: 'A constant tensor is stored in an encoding that msc does not decode.',
    hint: 'Convert the model again without weight compression.',
  },
  'unsupported-control-flow': {
    code: 1007,
    summary: 'The model has more than one graph, or calls between graphs.',
    hint: 'Export the model without control flow.',
  },
  'unsupported-type': {
    code: 1008,
    summary: 'A tensor has an element type that msc does not compile.',
    hint: 'Convert the model to float32 or int8.',
  },
  'dynamic-shape': {
    code: 1009,
    summary: 'A tensor has a dimension that is not known at compile time.',
    hint: 'Fix the input shape when converting the model; memory is planned at compile time.',
  },
  'invalid-graph': {
    code: 1010,
    summary: 'The graph is inconsistent: a tensor is missing, written twice or read before it is written.',
    hint: 'Convert the model again.',
  },
  'too-large': {
    code: 1011,
    summary: 'The file, or a tensor in it, is larger than msc accepts.',
    hint: 'A model for a microcontroller has at most some MiB of weights.',
  },
  'encrypted-file': {
    code: 1012,
    summary: 'The file is encrypted.',
    hint: 'Export the model without encryption.',
  },
  'malformed-buffer-table': {
    code: 1013,
    summary: 'The table of buffers to plan is not well formed.',
    hint: 'Write a CSV with the header `id,lower,upper,size`, optionally `offset` and `alignment`, one buffer a line, in use from lower until before upper.',
  },
});
