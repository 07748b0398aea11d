import { DiagnosticError } from '../../diagnostics/index.ts';
import { readRoot, type Schema } from '../flatbuffer/index.ts';
import { presentableName } from '../names.ts';

/** All that is needed of the format before MSL1: its files have no identifier, but say who wrote them. */
const oldSchema = {
  namespace: 'mindspore.schema.v0',
  root: 'MetaGraph',
  identifier: '',
  enums: {},
  unions: {},
  tables: { MetaGraph: { name: [0, 'string'], version: [1, 'string'] } },
} as const satisfies Schema;

/** The converter's version that a file of MindSpore Lite 1.0 or older names, or null if it is no such file. */
export function versionOfOldFile(bytes: Uint8Array): string | null {
  try {
    const { version } = readRoot(oldSchema, bytes, '');
    return version !== null && /^[\w. -]*\d+\.\d+/.test(version) ? presentableName(version, '') : null;
  } catch (error) {
    if (error instanceof DiagnosticError) {
      return null;
    }
    throw error;
  }
}
