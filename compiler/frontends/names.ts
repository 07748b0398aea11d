/** Names come from strangers and end up in terminals and C comments: one line, no control characters, not endless. */
const maximumNameLength = 200;

/** The name as msc shows it; `fallback` if it is empty or absent. */
export function presentableName(name: string | null | undefined, fallback: string): string {
  if (name === null || name === undefined || name === '') {
    return fallback;
  }
  return name.slice(0, maximumNameLength).replace(/\p{Cc}|\p{Cs}|\u2028|\u2029/gu, '?');
}

/** Makes names unique, in order: the first of equal ones keeps its name, the others get `_1`, `_2` and so on. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  const nextSuffix = new Map<string, number>();
  return names.map((name) => {
    if (!seen.has(name)) {
      seen.add(name);
      return name;
    }
    let suffix = nextSuffix.get(name) ?? 1;
    while (taken.has(`${name}_${suffix}`)) {
      suffix += 1;
    }
    nextSuffix.set(name, suffix + 1);
    taken.add(`${name}_${suffix}`);
    return `${name}_${suffix}`;
  });
}

/** File name without folders and extension: `person_detect` of `models/person_detect.ms`. */
export function stemOf(fileName: string): string {
  return fileName.replace(/^.*[/\\]/, '').replace(/(?<=.)\.[^.]*$/, '');
}
