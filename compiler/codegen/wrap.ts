/** Lines of generated code are at most this long where they can be broken. */
export const maximumColumns = 120;

/** `head` + items separated by commas + `tail`, broken after commas where a line would be too long. */
export function wrapped(head: string, items: readonly string[], tail: string): string {
  const single = `${head}${items.join(', ')}${tail}`;
  if (single.length <= maximumColumns) {
    return single;
  }
  const indent = `${/^ */.exec(head)![0]}    `;
  const lines: string[] = [];
  let line = indent;
  items.forEach((item, i) => {
    const text = `${item}${i < items.length - 1 ? ',' : tail}`;
    if (line !== indent && line.length + 1 + text.length > maximumColumns) {
      lines.push(line);
      line = indent;
    }
    line += line === indent ? text : ` ${text}`;
  });
  return [head, ...lines, line].join('\n');
}
