import { catalogueSection } from './entry.ts';

/** 4xxx: the model does not fit. */
export const memory = catalogueSection({
  'arena-too-large': {
    code: 4001,
    summary: "The arena does not fit the target's RAM.",
    hint: 'Try `--optimize ram`; else a smaller input, fewer channels, or a target with more RAM.',
  },
  'weights-too-large': {
    code: 4002,
    summary: "Weights and tables do not fit the target's flash.",
    hint: 'Quantize or prune the model, or use a target with more flash.',
  },
  'input-not-streamable': {
    code: 4005,
    summary: 'The rows of the input cannot come one after another.',
    hint: 'Compile without `--stream-input`: the input then stands in the arena as a whole.',
  },
  'over-ram-budget': {
    code: 4003,
    summary: 'No schedule that was found has an arena within `--ram`, in all or in the memories that it names.',
    hint: '`--optimize ram` shows the smallest arena for about 4 % more instructions, `--pareto` all that there is.',
  },
  'over-flash-budget': {
    code: 4004,
    summary: 'No choice of kernels that was tried has weights, tables and modelled code within `--flash`.',
    hint: 'Weights are most of it: quantize or prune the model. `msc run` measures the code that is only modelled here.',
  },
  'arena-divided': {
    code: 4006,
    summary: 'A note: no RAM of the target in one piece is large enough for the arena; it lies in several.',
    hint: '`--ram MEMORY=BYTES` for each memory says how much of which may be used.',
  },
  'port-without-dma': {
    code: 4007,
    summary:
      'A note: an input or output lies in a memory that DMA does not reach, because nothing else fits or was allowed.',
    hint: 'Let the core copy it, allow more of another memory, or take buffers of the application: `--io caller`.',
  },
  'placement-too-large': {
    code: 4011,
    summary: 'What `--place` puts into a memory does not fit it.',
    hint: 'Place fewer layers there: those whose weights are read most often.',
  },
  'stack-too-large': {
    code: 4010,
    summary: 'An inference needs more stack than it may.',
    hint: '`msc run -v` shows the functions that call one another in the worst case; `--optimize size` may need less.',
  },
});
