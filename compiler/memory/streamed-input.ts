import { fail } from '../diagnostics/index.ts';
import { describeNode, describeTensor, type Graph, type TensorId, tensorOf } from '../ir/index.ts';
import { isDrivenByRows, rowsOf, type Step, sourceOf, type Views } from '../schedule/index.ts';

/** The input whose rows can come one after another. Fails with `input-not-streamable` where that cannot be. */
export function streamedInput(graph: Graph, steps: readonly Step[], views: Views): TensorId {
  const [id, ...others] = graph.inputs;
  if (id === undefined || others.length > 0) {
    fail('input-not-streamable', {
      where: `model ${graph.name}`,
      found: `${graph.inputs.length} inputs`,
      requires: 'one input',
    });
  }
  const tensor = tensorOf(graph, id);
  const isOutput = graph.outputs.some((output) => sourceOf(views, output) === id);
  if (rowsOf(tensor).height < 2 || isOutput) {
    fail('input-not-streamable', {
      where: describeTensor(tensor),
      found: isOutput ? 'an input that is an output too' : 'no image of several rows',
      requires: 'an input [1, height, width, channels] of at least two rows',
    });
  }
  const readers = steps.filter((step) =>
    step.view.inputs.some((input) => input?.kind === 'computed' && sourceOf(views, input.id) === id),
  );
  const whole = readers.find((step) => !isDrivenByRows(step));
  if (whole !== undefined || readers.length === 0) {
    fail('input-not-streamable', {
      where: whole === undefined ? describeTensor(tensor) : describeNode(whole.node),
      found: whole === undefined ? 'an input that nothing reads' : 'a layer that reads the input as a whole',
      requires:
        'layers at the input that go through it row by row: convolution, pooling, element-wise, mean over the image',
    });
  }
  return id;
}
