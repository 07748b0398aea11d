import { catalogueSection } from './entry.ts';

/** 3xxx: optimisation and quantization. */
export const optimisation = catalogueSection({
  'unknown-pass': {
    code: 3001,
    summary: 'A pass was named that the pipeline does not have.',
    hint: '`msc compile --help` lists the passes.',
  },
  'accumulator-overflow': {
    code: 3002,
    summary: 'A sum of products may leave the 32 bits of the accumulator.',
    hint: 'The layer is far outside of what microcontrollers run; check its shape.',
  },
});
