import { catalogueSection } from './entry.ts';

/** 8xxx: the command line and configuration files. */
export const usage = catalogueSection({
  'cannot-read': {
    code: 8001,
    summary: 'An input file cannot be read.',
    hint: 'Check the path.',
  },
  'unknown-target': {
    code: 8002,
    summary: 'A target was named that msc does not have.',
    hint: '`msc targets` lists them.',
  },
  'invalid-target': {
    code: 8003,
    summary: 'A target file is not valid.',
    hint: '`docs/targets.md` describes the fields.',
  },
  'invalid-option': {
    code: 8004,
    summary: 'An option has a value that it does not accept.',
    hint: 'See `--help` of the command.',
  },
  'unknown-memory': {
    code: 8010,
    summary: '`--place` or `--ram` names a memory that the target does not have, or that cannot hold what is placed.',
    hint: '`docs/targets.md` lists the memories of every target.',
  },
  'unknown-layer': {
    code: 8011,
    summary: '`--place` names a layer that the compiled model does not have.',
    hint: 'Passes may have fused it into another one: `msc run -v` lists the layers that are left.',
  },
  'memory-budget-too-large': {
    code: 8012,
    summary: '`--ram` allows more of a memory than the memory has.',
    hint: '`docs/targets.md` lists the memories of every target.',
  },
  'wrong-input-size': {
    code: 8005,
    summary: "A data file does not have the size of the model's inputs or outputs.",
    hint: '`msc inspect` shows shapes and types; a file holds all tensors of one inference, one after another.',
  },
});
