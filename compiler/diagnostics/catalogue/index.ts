import { emission } from './emission.ts';
import { memory } from './memory.ts';
import { operators } from './operators.ts';
import { optimisation } from './optimisation.ts';
import { reading } from './reading.ts';
import { simulation } from './simulation.ts';
import { toolchain } from './toolchain.ts';
import { usage } from './usage.ts';

export type { CatalogueEntry } from './entry.ts';

/** Every diagnostic that msc can give, by name. */
export const catalogue = {
  ...reading,
  ...operators,
  ...optimisation,
  ...memory,
  ...emission,
  ...toolchain,
  ...simulation,
  ...usage,
} as const;

export type DiagnosticName = keyof typeof catalogue;
