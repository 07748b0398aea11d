/**
 * The part of docs/cycles.md that follows from figures: published boards beside our estimates. Boards: MLPerf Tiny, closed
 * division, best of v0.5 to v1.3, milliseconds times megahertz.
 */
import type { BenchFile } from './figures.ts';

const models = ['vww_96_int8', 'resnet8_int8', 'kws_dscnn_int8', 'ad01_int8'] as const;

interface Board {
  readonly name: string;
  readonly target: 'stm32f7' | 'stm32f4';
  /** By model, in the order above: millions of cycles, and whose result it is. */
  readonly results: readonly string[];
}

const boards: readonly Board[] = [
  {
    name: 'Cortex-M7, 216 MHz STM32F746',
    target: 'stm32f7',
    results: ['7.36 M (Plumerai)', '13.3 M (Bosch)', '3.83 M (Plumerai)', '0.308 M (Bosch)'],
  },
  {
    name: 'Cortex-M7, 280 MHz STM32H7A3',
    target: 'stm32f7',
    results: ['6.67 M (ST)', '11.4 M (ST)', '3.17 M (ST)', '0.303 M (Bosch)'],
  },
  {
    name: 'Cortex-M4, 120 MHz STM32L4R5',
    target: 'stm32f4',
    results: ['10.67 M (ST)', '19.8 M (ST)', '5.18 M (ST)', '0.486 M (Plumerai)'],
  },
];

const begin = '<!-- made by npm run bench -->';
const end = '<!-- end -->';

function cyclesOf(file: BenchFile, model: string, target: string): string {
  const cycles = file.models[model]?.[target]?.balanced?.cycles ?? null;
  return cycles === null ? '–' : `${(cycles / 1e6).toPrecision(3)} M`;
}

function comparison(file: BenchFile): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const ours = (['stm32f7', 'stm32f4'] as const).map((target) =>
    row([
      `**msc, estimate**, ${target === 'stm32f7' ? 'Cortex-M7' : 'Cortex-M4'}`,
      ...models.map((model) => cyclesOf(file, model, target)),
    ]),
  );
  return [
    row(['', 'VWW', 'IC', 'KWS', 'AD']),
    '|---|---:|---:|---:|---:|',
    ...boards.filter(({ target }) => target === 'stm32f7').map(({ name, results }) => row([name, ...results])),
    ours[0]!,
    ...boards.filter(({ target }) => target === 'stm32f4').map(({ name, results }) => row([name, ...results])),
    ours[1]!,
    '',
    'VWW is vww_96_int8, half of whose multiplications msc leaves out because their channels are constant: the boards do all of them.',
    `person_detect, the same network with a grey image and one constant channel, is at ${cyclesOf(file, 'person_detect', 'stm32f7')} on`,
    `Cortex-M7 and ${cyclesOf(file, 'person_detect', 'stm32f4')} on Cortex-M4.`,
  ].join('\n');
}

/** docs/cycles.md with the comparison of these figures. */
export function withBoards(text: string, file: BenchFile): string {
  const [before, rest] = text.split(begin) as [string, string | undefined];
  const after = rest?.split(end)[1];
  if (after === undefined) {
    throw new Error(`docs/cycles.md lacks ${begin} or ${end}`);
  }
  return `${before}${begin}\n\n${comparison(file)}\n\n${end}${after}`;
}
