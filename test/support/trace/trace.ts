import { readFileSync } from 'node:fs';
import type { ModelView } from '../../../compiler/codegen/index.ts';
import type { Assets } from '../../../compiler/pipeline.ts';
import { hostCompiler } from '../../../compiler/simulate/simulate-host.ts';
import { inWorkFolder } from '../../../compiler/simulate/work-folder.ts';
import { compileHost, runToolOrFail, type SourceFile } from '../../../compiler/toolchain/index.ts';
import {
  emitPlacement,
  emitSeparate,
  type Placement,
  type Region,
  separatePlacement,
  stepNames,
} from './placements.ts';

/** What the trace of one placement found. */
export interface TraceResult {
  /** Reads and writes of the arena that were compared. */
  readonly accesses: number;
  /** The first access that is wrong, for people; null if all are right. */
  readonly violation: string | null;
}

/** Whether placements can be traced here: it takes processes and pipes of POSIX. */
export const canTrace = process.platform !== 'win32';

/** Programs that keep state are traced for more than one inference. */
const statefulInferences = 3;

/**
 * Runs the generated code of every placement on the host, beside the code of the same steps with nothing shared, and compares
 * each access to the arena: every byte that is read must be the one that the unshared code reads, written by the same access;
 * nothing is read before it is written; no access leaves its tensor or scratch. See `trace.c`.
 */
export async function tracePlacements(
  placements: readonly Placement[],
  assets: Assets,
): Promise<readonly TraceResult[]> {
  const subjects = placements.map((placement, index) => subjectOf(placement, index, assets));
  const lines = await inWorkFolder(async (folder) => {
    const { path } = await compileHost(await hostCompiler({}), folder, {
      sources: [
        support('trace.h'),
        { ...support('trace.c'), flags: ['-O2'] },
        ...subjects.flatMap((subject) => subject.sources),
        { name: 'subjects.c', text: subjectTable(subjects.map((subject) => subject.entry)) },
      ],
      // no optimisation: the accesses of both must be the same, whatever the compiler could tell from their addresses
      optimize: '-O0',
    });
    return (await runToolOrFail('tracing', { command: path, args: [], timeoutSeconds: 300 })).stdout.split('\n');
  });
  return subjects.map((subject, i) => resultOf(subject, lines[i] ?? ''));
}

interface Subject {
  readonly sources: readonly SourceFile[];
  /** C of its functions and tables, and of its initialiser. */
  readonly entry: { readonly code: string; readonly initialiser: string };
  readonly steps: readonly string[];
  readonly regions: readonly Region[];
}

function support(name: string): SourceFile {
  return { name, text: readFileSync(new URL(name, import.meta.url), 'utf8') };
}

function subjectOf(placement: Placement, index: number, assets: Assets): Subject {
  const separate = separatePlacement(placement);
  const planned = emitPlacement(placement, `planned_${index}`, assets);
  const apart = emitSeparate(separate, `separate_${index}`, assets);
  const regions = separate.regions.map(
    (r) => `    {${r.offset}U, ${r.sizeBytes}U, ${r.scratchOf ?? -1}, ${Number(r.isKept)}},`,
  );
  const segments = placement.program.segments.map(({ first, end, ticks }) => `    {${first}, ${end - 1}, ${ticks}},`);
  return {
    sources: [planned, apart].flatMap(({ view, files }) =>
      files.map((file) => ({ ...file, flags: tracedFlags(view.upper) })),
    ),
    entry: {
      code: [
        usage(planned.view),
        usage(apart.view),
        `static const trace_region regions_${index}[] = {\n${regions.join('\n')}\n    {0U, 0U, -1, 0},\n};`,
        `static const trace_segment segments_${index}[] = {\n${segments.join('\n')}\n    {0, -1, 1},\n};`,
      ].join('\n'),
      initialiser: `    {${side(planned.view)}, ${side(apart.view)}, regions_${index}, ${regions.length}U, segments_${index}, ${segments.length}U},`,
    },
    steps: stepNames(placement),
    regions: separate.regions,
  };
}

function tracedFlags(upper: string): readonly string[] {
  const renamed = ['memcpy', 'memmove', 'memset'].map((name) => `-D${name}=trace_${name}`);
  return ['-fsanitize=thread', ...renamed, '-include', 'trace.h', `-D${upper}_STEP=trace_step`];
}

/** A C function that uses a model as its caller would. */
function usage(view: ModelView): string {
  return [
    `#include "${view.cName}.h"`,
    `static int use_${view.cName}(void *arena) {`,
    '    int status = 0;',
    '',
    ...(view.stateful ? [`    status |= (int)${view.cName}_reset(arena);`] : []),
    `    for (int i = 0; i < ${view.stateful ? statefulInferences : 1}; i++) {`,
    ...view.inputs.map(({ accessor, sizeBytes }) => `        trace_fill(${accessor}(arena), ${sizeBytes}U);`),
    `        status |= (int)${view.cName}_run(arena);`,
    ...view.outputs.map(({ accessor, sizeBytes }) => `        trace_read(${accessor}(arena), ${sizeBytes}U);`),
    '        trace_step(-1);',
    '    }',
    '    return status;',
    '}',
  ].join('\n');
}

function side({ cName, arenaSize, arenaAlignment }: ModelView): string {
  return `{${arenaSize}U, ${arenaAlignment}U, use_${cName}}`;
}

function subjectTable(entries: readonly Subject['entry'][]): string {
  return [
    '#include "trace.h"',
    ...entries.map((entry) => entry.code),
    'const trace_subject trace_subjects[] = {',
    ...entries.map((entry) => entry.initialiser),
    '};',
    `const uint32_t trace_subject_count = ${entries.length}U;`,
    '',
  ].join('\n');
}

const sentences: { readonly [what: string]: string } = {
  'planned-ends-early': 'is not made by the planned code, which has ended',
  'planned-goes-on': 'is made by the planned code only',
  'other-access': 'is another access in the planned code',
  'overlapping-copy': 'is a memcpy between overlapping bytes',
  'out-of-bounds': 'leaves the tensor or scratch',
  'beyond-arena': 'leaves the planned arena',
  'other-output': 'finds another output than the code where nothing is shared',
  unwritten: 'finds a byte that nothing has written',
  overwritten: 'finds another byte than it should',
};

/** Makes a sentence of a line that the traced program printed. */
function resultOf({ steps, regions }: Subject, line: string): TraceResult {
  const [kind, , ...fields] = line.split(' ');
  if (kind === 'end') {
    return { accesses: Number(fields[0]), violation: null };
  }
  if (kind !== 'violation') {
    throw new Error(`the traced program printed '${line}'`);
  }
  const [what, step, access, verb, size, byte, planned, separate, found] = fields as [string, ...string[]];
  const where = steps[Number(step)] ?? 'the caller, after the last step,';
  const foundText = what === 'overwritten' ? `, in its place ${placeOf(regions, Number(found))}` : '';
  return {
    accesses: Number(access),
    violation:
      `${where} ${verb}s ${size} bytes; this ${sentences[what]}: byte ${byte} is ${placeOf(regions, Number(separate))}, ` +
      `at ${planned} of the planned arena${foundText} (access ${access})`,
  };
}

/** "byte 12 of tensor 'x'" */
function placeOf(regions: readonly Region[], offset: number): string {
  const region = regions.findLast((candidate) => candidate.offset <= offset);
  if (offset < 0 || region === undefined) {
    return offset < 0 ? 'nothing' : 'a byte before everything';
  }
  const within = offset - region.offset;
  return within < region.sizeBytes
    ? `byte ${within} of ${region.label}`
    : `a byte ${within - region.sizeBytes} behind the end of ${region.label}`;
}
