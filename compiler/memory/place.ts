import { type Diagnostic, diagnostic, stopOnErrors } from '../diagnostics/index.ts';
import { layerOfTile, type Program } from '../schedule/index.ts';
import type { Memory, Target } from '../targets/index.ts';
import type { ArenaPlan } from './plan-program.ts';

/** What can be given a place. */
export const placedThings = ['arena', 'code', 'weights'] as const;

/** One wish: what lies in which memory of the target. */
export interface PlacementRequest {
  readonly what: (typeof placedThings)[number];
  /** The memory's name, in any case. */
  readonly memory: string;
  /** Of weights: the layers that are meant, by name or by number; all of them if empty. */
  readonly layers: readonly string[];
}

/** Names of sections; null and absent is wherever the linker script puts ordinary data and code. */
export interface Placement {
  readonly arena: string | null;
  readonly code: string | null;
  readonly weights: string | null;
  /** Of the constants of single steps, by the step's index. */
  readonly weightsOfStep: ReadonlyMap<number, string>;
}

export const nothingPlaced: Placement = { arena: null, code: null, weights: null, weightsOfStep: new Map() };

/**
 * Finds the sections for `requests`. Fails with `unknown-memory`, `unknown-layer` or `placement-too-large`: everything
 * that one memory is given, code aside (its size is not known yet), has to fit it.
 */
export function placeProgram(
  target: Target,
  program: Program,
  plan: ArenaPlan,
  requests: readonly PlacementRequest[],
): Placement {
  const diagnostics: Diagnostic[] = [];
  const usedBytes = new Map<Memory, number>();
  const take = (memory: Memory, bytes: number) => usedBytes.set(memory, (usedBytes.get(memory) ?? 0) + bytes);
  const [onlyPart] = plan.parts.length === 1 ? plan.parts : [];
  const placement = {
    arena: onlyPart?.memory.section ?? null,
    code: null as string | null,
    weights: null as string | null,
  };
  for (const part of plan.parts) {
    let left = part.sizeBytes;
    for (const memory of part.memory.memories) {
      take(memory, Math.min(left, memory.sizeBytes));
      left -= Math.min(left, memory.sizeBytes);
    }
  }
  const weightsOfStep = new Map<number, string>();
  for (const request of requests) {
    const memory = memoryFor(target, request);
    if (memory === undefined) {
      diagnostics.push(unknownMemory(target, request));
      continue;
    }
    switch (request.what) {
      case 'arena':
        placement.arena = sectionOf(memory, 'bss');
        take(memory, plan.sizeBytes);
        break;
      case 'code':
        placement.code = sectionOf(memory, 'text');
        break;
      case 'weights': {
        const unknown = request.layers.filter((layer) => stepsOf(program, layer).length === 0);
        diagnostics.push(...unknown.map((layer) => unknownLayer(program, layer)));
        const parts =
          request.layers.length === 0
            ? program.steps.map((_, step) => [step])
            : request.layers.map((layer) => stepsOf(program, layer));
        for (const steps of parts) {
          take(memory, constantBytes(program, steps));
          for (const step of steps) {
            weightsOfStep.set(step, sectionOf(memory, 'rodata'));
          }
        }
        if (request.layers.length === 0) {
          placement.weights = sectionOf(memory, 'rodata');
        }
      }
    }
  }
  for (const [memory, bytes] of usedBytes) {
    if (bytes > memory.sizeBytes) {
      diagnostics.push(
        diagnostic('placement-too-large', {
          where: `--place, ${memory.name}`,
          found: `${bytes} bytes, ${bytes - memory.sizeBytes} more than it has`,
          requires: `at most ${memory.sizeBytes} bytes`,
        }),
      );
    }
  }
  stopOnErrors(diagnostics);
  const single = [...weightsOfStep].filter(([, section]) => section !== placement.weights);
  return { ...placement, weightsOfStep: new Map(single) };
}

/** Data lies in RAM, code where code can be run: a memory for data alone (a CCM) takes none. */
function memoryFor(target: Target, { what, memory }: PlacementRequest): Memory | undefined {
  const kind = what === 'code' ? 'code-ram' : 'ram';
  return target.memories.find((one) => one.kind === kind && one.name.toLowerCase() === memory.toLowerCase());
}

/**
 * What a linker script finds it by. The first part is that of ordinary sections of the kind: `.bss` for what needs no
 * contents, since any other name would make an array of zeros cost flash; and a script that knows nothing of the
 * memory puts it where it puts the others.
 */
export function sectionOf(memory: Memory, kind: 'bss' | 'text' | 'rodata'): string {
  const named = memory.section?.startsWith(`.${kind}.`) === true ? memory.section : undefined;
  return named ?? `.${kind}.${memory.name.toLowerCase()}`;
}

/** The step of this name or number, with all tiles of its layer: they share their constants. */
function stepsOf(program: Program, layer: string): readonly number[] {
  const names = program.steps.map((step) => step.node.name);
  const name = names.includes(layer) ? layer : /^\d+$/.test(layer) ? names[Number(layer)] : layer;
  const isOfLayer = (other: string) =>
    other === name || (name !== undefined && layerOfTile(other) === layerOfTile(name));
  return names.flatMap((other, step) => (isOfLayer(other) ? [step] : []));
}

/** Of the constants of steps; those of equal values are emitted once. */
function constantBytes(program: Program, steps: readonly number[]): number {
  const sizes = new Map<string, number>();
  for (const { values } of steps.flatMap((step) => program.steps[step]!.call.constants)) {
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('latin1');
    sizes.set(bytes, values.byteLength);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

function unknownMemory(target: Target, { what, memory }: PlacementRequest): Diagnostic {
  const kind = what === 'code' ? 'code-ram' : 'ram';
  const names = target.memories.filter((one) => one.kind === kind).map((one) => one.name);
  return diagnostic('unknown-memory', {
    where: `--place ${what}=${memory}`,
    found: `target '${target.name}' has no memory '${memory}' for ${what}`,
    requires: names.length === 0 ? 'a target with such a memory' : `one of ${names.join(', ')}`,
  });
}

function unknownLayer(program: Program, layer: string): Diagnostic {
  return diagnostic('unknown-layer', {
    where: '--place weights',
    found: `there is no layer '${layer}'`,
    requires: `a name that \`msc run -v\` shows, or a number below ${program.steps.length}`,
  });
}
