import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { amalgamate } from '../../compiler/codegen/amalgamate.ts';
import { type Pace, rowsDue, rowsOfTurn, turnsOf } from '../../compiler/schedule/index.ts';
import { tickOfTurn } from '../../compiler/schedule/pace.ts';
import { runFirmware } from '../../compiler/simulate/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { int32s } from '../support/firmware.ts';

/** Paces as segments have them: fewer rows are missing in the first turn than a turn has. */
const paces = fc
  .record({
    pace: fc.record({
      lag: fc.integer({ min: 0, max: 40 }),
      every: fc.integer({ min: 1, max: 9 }),
      rows: fc.integer({ min: 1, max: 12 }),
      skip: fc.nat(11),
    }),
    height: fc.integer({ min: 1, max: 60 }),
  })
  .map(({ pace, height }) => ({ pace: { ...pace, skip: pace.skip % pace.rows }, height }));

const lastTick = ({ lag, every }: Pace, height: number) => lag + every * height + 2;

it('rows that are due are those of the turns so far', () => {
  fc.assert(
    fc.property(paces, ({ pace, height }) => {
      const turns = Array.from({ length: turnsOf(pace, height) }, (_, i) => ({
        at: tickOfTurn(pace, i + 1),
        ...rowsOfTurn(pace, i + 1, height),
      }));
      expect(turns.map(({ begin }) => begin)).toEqual([0, ...turns.slice(0, -1).map(({ end }) => end)]);
      const ticks = Array.from({ length: lastTick(pace, height) }, (_, tick) => tick);
      const expected = ticks.map((tick) => turns.findLast(({ at }) => at < tick)?.end ?? 0);
      expect(ticks.map((tick) => rowsDue(pace, tick, height))).toEqual(expected);
      expect(expected.at(-1)).toBe(height);
    }),
    { numRuns: 300, seed: 1 },
  );
});

it('generated code has the same rows due', async () => {
  const drawn = fc.sample(paces, { numRuns: 500, seed: 2 });
  const { kernels } = await loadAssets();
  const { code } = amalgamate(kernels, [{ file: 'include/msc/rows.h', name: 'due' }], 'pace');
  const bytes = await runFirmware({
    sources: [
      {
        name: 'pace.c',
        text: [
          '#include <stdint.h>',
          '#define PACE_INLINE static inline __attribute__((unused))',
          code,
          'static const int32_t paces[][6] = {',
          ...drawn.map(({ pace, height }) => {
            const { lag, every, rows, skip } = pace;
            return `    {${[lag, every, rows, skip, height, lastTick(pace, height)].join(', ')}},`;
          }),
          '};',
          'void test_main(const uint8_t *input, uint32_t size, void (*emit)(const void *bytes, uint32_t size));',
          'void test_main(const uint8_t *input, uint32_t size, void (*emit)(const void *bytes, uint32_t size)) {',
          '    (void)input;',
          '    (void)size;',
          '    for (uint32_t i = 0; i < sizeof paces / sizeof paces[0]; i++) {',
          '        const int32_t *const p = paces[i];',
          '',
          '        for (int32_t ticks = 0; ticks < p[5]; ticks++) {',
          '            const int32_t due = pace_due(ticks, p[0], p[1], p[2], p[3], p[4]);',
          '',
          '            emit(&due, sizeof due);',
          '        }',
          '    }',
          '}',
          '',
        ].join('\n'),
      },
    ],
    target: parseTarget(await loadTargetTexts(), 'host'),
    inputBytes: new Uint8Array(),
    emulator: 'host',
    optimize: '-O0',
    flags: ['-Wall', '-Wextra', '-Werror'],
  });
  const expected = drawn.flatMap(({ pace, height }) =>
    Array.from({ length: lastTick(pace, height) }, (_, ticks) => rowsDue(pace, ticks, height)),
  );
  expect(int32s(bytes)).toEqual(expected);
}, 60_000);
