import Handlebars from 'handlebars';
import type { ModelView } from './view.ts';

/** Template files as text, by name: `model.c.hbs`. */
export type TemplateSources = ReadonlyMap<string, string>;

/** A file to write: its name without a folder, and its text with LF endings. */
export interface OutputFile {
  readonly name: string;
  readonly text: string;
}

/** The pair of files of a model. */
export function emitModel(view: ModelView, templates: TemplateSources): readonly OutputFile[] {
  return [
    { name: `${view.cName}.c`, text: render(templates, 'model.c.hbs', view) },
    { name: `${view.cName}.h`, text: render(templates, 'model.h.hbs', { ...view, sharing: null }) },
  ];
}

/** A template filled with a view; a name that the view does not have is an error. `<name>.c.partial.hbs` is what `{{> name}}` prints. */
export function render(templates: TemplateSources, name: string, view: object): string {
  const source = templates.get(name);
  if (source === undefined) {
    throw new Error(`no template ${name}`);
  }
  const partials = [...templates].flatMap(([file, text]) => {
    const partial = /^(\w+)\.c\.partial\.hbs$/.exec(file)?.[1];
    return partial === undefined ? [] : [[partial, Handlebars.compile(text, options)] as const];
  });
  return Handlebars.compile(source, options)(view, { partials: Object.fromEntries(partials) });
}

const options = { noEscape: true, strict: true, knownHelpersOnly: true } as const;
