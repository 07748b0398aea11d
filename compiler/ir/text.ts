import { type DType, dtypes } from './dtype.ts';
import type { Attributes, Graph, Node } from './graph.ts';
import type { Quantization, Tensor, TensorKind } from './tensor.ts';

export interface PrintOptions {
  /** Print constants' bytes in base64, so that the text can be parsed back; otherwise only their size. */
  readonly constants?: boolean;
}

/**
 * A graph as text, one line a tensor and a node:
 *
 *     graph "name" (%0) -> (%3)
 *     tensor %0 "input" computed int8 [1, 4] scale [0.5] zero [-128]
 *     node fully_connected "dense" (%0, %1, _) -> (%3) {"activation":"relu"} from FULLY_CONNECTED 0
 */
export function printGraph(graph: Graph, options: PrintOptions = {}): string {
  const ids = (list: readonly (number | null)[]) => list.map((id) => (id === null ? '_' : `%${id}`)).join(', ');
  const lines = [`graph ${JSON.stringify(graph.name)} (${ids(graph.inputs)}) -> (${ids(graph.outputs)})`];
  for (const id of [...graph.tensors.keys()].sort((a, b) => a - b)) {
    lines.push(printTensor(graph.tensors.get(id)!, options));
  }
  for (const node of graph.nodes) {
    lines.push(
      `node ${node.operator} ${JSON.stringify(node.name)} (${ids(node.inputs)}) -> (${ids(node.outputs)}) ` +
        `${JSON.stringify(node.attributes, writeNumber)} from ${JSON.stringify(node.origin.operator)} ${node.origin.index}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function printTensor(tensor: Tensor, options: PrintOptions): string {
  const parts = [
    `tensor %${tensor.id} ${JSON.stringify(tensor.name)} ${tensor.kind} ${tensor.dtype} [${tensor.shape.join(', ')}]`,
  ];
  const q = tensor.quantization;
  if (q !== null) {
    const axis = q.axis === null ? '' : ` axis ${q.axis}`;
    parts.push(`scale [${numberList(q.scales)}] zero [${numberList(q.zeroPoints)}]${axis}`);
  }
  if (tensor.data !== null) {
    parts.push(
      options.constants === true
        ? `data ${Buffer.from(tensor.data).toString('base64')}.`
        : `bytes ${tensor.data.byteLength}`,
    );
  }
  return parts.join(' ');
}

/** Numbers as `Number` reads them, -0 and infinities too. */
function numberList(values: readonly number[]): string {
  return values.map((value) => (Object.is(value, -0) ? '-0' : `${value}`)).join(', ');
}

/** JSON has neither -0 nor numbers that are not finite: an attribute writes them as `{"number":"-Infinity"}`. */
function writeNumber(_: string, value: unknown): unknown {
  const isPlain = typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0));
  return isPlain ? value : { number: numberList([value]) };
}

/** The attributes that were written with {@link writeNumber}. */
function readAttributes(text: string): Attributes {
  const attributes = JSON.parse(text) as { readonly [name: string]: unknown };
  const readNumber = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(readNumber)
      : typeof value === 'object' && value !== null && 'number' in value
        ? Number(value.number)
        : value;
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, readNumber(value)])) as Attributes;
}

// With the flag s: a string may hold U+2028, which JSON writes as it is and `.` alone does not match.
const string = '("(?:[^"\\\\]|\\\\.)*")';
const graphLine = new RegExp(`^graph ${string} \\(([^)]*)\\) -> \\(([^)]*)\\)$`, 's');
const tensorLine = new RegExp(
  `^tensor %(\\d+) ${string} (\\w+) (\\w+) \\[([^\\]]*)\\]` +
    '(?: scale \\[([^\\]]*)\\] zero \\[([^\\]]*)\\](?: axis (\\d+))?)?(?: data ([A-Za-z0-9+/=]*)\\.)?$',
  's',
);
const nodeLine = new RegExp(
  `^node (\\w+) ${string} \\(([^)]*)\\) -> \\(([^)]*)\\) (\\{.*\\}) from ${string} (\\d+)$`,
  's',
);

/**
 * Reads what {@link printGraph} prints with `constants`: `parseGraph(printGraph(g, { constants: true }))` equals g.
 * Throws an Error that names the line; the text is for developers and tests, not for users.
 */
export function parseGraph(text: string): Graph {
  const [first = '', ...rest] = text.split('\n').filter((line) => line.trim() !== '');
  const head = matchLine(graphLine, first);
  const tensors = new Map<number, Tensor>();
  const nodes: Node[] = [];
  for (const line of rest) {
    if (line.startsWith('tensor ')) {
      const tensor = parseTensor(matchLine(tensorLine, line));
      tensors.set(tensor.id, tensor);
    } else {
      nodes.push(parseNode(matchLine(nodeLine, line)));
    }
  }
  return {
    name: JSON.parse(head[1]!),
    tensors,
    nodes,
    inputs: idList(head[2]!).filter((id) => id !== null),
    outputs: idList(head[3]!).filter((id) => id !== null),
  };
}

function matchLine(pattern: RegExp, line: string): RegExpExecArray {
  const match = pattern.exec(line);
  if (match === null) {
    throw new Error(`not a line of a graph: ${line.slice(0, 120)}`);
  }
  return match;
}

function parseTensor(match: RegExpExecArray): Tensor {
  const [, id, name, kind, dtype, shape, scales, zeroPoints, axis, data] = match;
  if (!dtypes.includes(dtype as DType)) {
    throw new Error(`unknown type ${dtype}`);
  }
  const quantization: Quantization | null =
    scales === undefined
      ? null
      : { scales: numbers(scales), zeroPoints: numbers(zeroPoints!), axis: axis === undefined ? null : Number(axis) };
  return {
    id: Number(id),
    name: JSON.parse(name!),
    kind: kind as TensorKind,
    dtype: dtype as DType,
    shape: numbers(shape!),
    quantization,
    data: data === undefined ? null : Uint8Array.from(Buffer.from(data, 'base64')),
  };
}

function parseNode(match: RegExpExecArray): Node {
  const [, operator, name, inputs, outputs, attributes, originOperator, originIndex] = match;
  return {
    name: JSON.parse(name!),
    operator: operator!,
    inputs: idList(inputs!),
    outputs: idList(outputs!).filter((id) => id !== null),
    attributes: readAttributes(attributes!),
    origin: { operator: JSON.parse(originOperator!), index: Number(originIndex) },
  };
}

function idList(text: string): (number | null)[] {
  return text === '' ? [] : text.split(', ').map((item) => (item === '_' ? null : Number(item.slice(1))));
}

function numbers(text: string): number[] {
  return text === '' ? [] : text.split(', ').map(Number);
}
