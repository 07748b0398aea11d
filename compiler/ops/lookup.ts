import { elementCount, type NodeView, operand, result } from '../ir/index.ts';
import { constant, type KernelRecord } from './kernel.ts';

/** A function of one int8, computed for a node. */
type ElementFunction<V> = (view: V) => (value: number) => number;

/**
 * The kernel that looks an int8 function of one operand up in a table of its 256 results, made at compile time.
 * `accepts` says for which int8 nodes; `index` says which operand the function is of (the other one is constant).
 */
export function lookupKernel<A extends NodeView['attributes']>(
  functionOf: ElementFunction<NodeView<A>>,
  accepts: (view: NodeView<A>) => boolean = () => true,
  index: (view: NodeView<A>) => number = () => 0,
): KernelRecord<A> {
  return {
    name: 'lookup_s8__portable',
    isa: 'portable',
    description: 'Looks every result up in a table of 256 bytes.',
    accepts: (view) => operand(view, 0).dtype === 'int8' && result(view).dtype === 'int8' && accepts(view),
    cost: (view) => ({ instructions: 5 * elementCount(result(view).shape) + 10, codeBytes: 24, tableBytes: 256 }),
    lower: (view) => {
      const compute = functionOf(view);
      return {
        kernel: 'lookup_s8__portable',
        work: { kind: 'run', units: elementCount(result(view).shape) },
        constants: [
          {
            name: 'table',
            values: Int8Array.from({ length: 256 }, (_, i) => compute(i < 128 ? i : i - 256)),
            comment: 'int8 [256], the results for 0 to 127, then those for -128 to -1',
          },
        ],
        arguments: [
          { kind: 'input', index: index(view) },
          { kind: 'output', index: 0 },
          constant('table'),
          { kind: 'runLength' },
        ],
        scratchBytes: 0,
        inPlace: [index(view)],
      };
    },
  };
}
