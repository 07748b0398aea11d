import { describe, expect, test } from 'vitest';
import { detectFormat, readModel, writeMslite, writeTflite } from '../../compiler/frontends/index.ts';
import { diagnosticsOf, firstFinding } from './diagnostics-of.ts';
import { msliteSample, tfliteSample } from './sample-models.ts';

/** Characters 0 to 255 as bytes. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

test('formats are told by their identifier', () => {
  expect(detectFormat(writeMslite(msliteSample))).toBe('mslite');
  expect(detectFormat(writeTflite(tfliteSample))).toBe('tflite');
  expect(detectFormat(bytesOf('\x08\x00\x00\x00MSL3'))).toBeNull();
  expect(detectFormat(new Uint8Array(0))).toBeNull();
  expect(readModel(writeMslite(msliteSample), 'x').format).toBe('mslite');
  expect(readModel(writeTflite(tfliteSample), 'x').format).toBe('tflite');
});

describe('other files are told by their first bytes', () => {
  const zeros = '\0'.repeat(60);
  test.each([
    ['', 'unknown-format: file: an empty file'],
    [`\x18\0\0\0MSL1${zeros}`, 'unsupported-file-version: file: a MindSpore Lite file of version MSL1'],
    [`\x18\0\0\0TFL2${zeros}`, 'unsupported-file-version: file: a TensorFlow Lite file of version TFL2'],
    [`\xd8\x5e\x3a\x7f${zeros}`, 'encrypted-file: file: a file that MindSpore encrypted'],
    ['\x08\x07\x12\x07pytorch\x3a\x80\x01', 'unknown-format: file: an ONNX model'],
    ['\n\x050.1.1\x12\x09MindSpore*\x052.0.0:', 'unknown-format: file: a MindIR model'],
    ['\n\x05LeNet\x12\x20', 'unknown-format: file: a Caffe model or a TensorFlow graph'],
    ['# a net\nname: "LeNet"\nlayer {\n', 'unknown-format: file: a Caffe network description'],
    ['PK\x03\x04\x14', 'unknown-format: file: a ZIP archive, as PyTorch (.pt) and Keras (.keras) write models'],
    ['\x80\x02\x8a\x0a', 'unknown-format: file: a Python pickle, as PyTorch wrote models'],
    ['\x89HDF\r\n\x1a\n', 'unknown-format: file: an HDF5 file, as Keras writes models'],
    ['\x1f\x8b\x08', 'unknown-format: file: a gzip archive'],
    ['\x93NUMPY\x01', 'unknown-format: file: a NumPy array'],
    ['GGUF\x03', 'unknown-format: file: a GGUF language model'],
    ['\x7fELF\x01', 'unknown-format: file: a program'],
    ['<!DOCTYPE html><html>', 'unknown-format: file: a web page'],
    [
      'version https://git-lfs.github.com/spec/v1\n',
      'unknown-format: file: a Git LFS pointer, not the file it stands for',
    ],
    ['{"layers": []}', 'unknown-format: file: a JSON text'],
    ['hello, world', 'unknown-format: file: a text'],
    ['\x01\x02\x03', 'unknown-format: file: no model format that msc knows, 3 bytes'],
    [zeros, 'unknown-format: file: no model format that msc knows, 60 bytes'],
  ])('%j', (text, finding) => {
    expect(firstFinding(() => readModel(bytesOf(text), 'file'))).toBe(finding);
  });

  test('what can be converted comes with the way to do it', () => {
    const [diagnostic] = diagnosticsOf(() => readModel(bytesOf('PK\x03\x04'), 'file'));
    expect(diagnostic?.hint).toContain('converter_lite');
  });
});
