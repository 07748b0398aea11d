import { mslitePoolImporter, tflitePoolImporter } from '../window-import.ts';

/** TensorFlow Lite MAX_POOL_2D. */
export const importTfliteMaxPool2d = tflitePoolImporter('max_pool2d');

/** MindSpore Lite MaxPoolFusion. */
export const importMsliteMaxPool2d = mslitePoolImporter('max_pool2d');
