/** Version of msc, as in package.json; `test/version.test.ts` holds them together. */
export const mscVersion = '0.1.0';
