import { mslitePoolImporter, tflitePoolImporter } from '../window-import.ts';

/** TensorFlow Lite AVERAGE_POOL_2D. */
export const importTfliteAveragePool2d = tflitePoolImporter('average_pool2d');

/** MindSpore Lite AvgPoolFusion. */
export const importMsliteAveragePool2d = mslitePoolImporter('average_pool2d');
