/** Words that C or C++ reserves and that a model file may well be called. */
const reserved = new Set(
  (
    'auto break case char const continue default do double else enum extern float for goto if inline int long register ' +
    'restrict return short signed sizeof static struct switch typedef union unsigned void volatile while ' +
    'class new delete this template operator private public protected virtual bool true false try catch throw main'
  ).split(' '),
);

/** True for a name that can stand in front of every symbol: a C identifier that is not a keyword. */
export function isCName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]*$/.test(name) && !name.includes('__') && !reserved.has(name);
}

/** A C identifier made from any text, lower case, the same for the same text: `Person-Detect v2` gives `person_detect_v2`. */
export function cNameFrom(text: string): string {
  const words = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  const name = words === '' ? 'model' : /^[a-z]/.test(words) ? words : `model_${words}`;
  return reserved.has(name) ? `${name}_model` : name;
}
