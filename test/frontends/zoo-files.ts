import { existsSync, readdirSync, readFileSync } from 'node:fs';

const zoo = '../shared/zoo';

/** Whether the model zoo is there; tests that read it are skipped without it, and this says so. */
export const hasZoo = existsSync(zoo);
if (!hasZoo) {
  console.log(`skipped: tests on real models, since ${zoo} is absent`);
}

/** Paths of the zoo's model files under `folder`, sorted. */
export function modelFiles(folder: string): string[] {
  if (!hasZoo) {
    return [];
  }
  return readdirSync(`${zoo}/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ms|tflite)$/.test(path))
    .map((path) => `${folder}/${path}`)
    .sort();
}

export function zooBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(`${zoo}/${path}`));
}
