import type { BlockCount } from '../cycles/index.ts';
import { type Elf, functionAt, type Tool } from '../toolchain/index.ts';
import type { ModelFirmware } from './firmware.ts';
import { type Machine, ticksPerInstruction } from './machines.ts';
import { buildPlugin, pluginArgs, pluginInterface, readPluginCounts, stepMarks } from './plugin.ts';
import { icountArgs, type QemuResult, runQemu } from './qemu.ts';
import { checkEnd, describeFault, type Records } from './records.ts';
import type { CountMethod } from './types.ts';

/** What several starts of one firmware have in common. */
export interface CountingSession {
  readonly qemu: Tool;
  readonly cc: Tool | undefined;
  readonly machine: Machine;
  readonly folder: string;
  readonly firmware: ModelFirmware;
  /** The function that is one inference. */
  readonly entry: string;
  readonly timeoutSeconds: number;
  /** Whether the plugin is built; what it then tells of QEMU's refusal stays here for the next start. */
  readonly plugin: { usable: boolean };
  /** Gets what a reader of the numbers should know. */
  readonly notes: string[];
}

export interface Counts {
  readonly countedBy: CountMethod;
  readonly inferences: readonly number[];
  /** Of the first inference; empty without the plugin. */
  readonly steps: ReadonlyMap<number, number>;
  /** Of the first inference; empty without the plugin. */
  readonly blocks: readonly BlockCount[];
}

export interface Start {
  readonly records: Records;
  readonly counts: Counts;
}

/** Builds the plugin for this QEMU, where there is a compiler to do it. */
export async function preparePlugin(
  qemu: Tool,
  cc: Tool | undefined,
  folder: string,
  notes: string[],
): Promise<{ usable: boolean }> {
  const usable = cc !== undefined && (await buildPlugin(cc, folder, pluginInterface(qemu.version)));
  if (!usable) {
    const reason = cc === undefined ? 'there is no host C compiler' : `${cc.name} cannot build it`;
    notes.push(`instructions counted by -icount, without steps, not by the plugin: ${reason}`);
  }
  return { usable };
}

/** QEMU did not take the plugin: builds it for the interface that QEMU asks for, once, or gives it up. */
async function answerRefusal(session: CountingSession, result: QemuResult, last: boolean): Promise<void> {
  const minimum = /minimum version of (\d+)/.exec(result.stderr)?.[1];
  if (!last && minimum !== undefined && session.cc !== undefined) {
    session.plugin.usable = await buildPlugin(session.cc, session.folder, Number(minimum));
  } else {
    session.plugin.usable = false;
  }
  if (!session.plugin.usable) {
    const reason = result.stderr.split('\n').find((line) => /plugin/i.test(line)) ?? 'this QEMU does not take it';
    session.notes.push(`instructions counted by -icount, without steps, not by the plugin: ${reason}`);
  }
}

/**
 * One start of `image` over packed sequences of `inferences` inferences, counted; `marks` is the image that tells the
 * steps' addresses. Fails with `emulator-failed` when the firmware does not come to its end.
 */
export async function countedStart(
  session: CountingSession,
  image: ModelFirmware['plain'],
  marks: Elf,
  input: Uint8Array,
  inferences: number,
): Promise<Start> {
  const { qemu, machine, folder, timeoutSeconds, entry } = session;
  const run = { qemu, machine, folder, image: image.image, input, timeoutSeconds };
  for (let attempt = 0; session.plugin.usable; attempt++) {
    const result = await runQemu({ ...run, extraArgs: pluginArgs(image.elf, entry, stepMarks(marks), folder) });
    const counts = readPluginCounts(folder);
    if (counts !== null) {
      const at = counts.lastAddress === null ? '' : `, last in ${functionAt(image.elf, counts.lastAddress)}`;
      check(session, image.elf, result, at, inferences);
      return { records: result.records, counts: { ...counts, countedBy: 'plugin' } };
    }
    await answerRefusal(session, result, attempt > 0);
  }
  const result = await runQemu({ ...run, extraArgs: icountArgs });
  check(session, image.elf, result, '', inferences);
  const { ticks, end } = result.records;
  // the empty call is one instruction, and is measured in the same way
  const counted = ticks.map((t) => Math.round((t - (end?.emptyTicks ?? 0)) / ticksPerInstruction) + 1);
  return {
    records: result.records,
    counts: { countedBy: 'icount', inferences: counted, steps: new Map(), blocks: [] },
  };
}

function check(session: CountingSession, elf: Elf, result: QemuResult, at: string, inferences: number): void {
  checkEnd(
    result.records,
    {
      where: `${session.entry}() on ${session.machine.name}`,
      describeFault: (words) => describeFault(words, elf, session.machine.ram.originAddress),
      ending: `${result.ending}${at}`,
    },
    inferences,
  );
}
