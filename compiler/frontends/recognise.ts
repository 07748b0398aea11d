/** Kinds of files by their first bytes: to say kindly what a file is that msc does not read. */

interface Signature {
  /** What the file is, with its article. */
  readonly what: string;
  /** What to do with it, if anything. */
  readonly hint?: string;
  readonly matches: (head: Head) => boolean;
}

interface Head {
  readonly bytes: Uint8Array;
  /** The first bytes as characters 0 to 255. */
  readonly text: string;
}

const headBytes = 256;

const startsWith = (prefix: string) => (head: Head) => head.text.startsWith(prefix);

const convert = 'Convert it with MindSpore Lite (converter_lite) or TensorFlow Lite, and compile the result.';

/** Tags of ONNX's ModelProto: producer, its version, domain, model version, description, graph, operator sets. */
const onnxFields: readonly number[] = [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42];

/** First match counts: from the certain to the vague. */
const signatures: readonly Signature[] = [
  { what: 'an empty file', matches: ({ bytes }) => bytes.length === 0 },
  {
    what: 'a Git LFS pointer, not the file it stands for',
    hint: 'Fetch the file itself: `git lfs pull`.',
    matches: startsWith('version https://git-lfs'),
  },
  {
    what: 'a web page',
    hint: 'The download went wrong: fetch the file itself.',
    matches: ({ text }) => /^\s*<(!doctype )?html/i.test(text),
  },
  { what: 'an HDF5 file, as Keras writes models', hint: convert, matches: startsWith('\x89HDF\r\n\x1a\n') },
  { what: 'a gzip archive', hint: 'Unpack it first.', matches: startsWith('\x1f\x8b') },
  {
    what: 'a ZIP archive, as PyTorch (.pt) and Keras (.keras) write models',
    hint: convert,
    matches: startsWith('PK\x03\x04'),
  },
  {
    what: 'a Python pickle, as PyTorch wrote models',
    hint: convert,
    matches: ({ bytes: [first = 0, protocol = 0] }) => first === 0x80 && protocol >= 2 && protocol <= 5,
  },
  { what: 'a NumPy array', matches: startsWith('\x93NUMPY') },
  { what: 'a GGUF language model', matches: startsWith('GGUF') },
  { what: 'a program', matches: startsWith('\x7fELF') },
  {
    what: 'a MindIR model',
    hint: convert,
    matches: ({ text }) => text.startsWith('\n') && text.slice(0, 64).includes('MindSpore'),
  },
  {
    what: 'an ONNX model',
    hint: convert,
    // Protocol Buffers: field 1, the version, then one of the fields that may follow it.
    matches: ({ bytes: [first = 0, version = 0, next = 0] }) =>
      first === 0x08 && version > 0 && version <= 0x20 && onnxFields.includes(next),
  },
  {
    what: 'a Caffe network description',
    hint: convert,
    matches: ({ text }) => /^\s*(#.*\s+)*(name\s*:|input\s*:|layers?\s*\{)/.test(text),
  },
  {
    what: 'a Caffe model or a TensorFlow graph',
    hint: convert,
    matches: ({ bytes, text }) =>
      text.startsWith('\n') && /^[\x20-\x7e]+$/.test(text.slice(2, 2 + Math.min(bytes[1] ?? 0, 100))),
  },
  { what: 'a JSON text', matches: ({ text }) => /^\s*\{/.test(text) },
  { what: 'a text', matches: ({ text }) => /^[\t\r\n\x20-\x7e]+$/.test(text) },
];

/** What the file is in words, and what to do about it where that is known; null if nobody knows. */
export function recognise(bytes: Uint8Array): { readonly what: string; readonly hint?: string } | null {
  const head = { bytes, text: String.fromCharCode(...bytes.subarray(0, headBytes)) };
  return signatures.find((signature) => signature.matches(head)) ?? null;
}
