import { fail } from '../diagnostics/index.ts';
import type { ImportedModel, ModelFormat } from './imported-model.ts';
import { versionOfOldFile } from './mslite/old-versions.ts';
import { readMslite } from './mslite/read.ts';
import { msliteSchema } from './mslite/schema.generated.ts';
import { recognise } from './recognise.ts';
import { readTflite } from './tflite/read.ts';
import { tfliteSchema } from './tflite/schema.generated.ts';

export type { ImportedModel, ImportedOperator, ImportedTensor, ModelFormat, OptionValue } from './imported-model.ts';
export { readMslite } from './mslite/read.ts';
export { writeMslite } from './mslite/write.ts';
export { readTflite } from './tflite/read.ts';
export { writeTflite } from './tflite/write.ts';

/** Where FlatBuffers files have their identifier. */
const identifierRange = [4, 8] as const;

/** The first four bytes of files that MindSpore encrypted. */
const encryptedMagic = '\xd8\x5e\x3a\x7f';

/** The format that a file claims to have, by its identifier; null if msc does not read it. */
export function detectFormat(bytes: Uint8Array): ModelFormat | null {
  switch (asciiOf(bytes, ...identifierRange)) {
    case msliteSchema.identifier:
      return 'mslite';
    case tfliteSchema.identifier:
      return 'tflite';
    default:
      return null;
  }
}

/**
 * Reads a model of any format that msc knows.
 *
 * @param fileName stands in diagnostics, and names a model that has no name of its own.
 * @throws DiagnosticError with 1xxx diagnostics, whatever the bytes are.
 */
export function readModel(bytes: Uint8Array, fileName: string): ImportedModel {
  switch (detectFormat(bytes)) {
    case 'mslite':
      return readMslite(bytes, fileName);
    case 'tflite':
      return readTflite(bytes, fileName);
    case null:
      return refuseUnknown(bytes, fileName);
  }
}

function refuseUnknown(bytes: Uint8Array, fileName: string): never {
  const identifier = asciiOf(bytes, ...identifierRange);
  if (/^(MSL|TFL)\d$/.test(identifier)) {
    fail('unsupported-file-version', {
      where: fileName,
      found: `a ${identifier.startsWith('MSL') ? 'MindSpore Lite' : 'TensorFlow Lite'} file of version ${identifier}`,
      requires: identifier.startsWith('MSL') ? msliteSchema.identifier : tfliteSchema.identifier,
    });
  }
  if (asciiOf(bytes, 0, 4) === encryptedMagic) {
    fail('encrypted-file', { where: fileName, found: 'a file that MindSpore encrypted' });
  }
  const oldVersion = versionOfOldFile(bytes);
  if (oldVersion !== null) {
    fail('unsupported-file-version', {
      where: fileName,
      found: `a file that "${oldVersion}" wrote, before the format had an identifier`,
      requires: `${msliteSchema.identifier}, which MindSpore Lite writes since 1.2`,
      hint: 'Convert the original model again with a current MindSpore Lite converter.',
    });
  }
  const known = recognise(bytes);
  fail('unknown-format', {
    where: fileName,
    found: known === null ? `no model format that msc knows, ${bytes.length} bytes` : known.what,
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
  });
}

/** Bytes as characters 0 to 255. */
function asciiOf(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
