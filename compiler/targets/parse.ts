import { fail } from '../diagnostics/index.ts';
import { nearest } from './nearest.ts';
import { type CoreFeatures, cores, type Memory, memoryKinds, type Target } from './target.ts';

type Json = Readonly<Record<string, unknown>>;

const fields = ['extends', 'description', 'core', 'gccFlags', 'features', 'clockHz', 'memories', 'emulators'];

function invalid(name: string, found: string, requires: string): never {
  return fail('invalid-target', { where: `targets/${name}.json`, found, requires });
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Checks of one file's values; by hand, because a schema library would cost more start-up than the compilation. */
function reader(name: string) {
  const check = <T>(path: string, value: unknown, ok: (value: unknown) => boolean, requires: string): T =>
    ok(value) ? (value as T) : invalid(name, `${path} is ${show(value)}`, requires);
  return {
    object: (path: string, value: unknown): Json => check(path, value, isObject, 'an object'),
    text: (path: string, value: unknown): string =>
      check(path, value, (v) => typeof v === 'string' && v !== '', 'a text'),
    flag: (path: string, value: unknown): boolean => check(path, value, (v) => typeof v === 'boolean', 'true or false'),
    count: (path: string, value: unknown): number =>
      check(path, value, (v) => Number.isSafeInteger(v) && (v as number) >= 0, 'a whole number, 0 or more'),
    choice: <const T extends string>(path: string, value: unknown, of: readonly T[]): T =>
      check(path, value, (v) => of.includes(v as T), `one of ${of.join(', ')}`),
    list: (path: string, value: unknown): readonly unknown[] => check(path, value, Array.isArray, 'a list'),
    address: (path: string, value: unknown): number =>
      Number(
        check(path, value, (v) => typeof v === 'string' && /^0x[0-9a-fA-F]{1,8}$/.test(v), 'a text like "0x20000000"'),
      ),
    keys: (path: string, value: Json, allowed: readonly string[]): void => {
      for (const key of Object.keys(value)) {
        if (!allowed.includes(key)) {
          invalid(name, `${path}${key} is not a field`, `one of ${allowed.join(', ')}`);
        }
      }
    },
  };
}

function parseJson(texts: ReadonlyMap<string, string>, name: string): Json {
  const text = texts.get(name);
  if (text === undefined) {
    const near = nearest(name, [...texts.keys()]);
    return fail('unknown-target', {
      where: `target '${name}'`,
      found: 'msc has no such target',
      requires: `one of ${[...texts.keys()].toSorted().join(', ')}`,
      ...(near === undefined ? {} : { hint: `Did you mean '${near}'?` }),
    });
  }
  const value = jsonOf(text, name);
  return isObject(value) ? value : invalid(name, show(value), 'an object');
}

function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return invalid(name, (error as SyntaxError).message, 'JSON');
  }
}

/** The file's fields over those of the files it extends; `features` and `emulators` field by field. */
function inherit(texts: ReadonlyMap<string, string>, name: string, below: readonly string[]): Json {
  const own = parseJson(texts, name);
  reader(name).keys('', own, fields);
  const { extends: parent, ...rest } = own;
  if (parent === undefined) {
    return rest;
  }
  if (typeof parent !== 'string' || !texts.has(parent)) {
    return invalid(
      name,
      `it extends ${show(parent)}`,
      `the name of a target: ${[...texts.keys()].toSorted().join(', ')}`,
    );
  }
  if (below.includes(parent) || parent === name) {
    return invalid(name, `it extends itself through '${parent}'`, 'a chain that ends');
  }
  const inherited = inherit(texts, parent, [...below, name]);
  const merged: Record<string, unknown> = { ...inherited, ...rest };
  for (const field of ['features', 'emulators']) {
    const from = inherited[field];
    const over = rest[field];
    if (isObject(from) && isObject(over)) {
      merged[field] = { ...from, ...over };
    }
  }
  return merged;
}

function readFeatures(name: string, value: unknown): CoreFeatures {
  const read = reader(name);
  const features = read.object('features', value);
  read.keys('features.', features, ['dsp', 'fpu', 'mve', 'unalignedAccess', 'cacheLineBytes']);
  return {
    dsp: read.flag('features.dsp', features.dsp),
    fpu: read.choice('features.fpu', features.fpu, ['none', 'single', 'double']),
    mve: read.flag('features.mve', features.mve),
    unalignedAccess: read.flag('features.unalignedAccess', features.unalignedAccess),
    cacheLineBytes: read.count('features.cacheLineBytes', features.cacheLineBytes),
  };
}

function readMemory(name: string, value: unknown, index: number): Memory {
  const read = reader(name);
  const path = `memories[${index}]`;
  const memory = read.object(path, value);
  read.keys(`${path}.`, memory, [
    ...['name', 'kind', 'originAddress', 'sizeBytes'],
    ...['section', 'waitCycles', 'dma'],
  ]);
  const section = memory.section === undefined ? undefined : read.text(`${path}.section`, memory.section);
  return {
    name: read.text(`${path}.name`, memory.name),
    kind: read.choice(`${path}.kind`, memory.kind, memoryKinds),
    originAddress: read.address(`${path}.originAddress`, memory.originAddress),
    sizeBytes: read.count(`${path}.sizeBytes`, memory.sizeBytes),
    ...(section === undefined ? {} : { section }),
    waitCycles: memory.waitCycles === undefined ? 0 : read.count(`${path}.waitCycles`, memory.waitCycles),
    dma: memory.dma === undefined ? true : read.flag(`${path}.dma`, memory.dma),
  };
}

function readEmulators(name: string, value: unknown): Target['emulators'] {
  const read = reader(name);
  const emulators = read.object('emulators', value);
  read.keys('emulators.', emulators, ['qemu', 'renode']);
  return {
    ...(emulators.qemu === undefined ? {} : { qemu: read.text('emulators.qemu', emulators.qemu) }),
    ...(emulators.renode === undefined ? {} : { renode: read.text('emulators.renode', emulators.renode) }),
  };
}

/**
 * The target `name` out of `texts`, which holds the JSON text of every file of `targets/` by its name without `.json`.
 * Fails with `unknown-target`, or with `invalid-target` where a file on the chain has a wrong value.
 */
export function parseTarget(texts: ReadonlyMap<string, string>, name: string): Target {
  const read = reader(name);
  const json = inherit(texts, name, []);
  const memories = json.memories === undefined ? [] : read.list('memories', json.memories);
  return {
    name,
    description: read.text('description', json.description),
    core: read.choice('core', json.core, cores),
    gccFlags: read.list('gccFlags', json.gccFlags).map((flag, i) => read.text(`gccFlags[${i}]`, flag)),
    features: readFeatures(name, json.features),
    clockHz: json.clockHz === undefined ? null : read.count('clockHz', json.clockHz),
    memories: memories.map((memory, i) => readMemory(name, memory, i)),
    emulators: json.emulators === undefined ? {} : readEmulators(name, json.emulators),
  };
}
