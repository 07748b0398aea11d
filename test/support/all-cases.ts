import { readdir } from 'node:fs/promises';
import type { NodeCase } from './node-case.ts';

/** The case tables of all operators: every list of cases that a file `test/ops/*.cases.ts` exports. */
export async function loadCases(): Promise<readonly NodeCase[]> {
  const folder = new URL('../ops/', import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.cases.ts')).sort();
  const modules = await Promise.all(names.map((name) => import(new URL(name, folder).href)));
  return modules.flatMap((module) =>
    Object.values(module as Record<string, unknown>).flatMap((value) =>
      Array.isArray(value) ? (value as NodeCase[]) : [],
    ),
  );
}
