import { fail } from '../diagnostics/index.ts';
import { type PlacementRequest, placedThings } from '../memory/place.ts';
import { oneOf } from './options.ts';

/** The help of `--place`. */
export const placeHelp = 'arena=MEMORY, code=MEMORY, weights=MEMORY or weights=MEMORY:LAYER,...; may be repeated';

/** The values of `--place`. */
export function placeOption(values: readonly string[] = []): readonly PlacementRequest[] {
  return values.map((value) => {
    const [, what, memory, layers] = /^([^=]*)=([^:]+)(?::(.+))?$/.exec(value) ?? [];
    if (what === undefined || memory === undefined || (layers !== undefined && what !== 'weights')) {
      fail('invalid-option', { where: '--place', found: `'${value}'`, requires: placeHelp });
    }
    return { what: oneOf('--place', what, placedThings), memory, layers: layers?.split(',') ?? [] };
  });
}
