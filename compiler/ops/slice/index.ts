import type { Operator } from '../operator.ts';
import { type SliceAttributes, sliceDefinition } from './definition.ts';
import {
  importMsliteSlice,
  importMsliteSplit,
  importMsliteStridedSlice,
  importTfliteSlice,
  importTfliteSplit,
  importTfliteSplitV,
  importTfliteStridedSlice,
} from './import.ts';
import { sliceKernels } from './kernels.ts';
import { evaluateSlice } from './reference.ts';

export const slice: Operator<SliceAttributes> = {
  definition: sliceDefinition,
  evaluate: evaluateSlice,
  tflite: {
    SLICE: importTfliteSlice,
    STRIDED_SLICE: importTfliteStridedSlice,
    SPLIT: importTfliteSplit,
    SPLIT_V: importTfliteSplitV,
  },
  mslite: { SliceFusion: importMsliteSlice, StridedSlice: importMsliteStridedSlice, Split: importMsliteSplit },
  kernels: sliceKernels,
};
