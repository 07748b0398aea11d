import { predictionErrorPercent, signedPercent } from '../../compiler/report/prediction.ts';
import { grouped } from '../../compiler/report/text.ts';
import type { BenchFile, Figures, FigureTable } from './figures.ts';

/** A limit that the figures are held to. */
export interface Check {
  readonly text: string;
  readonly passes: boolean;
}

const kib = 1024;

/** Every limit whose figures are in the file. */
export function checksOf(file: BenchFile): readonly Check[] {
  return [
    ...['person_detect', 'resnet8_int8'].flatMap((model) => codeChecks(file.models, model)),
    ...atMost(
      'vww_96_int8: whole image at balanced',
      figuresAt(file.models, 'vww_96_int8', 'balanced')?.imageBytes,
      100 * kib,
    ),
    ...Object.keys(file.models).flatMap((model) => coreChecks(file.models, model)),
    ...[file.models, file.twins].flatMap(predictionChecks),
  ];
}

function figuresAt(table: FigureTable, model: string, objective: string, target = 'stm32f7'): Figures | undefined {
  return table[model]?.[target]?.[objective];
}

function atMost(what: string, value: number | undefined, limit: number): readonly Check[] {
  return value === undefined
    ? []
    : [{ text: `${what}: ${grouped(value)} B of at most ${grouped(limit)}`, passes: value <= limit }];
}

/** Code is small where it is balanced, smaller and not much slower where size is wanted. */
function codeChecks(table: FigureTable, model: string): readonly Check[] {
  const balanced = figuresAt(table, model, 'balanced');
  const small = figuresAt(table, model, 'size');
  const ratio = balanced === undefined || small === undefined ? null : small.instructions / balanced.instructions;
  return [
    ...atMost(`${model}: code at balanced`, balanced?.codeBytes, 16 * kib),
    ...atMost(`${model}: code at size`, small?.codeBytes, 10 * kib),
    ...(ratio === null
      ? []
      : [
          {
            text: `${model}: instructions at size ${ratio.toFixed(2)} times those at balanced, of at most 1.50`,
            passes: ratio <= 1.5,
          },
        ]),
  ];
}

/** Cortex-M4 takes about as many instructions as Cortex-M7. */
function coreChecks(table: FigureTable, model: string): readonly Check[] {
  const m7 = figuresAt(table, model, 'balanced', 'stm32f7');
  const m4 = figuresAt(table, model, 'balanced', 'stm32f4');
  if (m7 === undefined || m4 === undefined) {
    return [];
  }
  const percent = predictionErrorPercent(m4.instructions, m7.instructions)!;
  return [
    {
      text: `${model}: Cortex-M4 takes ${signedPercent(percent)} against Cortex-M7, of at most 3 %`,
      passes: Math.abs(percent) <= 3,
    },
  ];
}

/** The cost models are within a tenth of what is counted, at balanced. */
function predictionChecks(table: FigureTable): readonly Check[] {
  return Object.entries(table).flatMap(([model, targets]) =>
    Object.entries(targets).flatMap(([target, objectives]) => {
      const figures = objectives.balanced;
      if (figures === undefined) {
        return [];
      }
      const percent = predictionErrorPercent(figures.predictedInstructions, figures.instructions)!;
      return [
        {
          text: `${model} on ${target}: the prediction is ${signedPercent(percent)} off, of at most 10 %`,
          passes: Math.abs(percent) <= 10,
        },
      ];
    }),
  );
}
