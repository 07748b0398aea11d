/** Text from a model that is safe in a C comment: printable ASCII, no comment marks, no line continuation. */
export function commentText(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/\*\//g, '*_')
    .replace(/\/\*/g, '_*')
    .replace(/\\$/g, '_')
    .replace(/\?\?/g, '?_');
}

/** Rows of cells as aligned columns, two spaces apart; a column is right-aligned if `right` says so. */
export function alignColumns(rows: readonly (readonly string[])[], right: readonly boolean[]): readonly string[] {
  const widths = right.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (right[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}
