import { predictionErrorPercent, signedPercent } from '../../compiler/report/prediction.ts';
import { grouped } from '../../compiler/report/text.ts';
import { checksOf } from './checks.ts';
import { type BenchFile, benchObjectives, benchTargets, type Figures, type FigureTable } from './figures.ts';
import { peers } from './peers.ts';

const cores: { readonly [target: string]: string } = { stm32f7: 'Cortex-M7', stm32f4: 'Cortex-M4' };

type Row = readonly string[];

function markdownTable(head: Row, rows: readonly Row[]): readonly string[] {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column < 2 ? '---' : '---:'))), ...rows.map(line)];
}

const count = (value: number | undefined) => (value === undefined ? '–' : grouped(value));

/** Instructions per multiplication that is left; nothing for models whose work is elsewhere. */
function perMac({ instructions, macs }: Figures): string {
  return macs === 0 ? '–' : (instructions / macs).toFixed(2);
}

function predictionOf({ instructions, predictedInstructions }: Figures): string {
  return signedPercent(predictionErrorPercent(predictedInstructions, instructions));
}

function figureRows(table: FigureTable): readonly Row[] {
  return Object.entries(table).flatMap(([model, targets]) =>
    benchTargets.flatMap((target) =>
      benchObjectives.flatMap((objective) => {
        const figures = targets[target]?.[objective];
        return figures === undefined
          ? []
          : [
              [
                model,
                `${cores[target]}, ${objective}`,
                count(figures.instructions),
                count(figures.cycles ?? undefined),
                predictionOf(figures),
                perMac(figures),
                count(figures.codeBytes),
                count(figures.weightBytes),
                count(figures.arenaBytes),
                count(figures.stackBytes),
              ],
            ];
      }),
    ),
  );
}

function peerRows(file: BenchFile): readonly Row[] {
  return Object.entries(peers).flatMap(([model, list]) => {
    const own = file.models[model]?.stm32f7?.balanced;
    const ownM4 = file.models[model]?.stm32f4?.balanced;
    const ours: Row = [
      model,
      '**msc**, balanced',
      count(own?.instructions),
      count(ownM4?.instructions),
      count(own?.codeBytes),
      own === undefined ? '–' : `arena ${grouped(own.arenaBytes)}`,
      count(own?.stackBytes),
    ];
    return [
      ours,
      ...list.map((peer) => [
        model,
        peer.name,
        own === undefined
          ? count(peer.instructions)
          : `${grouped(peer.instructions)} (${(peer.instructions / own.instructions).toFixed(2)}×)`,
        count(peer.instructionsM4),
        peer.codeBytes === undefined && peer.flashBytes !== undefined
          ? `flash ${grouped(peer.flashBytes)}`
          : count(peer.codeBytes),
        peer.arenaBytes !== undefined
          ? `arena ${grouped(peer.arenaBytes)}`
          : peer.ramBytes !== undefined
            ? `RAM ${grouped(peer.ramBytes)}`
            : '–',
        count(peer.stackBytes),
      ]),
    ];
  });
}

const figureHead: Row = [
  'model',
  'core, goal',
  'instructions',
  'cycles, est.',
  'predicted',
  'per MAC',
  'code B',
  'weights B',
  'arena B',
  'stack B',
];

/** `docs/bench.md`: everything in it follows from the figures and the peers' table. */
export function benchDocument(file: BenchFile): string {
  return `${[
    '# Benchmarks',
    '',
    `Made by \`npm run bench\` from \`test/bench.json\`; \`npm run bench -- --check\` measures anew and compares. Compiler:`,
    `arm-none-eabi-gcc ${file.compiler}. One inference, every executed instruction counted by an emulator plugin, outputs equal to`,
    'the golden bytes. Cycles are estimates of a model ([cycles.md](cycles.md)). Code is what the model adds to an empty firmware, without weights and tables. `predicted` is how far the',
    "compiler's own cost models were off. `per MAC` counts the multiplications that the graph's passes leave: of vww_96_int8 half",
    'are gone, since their channels are constant.',
    '',
    ...markdownTable(figureHead, figureRows(file.models)),
    '',
    '## Beside other runtimes',
    '',
    'The same models, compiler (`-O2`) and emulated cores, counted in the same way, on Cortex-M7 unless said; in brackets the',
    "multiple of ours. MindSpore Lite Micro 2.0.0 refuses person_detect, vww_96_int8, kws_dscnn_int8, LSTM and SVDF. TinyEngine's",
    'own demonstration network apart (34.35 M instructions where TFLM takes 47.80 M), its results on these models are wrong or',
    'cannot be built, but for ad01_int8. TFLM is of August 2026 with CMSIS-NN of July 2026.',
    '',
    ...markdownTable(
      ['model', 'runtime', 'instructions', 'on Cortex-M4', 'code B', 'RAM B', 'stack B'],
      peerRows(file),
    ),
    '',
    '## Architecture twins',
    '',
    'The layers of person_detect, resnet8_int8, kws_dscnn_int8 and ad01_int8 with random weights of our own: `npm run bench --',
    '--twins` needs no trained model. One of the channels of person_detect is constant; of its twin none is.',
    '',
    ...markdownTable(figureHead, figureRows(file.twins)),
    '',
    '## Limits',
    '',
    ...checksOf(file).map(({ text, passes }) => `* ${passes ? 'pass' : '**fail**'}: ${text}`),
    '',
  ].join('\n')}`;
}
