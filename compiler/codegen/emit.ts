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

/** A template filled with a view; a name that the view does not have is an error. */
export function render(templates: TemplateSources, name: string, view: object): string {
  const source = templates.get(name);
  if (source === undefined) {
    throw new Error(`no template ${name}`);
  }
  return Handlebars.compile(source, { noEscape: true, strict: true, knownHelpersOnly: true })(view);
}
