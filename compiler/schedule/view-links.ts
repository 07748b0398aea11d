/** Nodes that only move bytes, as statements of what lies where: a part's bytes within those of a whole. */
import { elementCount, type Graph, type Node, sizeBytesOf, sizeOfDType, type TensorId, tensorOf } from '../ir/index.ts';
import { stridesOf } from '../ops/strided-copy.ts';
import { rowsOf } from './row-access.ts';

/** The bytes of `part` can lie within those of `whole`. */
export interface ViewLink {
  readonly node: Node;
  readonly part: TensorId;
  readonly whole: TensorId;
  /** Bytes of the whole, all its rows one after another, in front of the part. */
  readonly skippedBytes: number;
  /** Bytes of the whole that stand one after another; else rows of an image, each within a row of the whole. */
  readonly isRun: boolean;
}

/** A node that needs no step if all its links hold. */
export interface ViewCandidate {
  readonly node: Node;
  readonly links: readonly ViewLink[];
}

/**
 * Nodes that could be views, reshapes and slices first, then concats; the order of the graph's nodes makes no difference. Of a
 * reshape or slice the result is a part of the operand, of a concat each operand is a part of the result. Parts are computed,
 * no inputs, and variables and constants take no part at all.
 */
export function viewCandidates(graph: Graph): readonly ViewCandidate[] {
  const nodes = [...graph.nodes].sort((a, b) => a.outputs[0]! - b.outputs[0]!);
  const isConcat = ({ operator }: Node) => operator === 'concat';
  return [...nodes.filter((node) => !isConcat(node)), ...nodes.filter(isConcat)].flatMap((node) => {
    const links = linksOf(graph, node);
    return links === null ? [] : [{ node, links }];
  });
}

function linksOf(graph: Graph, node: Node): readonly ViewLink[] | null {
  switch (node.operator) {
    case 'reshape':
      return isFree(graph, node)
        ? [{ node, part: node.outputs[0]!, whole: node.inputs[0]!, skippedBytes: 0, isRun: true }]
        : null;
    case 'slice':
      return isFree(graph, node) ? linksOfSlice(graph, node) : null;
    case 'concat':
      return linksOfConcat(graph, node);
    default:
      return null;
  }
}

/** The operand's bytes can be the result's as well: what the caller reads or writes is never both. */
function isFree(graph: Graph, { inputs, outputs }: Node): boolean {
  const [source, target] = [inputs[0]!, outputs[0]!];
  const isComputed = tensorOf(graph, source).kind === 'computed' && tensorOf(graph, target).kind === 'computed';
  const isPassedOn = graph.inputs.includes(source) && graph.outputs.includes(target);
  return isComputed && !graph.outputs.includes(source) && !isPassedOn;
}

function linksOfSlice(graph: Graph, node: Node): readonly ViewLink[] | null {
  const [source, target] = [tensorOf(graph, node.inputs[0]!), tensorOf(graph, node.outputs[0]!)];
  const { begin, size, strides } = node.attributes as Record<'begin' | 'size' | 'strides', readonly number[]>;
  const isInOrder = size.every((count, axis) => count === 1 || strides[axis] === 1);
  const isOneRun = isRun(source.shape, size);
  if (!isInOrder || !(isOneRun || (isImage(source.shape) && isRun(source.shape.slice(2), size.slice(2))))) {
    return null;
  }
  const distances = stridesOf(source.shape);
  const skipped = begin.reduce((sum, first, axis) => sum + first * distances[axis]!, 0);
  const skippedBytes = skipped * sizeOfDType(source.dtype);
  return [{ node, part: target.id, whole: source.id, skippedBytes, isRun: isOneRun }];
}

/** True if the elements of a block lie one behind the other: along the axes behind the first of several it takes all. */
function isRun(shape: readonly number[], size: readonly number[]): boolean {
  const first = size.findIndex((count) => count > 1);
  return first < 0 || size.every((count, axis) => axis <= first || count === shape[axis]);
}

/** One image, NHWC. */
function isImage(shape: readonly number[]): boolean {
  return shape.length === 4 && shape[0] === 1;
}

function linksOfConcat(graph: Graph, node: Node): readonly ViewLink[] | null {
  const result = tensorOf(graph, node.outputs[0]!);
  const axis = node.attributes.axis as number;
  const parts = node.inputs.map((id) => tensorOf(graph, id!));
  const isPart = (id: TensorId) => !graph.inputs.includes(id) && !graph.outputs.includes(id);
  const isOneRun = elementCount(result.shape.slice(0, axis)) === 1;
  const isOfColumns = isImage(result.shape) && axis >= 2 && elementCount(result.shape.slice(2, axis)) === 1;
  const canBe =
    result.kind === 'computed' &&
    (isOneRun || isOfColumns) &&
    parts.every(({ id, kind }) => kind === 'computed' && isPart(id));
  if (!canBe) {
    return null;
  }
  let skippedBytes = 0;
  return parts.map((part) => {
    const link = { node, part: part.id, whole: result.id, skippedBytes, isRun: isOneRun };
    skippedBytes += isOneRun ? sizeBytesOf(part) : rowsOf(part).rowBytes;
    return link;
  });
}
