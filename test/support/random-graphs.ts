import type { Graph, Node, Tensor, TensorKind } from '../../compiler/ir/index.ts';
import { integersBetween, randomSource } from './random.ts';

/** A node of a hand-made graph: `work` makes a result of any size from its operands, the others are the operators. */
export interface NodeLine {
  readonly operator: 'work' | 'relu' | 'add' | 'reshape' | 'concat';
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * A graph of int8 vectors from their sizes in bytes. Tensors that no node writes are inputs, or variables if their name starts
 * with `state`; node i writes in the given order.
 */
export function graphOfBytes(
  sizes: { readonly [tensor: string]: number },
  lines: readonly NodeLine[],
  outputs: readonly string[],
): Graph {
  const names = Object.keys(sizes);
  const written = new Set(lines.flatMap((line) => line.outputs));
  const kindOf = (name: string): TensorKind => (name.startsWith('state') ? 'variable' : 'computed');
  const tensors = names.map((name, id): [number, Tensor] => [
    id,
    {
      id,
      name,
      kind: kindOf(name),
      dtype: 'int8',
      shape: [1, sizes[name]!],
      quantization: { scales: [0.5], zeroPoints: [0], axis: null },
      data: null,
    },
  ]);
  const idOf = (name: string) => names.indexOf(name);
  const nodes = lines.map(({ operator, inputs, outputs: results }, index): Node => {
    const attributes = {
      work: {},
      relu: { activation: 'relu' },
      add: { activation: 'none' },
      reshape: { shape: [1, sizes[results[0]!]!] },
      concat: { axis: 1 },
    }[operator];
    const origin = { operator, index };
    return { name: `n${index}`, operator, inputs: inputs.map(idOf), outputs: results.map(idOf), attributes, origin };
  });
  const inputs = names.filter((name) => !written.has(name) && kindOf(name) === 'computed').map(idOf);
  return { name: 'hand-made', tensors: new Map(tensors), nodes, inputs, outputs: outputs.map(idOf) };
}

/** What random graphs look like. */
export interface GraphShape {
  readonly nodes: number;
  /** Operands are among the last so many tensors. */
  readonly reach: number;
  /** `work` nodes, with two results at times, and variables as operands; else only real operators. */
  readonly anything: boolean;
}

/** A random graph without dead nodes: what nothing reads is an output. Same seed, same graph. */
export function randomGraph({ nodes, reach, anything }: GraphShape, seed: number): Graph {
  const next = randomSource(seed);
  const between = (minimum: number, maximum: number) => integersBetween(next, minimum, maximum, 1)[0]!;
  const sizes: Record<string, number> = {};
  const lines: NodeLine[] = [];
  const readable: string[] = [];
  for (let i = between(1, 2); i > 0; i--) {
    sizes[`in${i}`] = 4 * between(1, 20);
    readable.push(`in${i}`);
  }
  if (anything) {
    sizes.state = 8;
  }
  const draw = () => readable[readable.length - between(1, Math.min(reach, readable.length))]!;
  for (let i = 0; i < nodes; i++) {
    const first = draw();
    const second = draw();
    const size = sizes[first]!;
    const output = `t${i}`;
    const kind = between(0, anything ? 8 : 3);
    if (kind === 0 && size < 10_000) {
      sizes[output] = size + sizes[second]!;
      lines.push({ operator: 'concat', inputs: [first, second], outputs: [output] });
    } else if (kind === 1 && sizes[second] === size) {
      sizes[output] = size;
      lines.push({ operator: 'add', inputs: [first, second], outputs: [output] });
    } else if (kind === 2) {
      sizes[output] = size;
      lines.push({ operator: 'reshape', inputs: [first], outputs: [output] });
    } else if (kind <= 3) {
      sizes[output] = size;
      lines.push({ operator: 'relu', inputs: [first], outputs: [output] });
    } else {
      sizes[output] = 4 * between(1, 20);
      const operands = [...new Set(kind < 7 ? [first, second] : [first])];
      const others = between(0, 5) === 0 ? [`u${i}`] : [];
      for (const other of others) {
        sizes[other] = 4 * between(1, 20);
      }
      const state = between(0, 4) === 0 ? ['state'] : [];
      lines.push({ operator: 'work', inputs: [...operands, ...state], outputs: [output, ...others] });
      readable.push(...others);
    }
    readable.push(output);
  }
  const read = new Set(lines.flatMap(({ inputs }) => inputs));
  const outputs = lines.flatMap((line) => line.outputs).filter((name) => !read.has(name) || between(0, 30) === 0);
  return graphOfBytes(sizes, lines, outputs);
}
