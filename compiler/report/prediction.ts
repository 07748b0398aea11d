/** How far a prediction is above (below, if negative) what was counted, in percent with one decimal; null without a count. */
export function predictionErrorPercent(predicted: number, counted: number | null): number | null {
  return counted === null || counted === 0 ? null : Math.round(1000 * (predicted / counted - 1)) / 10;
}

/** The error as text: `+1.2 %`, `-0.4 %`. */
export function signedPercent(percent: number | null): string {
  return percent === null ? '-' : `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
}
