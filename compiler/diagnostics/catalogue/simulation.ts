import { catalogueSection } from './entry.ts';

/** 7xxx: running the generated code. */
export const simulation = catalogueSection({
  'results-differ': {
    code: 7001,
    summary: 'The outputs differ from the expected ones.',
    hint: 'Run with `--emulator reference` to see whether the model or the generated code differs.',
  },
  'emulator-failed': {
    code: 7002,
    summary: 'The emulated core stopped before the inference was done.',
    hint: 'Run with `-v` for the command line of the emulator.',
  },
  'no-emulator': {
    code: 7003,
    summary: 'No emulator that msc drives has a machine for the target.',
    hint: '`msc targets` shows which emulators stand for which target; `--emulator host` runs the same C here.',
  },
});
