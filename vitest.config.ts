import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/support/plain-reporter.ts'],
    testTimeout: 60_000,
    // Two cores: more workers only make compilers and emulators wait for each other.
    maxWorkers: 2,
  },
});
