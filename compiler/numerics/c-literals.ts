/** An integer as a C constant expression of type int; INT32_MIN has no literal of its own. */
export function integerLiteral(value: number): string {
  if (!Number.isInteger(value) || value < -2147483648 || value > 4294967295) {
    throw new Error(`no 32-bit literal for ${value}`);
  }
  if (value === -2147483648) {
    return '(-2147483647 - 1)';
  }
  return value > 2147483647 ? `${value}U` : `${value}`;
}

/** The shortest decimal that reads back as this float32, as a C literal of type float. */
export function floatLiteral(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) {
    throw new Error(`no literal for ${value}`);
  }
  if (Object.is(single, -0)) {
    return '-0.0f';
  }
  for (let digits = 1; digits <= 9; digits++) {
    const text = single.toPrecision(digits);
    if (Math.fround(Number(text)) === single) {
      const shortest = String(Number(text));
      return `${/[.e]/.test(shortest) ? shortest : `${shortest}.0`}f`;
    }
  }
  throw new Error(`nine digits do not hold ${single}`);
}
