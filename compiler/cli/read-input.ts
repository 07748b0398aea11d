import { createReadStream } from 'node:fs';
import { fail } from '../diagnostics/index.ts';

/** Larger files than this are no models for a microcontroller, and are not read. */
const maximumBytes = 256 * 1024 * 1024;

/** The bytes of a file that the user named. */
export async function readInputFile(path: string): Promise<Uint8Array> {
  try {
    const chunks: Buffer[] = [];
    // Pipes and devices have no size: what they give is read, but no more than a file may have.
    for await (const chunk of createReadStream(path, { end: maximumBytes })) {
      chunks.push(chunk);
    }
    const bytes = Buffer.concat(chunks);
    if (bytes.length > maximumBytes) {
      fail('too-large', { where: path, found: 'more bytes than msc reads', requires: `at most ${maximumBytes} bytes` });
    }
    return bytes;
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      fail('cannot-read', { where: path, found: describe(String(error.code)) });
    }
    throw error;
  }
}

function describe(code: string): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
      return 'it may not be read';
    default:
      return code;
  }
}
