/** MiniMalloc's buffer tables: `id,lower,upper,size[,offset]`, and `alignment` as an addition of ours. */
import { type Diagnostic, DiagnosticError, diagnostic } from '../diagnostics/index.ts';
import { type BufferId, fixedCollision, inclusiveLifetime, type MemoryBuffer } from './problem.ts';

const requiredColumns = ['id', 'lower', 'upper', 'size'] as const;
const columns = [...requiredColumns, 'offset', 'alignment'] as const;
type Column = (typeof columns)[number];

const maxRows = 10_000;
const maxDiagnostics = 20;

/**
 * Reads a table of buffers; ids stay text, and an offset that is given is kept as a fixed one.
 * Throws `malformed-buffer-table` with up to 20 findings, each with its line.
 *
 * @param text the file's text; columns in any order, at most 10,000 buffers
 * @param file what to call the file in diagnostics
 */
export function parseBufferTable(text: string, file: string): readonly MemoryBuffer[] {
  const findings: Diagnostic[] = [];
  const report = (line: number, found: string, requires: string): void => {
    findings.push(diagnostic('malformed-buffer-table', { where: `${file}:${line}`, found, requires }));
    if (findings.length === maxDiagnostics) {
      throw new DiagnosticError(findings);
    }
  };
  const stop = (line: number, found: string, requires: string): never => {
    report(line, found, requires);
    throw new DiagnosticError(findings);
  };

  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/, maxRows + 3);
  while (lines.at(-1)?.trim() === '') {
    lines.pop();
  }
  if (lines.length > maxRows + 1) {
    stop(maxRows + 2, 'one buffer too many', `at most ${maxRows} buffers`);
  }
  const header = (lines[0] ?? '').split(',').map((cell) => cell.trim());
  const unknown = header.find((name) => !columns.some((column) => column === name));
  if (unknown !== undefined) {
    stop(1, `column '${brief(unknown)}'`, `columns among ${columns.join(', ')}`);
  }
  if (new Set(header).size < header.length) {
    stop(1, 'a column that appears twice', 'each column once');
  }
  const missing = requiredColumns.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    stop(1, `no column ${missing.join(', ')}`, `a header with ${requiredColumns.join(', ')}`);
  }

  const buffers: MemoryBuffer[] = [];
  const lineOf = new Map<BufferId, number>();
  for (const [index, content] of lines.entries()) {
    const line = index + 1;
    const cells = content.split(',').map((cell) => cell.trim());
    if (index === 0 || (cells.length === 1 && cells[0] === '')) {
      continue;
    }
    if (cells.length !== header.length) {
      report(line, `${cells.length} cells`, `${header.length} cells, as in the header`);
      continue;
    }
    const cell = (column: Column): string => cells[header.indexOf(column)] ?? '';
    const row = { id: cell('id'), lower: integer(cell('lower')), upper: integer(cell('upper')) };
    const size = integer(cell('size'));
    const alignment = cell('alignment') === '' ? 1 : integer(cell('alignment'));
    const offset = cell('offset') === '' ? undefined : integer(cell('offset'));
    const bad = columns.find((column) => {
      const isBlankOption = cell(column) === '' && (column === 'offset' || column === 'alignment');
      return column !== 'id' && !isBlankOption && Number.isNaN(integer(cell(column)));
    });
    if (bad !== undefined) {
      report(line, `${bad} '${brief(cell(bad))}'`, 'a whole number below 10^15, without a sign');
    } else if (row.id === '' || lineOf.has(row.id)) {
      const found = row.id === '' ? 'an empty id' : `id '${brief(row.id)}' of line ${lineOf.get(row.id)} again`;
      report(line, found, 'an id for each buffer');
    } else if (row.upper <= row.lower) {
      report(line, `lower ${row.lower}, upper ${row.upper}`, 'upper is greater than lower');
    } else if (alignment < 1 || (offset ?? 0) % alignment !== 0) {
      report(line, `offset ${offset ?? 0}, alignment ${alignment}`, 'alignment is 1 or more and divides the offset');
    } else {
      lineOf.set(row.id, line);
      buffers.push({
        id: row.id,
        ...inclusiveLifetime(row.lower, row.upper),
        sizeBytes: size,
        alignmentBytes: alignment,
        ...(offset === undefined ? {} : { fixedOffset: offset }),
      });
    }
  }
  const collision = fixedCollision(buffers);
  if (collision !== undefined) {
    const [a, b] = collision;
    const found = `buffers '${brief(String(a.id))}' and '${brief(String(b.id))}' share bytes while both are in use`;
    report(lineOf.get(b.id)!, found, 'offsets that can all be kept');
  }
  if (findings.length > 0) {
    throw new DiagnosticError(findings);
  }
  return buffers;
}

/**
 * Writes buffers as a table that {@link parseBufferTable} and MiniMalloc read. The offset column is there when `offsets`
 * is given or a buffer is fixed, the alignment column when some alignment is not 1.
 */
export function printBufferTable(buffers: readonly MemoryBuffer[], offsets?: ReadonlyMap<BufferId, number>): string {
  const withOffset = offsets !== undefined || buffers.some((buffer) => buffer.fixedOffset !== undefined);
  const withAlignment = buffers.some((buffer) => buffer.alignmentBytes !== 1);
  const header = [...requiredColumns, ...(withOffset ? ['offset'] : []), ...(withAlignment ? ['alignment'] : [])];
  const rows = buffers.map((buffer) => [
    buffer.id,
    buffer.firstStep,
    buffer.lastStep + 1,
    buffer.sizeBytes,
    ...(withOffset ? [offsets?.get(buffer.id) ?? buffer.fixedOffset ?? ''] : []),
    ...(withAlignment ? [buffer.alignmentBytes] : []),
  ]);
  return [header, ...rows].map((cells) => `${cells.join(',')}\n`).join('');
}

/** The number that a cell holds, or NaN. */
function integer(cell: string): number {
  return /^\d{1,15}$/.test(cell) ? Number(cell) : Number.NaN;
}

function brief(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
