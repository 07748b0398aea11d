import { catalogueSection } from './entry.ts';

/** 5xxx: writing the generated files. */
export const emission = catalogueSection({
  'cannot-write': {
    code: 5001,
    summary: 'A file cannot be written.',
    hint: 'Check that the folder exists, is writable and has space left.',
  },
});
