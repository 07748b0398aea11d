/** Text in SVG files: valid XML whatever a model calls its tensors. */

/** The text as XML content or attribute; what XML cannot hold (control characters, halves of pairs) becomes U+FFFD. */
export function xmlText(text: string): string {
  return text
    .replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD')
    .replace(/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A name of at most `most` characters; of longer ones the end, which tells them apart. */
export function shortened(text: string, most: number): string {
  const characters = [...text.replace(/\s+/g, ' ')];
  return characters.length <= most ? characters.join('') : `\u2026${characters.slice(1 - most).join('')}`;
}

/** Of names that are paths, for each the last part that no other one has: what tells it apart. */
export function tellingParts(names: readonly string[]): readonly string[] {
  const parts = names.map((name) => [...new Set(name.split(/[/;]/).filter((part) => part !== ''))].reverse());
  const counts = new Map<string, number>();
  for (const part of parts.flat()) {
    counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  return names.map((name, i) => parts[i]!.find((part) => counts.get(part) === 1) ?? parts[i]![0] ?? name);
}

/** A coordinate with at most one decimal. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
