import { fail } from '../../diagnostics/index.ts';
import { type DType, elementCount, isQuantizedDType, type Quantization, type Shape } from '../../ir/index.ts';
import { checkedData, checkShape, float32FromFloat16, quantizationOf } from '../constants.ts';
import type { TableValue } from '../flatbuffer/index.ts';
import type { ImportedTensor } from '../imported-model.ts';
import { presentableName } from '../names.ts';
import type { tfliteSchema } from './schema.generated.ts';

export type TfliteTensor = TableValue<typeof tfliteSchema, 'Tensor'>;
export type TfliteBuffer = TableValue<typeof tfliteSchema, 'Buffer'>;

/** msc's names of TFLite's element types; float16 exists in constants only, which become float32. */
export const dtypeOfTensorType: { readonly [type: string]: DType } = {
  INT8: 'int8',
  UINT8: 'uint8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FLOAT32: 'float32',
  BOOL: 'bool',
};

/** Types whose elements are smaller than a byte: several are packed into one. */
const packedTypes: readonly string[] = ['INT4', 'INT2', 'UINT4'];

/**
 * Decodes tensor `index`.
 *
 * @param isWritten whether an operator or the caller writes it; a tensor without elements that nobody writes is a
 *   constant.
 */
export function decodeTensor(
  tensor: TfliteTensor,
  index: number,
  buffers: readonly (TfliteBuffer | null)[],
  isWritten: boolean,
): Omit<ImportedTensor, 'index'> {
  const name = presentableName(tensor.name, `tensor_${index}`);
  const where = `tensor '${name}'`;
  const shape = shapeOf(tensor, where);
  const stored = tensor.is_variable ? null : storedBytes(tensor, buffers, where);
  if (tensor.type === 'FLOAT16' && stored !== null) {
    const data = float32FromFloat16(where, shape, stored);
    return { name, dtype: 'float32', shape, quantization: null, data, isVariable: false };
  }
  const dtype = dtypeOf(tensor, stored !== null, where);
  const bytes = stored ?? (elementCount(shape) === 0 && !isWritten ? new Uint8Array(0) : null);
  return {
    name,
    dtype,
    shape,
    quantization: isQuantizedDType(dtype) ? decodeQuantization(tensor, shape, where) : null,
    data: bytes === null ? null : checkedData(where, dtype, shape, bytes),
    isVariable: tensor.is_variable,
  };
}

function shapeOf(tensor: TfliteTensor, where: string): Shape {
  // shape_signature has -1 where `shape` has the size that the model was converted with: TensorFlow Lite Micro
  // takes `shape`, and so does msc.
  const shape = tensor.shape ?? [];
  checkShape(where, shape);
  return shape;
}

function dtypeOf(tensor: TfliteTensor, isConstant: boolean, where: string): DType {
  const dtype = dtypeOfTensorType[tensor.type];
  if (dtype !== undefined) {
    return dtype;
  }
  if (isConstant && packedTypes.includes(tensor.type)) {
    fail('unsupported-weight-encoding', { where, found: `${tensor.type} values, several to a byte` });
  }
  fail('unsupported-type', {
    where,
    found: tensor.type,
    requires: Object.keys(dtypeOfTensorType).join(', '),
  });
}

/** The bytes of the tensor's buffer, or null if it has none: buffer 0 and empty buffers mean "not a constant". */
function storedBytes(
  tensor: TfliteTensor,
  buffers: readonly (TfliteBuffer | null)[],
  where: string,
): Uint8Array | null {
  if (tensor.external_buffer !== 0) {
    fail('unsupported-weight-encoding', { where, found: 'values that are stored in another file' });
  }
  if (tensor.buffer === 0) {
    return null;
  }
  const buffer = buffers[tensor.buffer];
  if (buffer === undefined || buffer === null) {
    fail('malformed-file', { where, found: `buffer ${tensor.buffer} of ${buffers.length}` });
  }
  if (buffer.offset > 1 || buffer.size > 1) {
    fail('unsupported-weight-encoding', {
      where,
      found: `values at byte ${buffer.offset} behind the model, as files of more than 2 GB have them`,
    });
  }
  if (buffer.data === null || buffer.data.length === 0) {
    return null;
  }
  if (tensor.sparsity !== null) {
    fail('unsupported-weight-encoding', { where, found: 'sparse values' });
  }
  return buffer.data;
}

function decodeQuantization(tensor: TfliteTensor, shape: Shape, where: string): Quantization | null {
  const parameters = tensor.quantization;
  if (parameters === null) {
    return null;
  }
  if (parameters.details !== null) {
    fail('unsupported-weight-encoding', { where, found: `quantization by ${parameters.details.type}` });
  }
  // Biases inherit the axis of the weights that they belong to, person_detect's say 3.
  const axis = shape.length === 1 ? 0 : parameters.quantized_dimension;
  const quantization = quantizationOf(where, parameters.scale ?? [], parameters.zero_point ?? [], axis);
  if (quantization !== null && quantization.axis !== null && shape[axis] !== quantization.scales.length) {
    fail('malformed-file', {
      where,
      found: `${quantization.scales.length} scales along axis ${axis} of shape [${shape.join(', ')}]`,
    });
  }
  return quantization;
}
