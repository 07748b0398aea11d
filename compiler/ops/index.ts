import { add, mul, sub } from './arithmetic/index.ts';
import { averagePool2d } from './average-pool2d/index.ts';
import { concat } from './concat/index.ts';
import { conv2d } from './conv2d/index.ts';
import { depthwiseConv2d } from './depthwise-conv2d/index.ts';
import { fullyConnected } from './fully-connected/index.ts';
import { logistic, tanh } from './logistic-tanh/index.ts';
import { lstm } from './lstm/index.ts';
import { matmul } from './matmul/index.ts';
import { maxPool2d } from './max-pool2d/index.ts';
import { mean } from './mean/index.ts';
import type { AnyOperator } from './operator.ts';
import { pad } from './pad/index.ts';
import { dequantize, quantize } from './quantize/index.ts';
import { relu } from './relu/index.ts';
import { reshape } from './reshape/index.ts';
import { slice } from './slice/index.ts';
import { softmax } from './softmax/index.ts';
import { svdf } from './svdf/index.ts';
import { transpose } from './transpose/index.ts';

export type {
  Argument,
  CField,
  CodeGoal,
  ConstantArray,
  CValue,
  Isa,
  KernelCall,
  KernelCost,
  KernelRecord,
  LoweringOptions,
  RowWindow,
  Work,
} from './kernel.ts';
export type { AnyOperator, Operator } from './operator.ts';

/** Every operator that msc compiles. */
export const operators: readonly AnyOperator[] = [
  averagePool2d,
  conv2d,
  depthwiseConv2d,
  fullyConnected,
  matmul,
  maxPool2d,
  mean,
  add,
  sub,
  mul,
  relu,
  reshape,
  transpose,
  slice,
  pad,
  concat,
  logistic,
  tanh,
  softmax,
  svdf,
  quantize,
  dequantize,
  lstm,
];

const byName: ReadonlyMap<string, AnyOperator> = new Map(operators.map((o) => [o.definition.name, o]));

/** The operator of this name; graphs hold no others. */
export function operatorNamed(name: string): AnyOperator {
  const operator = byName.get(name);
  if (operator === undefined) {
    throw new Error(`no operator '${name}'`);
  }
  return operator;
}
