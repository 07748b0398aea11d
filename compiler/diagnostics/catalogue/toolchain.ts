import { catalogueSection } from './entry.ts';

/** 6xxx: compilers and other tools. */
export const toolchain = catalogueSection({
  'tool-not-found': {
    code: 6001,
    summary: 'A tool that this command needs is not installed.',
    hint: '`msc doctor` says what is installed and how to get the rest.',
  },
  'tool-failed': {
    code: 6002,
    summary: 'A tool ended with an error.',
    hint: 'The output of the tool says why.',
  },
});
