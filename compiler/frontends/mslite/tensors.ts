import { fail } from '../../diagnostics/index.ts';
import { type DType, elementCount, isQuantizedDType, type Quantization } from '../../ir/index.ts';
import { checkedData, checkShape, float32FromFloat16, quantizationOf } from '../constants.ts';
import type { TableValue } from '../flatbuffer/index.ts';
import type { ImportedTensor } from '../imported-model.ts';
import { presentableName } from '../names.ts';
import type { msliteSchema } from './schema.generated.ts';

export type MsliteTensor = TableValue<typeof msliteSchema, 'Tensor'>;
export type MsliteQuantParam = TableValue<typeof msliteSchema, 'QuantParam'>;

/** Numbers of element types that mean the same in every release; from 45 on they moved between releases. */
const float16Type = 42;

const dtypeOfTypeId: { readonly [typeId: number]: DType } = {
  30: 'bool',
  32: 'int8',
  33: 'int16',
  34: 'int32',
  35: 'int64',
  37: 'uint8',
  43: 'float32',
};

const otherTypes: { readonly [typeId: number]: string } = {
  31: 'int',
  36: 'uint',
  38: 'uint16',
  39: 'uint32',
  40: 'uint64',
  41: 'float',
  42: 'float16',
  44: 'float64',
};

/** The number by which `.ms` files call an element type. */
export function typeIdOf(dtype: DType): number {
  const entry = Object.entries(dtypeOfTypeId).find(([, known]) => known === dtype);
  return Number(entry?.[0]);
}

/**
 * Decodes tensor `index`. Whether a tensor is quantized is decided by its element type: converters leave parameters on
 * float tensors.
 *
 * @param isWritten whether an operator or the caller writes it; a tensor without elements that nobody writes is a
 *   constant.
 */
export function decodeTensor(tensor: MsliteTensor, index: number, isWritten: boolean): Omit<ImportedTensor, 'index'> {
  const name = presentableName(tensor.name, `tensor_${index}`);
  const where = `tensor '${name}'`;
  const shape = tensor.dims ?? [];
  checkShape(where, shape);
  if ((tensor.externalData?.length ?? 0) > 0) {
    fail('unsupported-weight-encoding', { where, found: 'values that are stored in another file' });
  }
  const stored = tensor.data === null || tensor.data.length === 0 ? null : tensor.data;
  const quantParams = (tensor.quantParams ?? []).filter((parameter) => parameter !== null);
  if (stored !== null) {
    refuseEncoding(tensor, quantParams, where);
    if (tensor.dataType === float16Type) {
      const data = float32FromFloat16(where, shape, stored);
      return { name, dtype: 'float32', shape, quantization: null, data, isVariable: false };
    }
  }
  const dtype = dtypeOf(tensor, where);
  const bytes = stored ?? (elementCount(shape) === 0 && !isWritten ? new Uint8Array(0) : null);
  return {
    name,
    dtype,
    shape,
    quantization: isQuantizedDType(dtype) ? decodeQuantization(quantParams, dtype, stored !== null, where) : null,
    data: bytes === null ? null : checkedData(where, dtype, shape, bytes),
    isVariable: false,
  };
}

function dtypeOf(tensor: MsliteTensor, where: string): DType {
  const dtype = dtypeOfTypeId[tensor.dataType];
  if (dtype === undefined) {
    fail('unsupported-type', {
      where,
      found: otherTypes[tensor.dataType] ?? `element type number ${tensor.dataType}`,
      requires: Object.values(dtypeOfTypeId).join(', '),
    });
  }
  return dtype;
}

/** Refuses constants whose bytes are not simply the elements, as weight quantization leaves them. */
function refuseEncoding(tensor: MsliteTensor, quantParams: readonly MsliteQuantParam[], where: string): void {
  const refuse = (found: string): never => fail('unsupported-weight-encoding', { where, found });
  if (tensor.weightQuantCompressType !== 'NONE') {
    refuse(`values encoded as ${tensor.weightQuantCompressType}`);
  }
  if (tensor.enableHuffmanCode) {
    refuse('Huffman-coded values');
  }
  if ((tensor.quantClusters?.length ?? 0) > 0) {
    refuse(`values that are indices into ${tensor.quantClusters?.length} clusters`);
  }
  const isInteger = tensor.dataType === typeIdOf('int8') || tensor.dataType === typeIdOf('int16');
  const packed = quantParams.find(({ numBits }) => (numBits > 0 && numBits < 8) || (numBits > 8 && numBits < 16));
  if (isInteger && packed !== undefined) {
    refuse(`values of ${packed.numBits} bits, packed`);
  }
  if (
    isInteger &&
    quantParams.length > 1 &&
    quantParams.some(({ varCorr, meanCorr }) => varCorr !== 1 || meanCorr !== 0)
  ) {
    refuse('quantized weights of a float model, with a correction for every channel');
  }
}

/** int32 biases say 8 or 32 bits; every other type must say its own width. */
const widthsOf: { readonly [dtype: string]: readonly number[] } = {
  int8: [8],
  uint8: [8],
  int16: [16],
  int32: [8, 16, 32],
};

function decodeQuantization(
  quantParams: readonly MsliteQuantParam[],
  dtype: DType,
  isConstant: boolean,
  where: string,
): Quantization | null {
  const widths = widthsOf[dtype] ?? [];
  const other = quantParams.find(({ numBits }) => !widths.includes(numBits));
  if (other !== undefined) {
    fail(isConstant ? 'unsupported-weight-encoding' : 'unsupported-type', {
      where,
      found: `${dtype} elements of ${other.numBits} bits`,
      requires: `${widths.join(' or ')} bits`,
    });
  }
  return quantizationOf(
    where,
    quantParams.map(({ scale }) => scale),
    quantParams.map(({ zeroPoint }) => zeroPoint),
    0,
  );
}
