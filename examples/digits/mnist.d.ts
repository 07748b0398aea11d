declare module 'mnist' {
  interface Digit {
    /** All images of this digit, one after another: 784 values each, rows from the top, 0 (paper) to 1 (ink), three decimals. */
    readonly raw: readonly number[];
  }
  const digits: readonly Digit[];
  export default digits;
}
