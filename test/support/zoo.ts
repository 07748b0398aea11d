import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of real models, or null where it is not beside the project. */
export const zooFolder: string | null = (() => {
  const folder = fileURLToPath(new URL('../../../shared/zoo', import.meta.url));
  return existsSync(folder) ? folder : null;
})();

/** One inference, or one sequence of them, with its golden outputs. */
export interface ZooCase {
  readonly label: string;
  readonly input: Uint8Array;
  readonly output: Uint8Array;
}

/** A real model with golden vectors. */
export interface ZooModel {
  /** `person_detect.tflite`, `person_detect.ms` */
  readonly fileName: string;
  readonly path: string;
  readonly cases: readonly ZooCase[];
}

/** The models that have golden bytes: the TensorFlow Lite files, and the same networks as MindSpore Lite files. */
export function zooModels(): readonly ZooModel[] {
  if (zooFolder === null) {
    return [];
  }
  const names = readdirSync(`${zooFolder}/tflite`).sort();
  const tflite = names.map((name) => ({
    fileName: `${name}.tflite`,
    path: `${zooFolder}/tflite/${name}/model.tflite`,
    cases: casesOf(name),
  }));
  const mslite = names
    .filter((name) => existsSync(`${zooFolder}/ms/int8/${name}.ms`))
    .map((name) => ({ fileName: `${name}.ms`, path: `${zooFolder}/ms/int8/${name}.ms`, cases: casesOf(name) }));
  return [...tflite, ...mslite];
}

function casesOf(name: string): readonly ZooCase[] {
  const folder = `${zooFolder}/tflite/${name}`;
  const meta = JSON.parse(readFileSync(`${folder}/meta.json`, 'utf8')) as {
    readonly cases: readonly { readonly k: number; readonly label: string }[];
  };
  return meta.cases.map(({ k, label }) => ({
    label,
    input: readFileSync(`${folder}/input_${k}.bin`),
    output: readFileSync(`${folder}/output_${k}.bin`),
  }));
}
