import { describe, expect, test } from 'vitest';
import { readModel, writeMslite, writeTflite } from '../../compiler/frontends/index.ts';
import { diagnosticsOf } from './diagnostics-of.ts';
import { byteFlips, truncations } from './mutations.ts';
import { msliteSample, tfliteSample } from './sample-models.ts';
import { hasZoo, zooBytes } from './zoo-files.ts';

/** Longest time that any of the damaged files takes; codes other than 1xxx fail at once. */
function slowestRead(files: Iterable<Uint8Array>): number {
  let slowest = 0;
  for (const bytes of files) {
    const start = performance.now();
    for (const { code } of diagnosticsOf(() => readModel(bytes, 'damaged'))) {
      expect(code).toMatch(/^MSC1\d{3}$/);
    }
    slowest = Math.max(slowest, performance.now() - start);
  }
  return slowest;
}

describe.each([
  ['tflite', writeTflite(tfliteSample)],
  ['ms', writeMslite(msliteSample)],
])('a damaged .%s file is refused or read, at once', (_, bytes) => {
  test('cut off at any length', () => {
    // A file may end in the padding of its last vector, which nothing reads.
    const longestPadding = 16;
    for (let length = 0; length < bytes.length - longestPadding; length += 1) {
      expect(diagnosticsOf(() => readModel(bytes.slice(0, length), 'damaged'))).not.toEqual([]);
    }
    expect(slowestRead(truncations(bytes, 200))).toBeLessThan(2000);
  });

  test('with one byte changed', () => {
    expect(slowestRead(byteFlips(bytes, 5000, 1))).toBeLessThan(2000);
  });

  test('with many bytes changed', () => {
    const random = Array.from(byteFlips(bytes, 500, 2), (damaged, i) => {
      for (const other of byteFlips(bytes, 1 + (i % 20), i)) {
        for (const [position, byte] of other.entries()) {
          if (byte !== bytes[position]) {
            damaged[position] = byte;
          }
        }
      }
      return damaged;
    });
    expect(slowestRead(random)).toBeLessThan(2000);
  });
});

describe.skipIf(!hasZoo)('damaged real models', () => {
  test.each([
    'tflite/hello_world_int8/model.tflite',
    'tflite/mnist_lstm_int8/model.tflite',
    'ms/int8/kws_dscnn_int8.ms',
  ])('%s', (path) => {
    const bytes = zooBytes(path);
    expect(slowestRead(truncations(bytes, 200))).toBeLessThan(2000);
    expect(slowestRead(byteFlips(bytes, 200, 3))).toBeLessThan(2000);
  });
});
