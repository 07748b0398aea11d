import { readFileSync } from 'node:fs';
import type { FirmwareModel } from '../../compiler/simulate/index.ts';
import { findArmGcc, findTool, type SourceFile } from '../../compiler/toolchain/index.ts';

/** Whether firmware can be built and run here; the set-up script sees to it. */
export async function hasEmulator(): Promise<boolean> {
  const tools = await Promise.all([findArmGcc(), findTool('qemu-system-arm')]);
  return tools.every((tool) => tool !== undefined);
}

/** Files of `test/fixtures/firmware`. */
export function firmwareSources(...names: readonly string[]): readonly SourceFile[] {
  return names.map((name) => ({
    name,
    text: readFileSync(new URL(`../fixtures/firmware/${name}`, import.meta.url), 'utf8'),
  }));
}

/** output[i] = 2 * (input[i] + 1) of 16 bytes, in two steps. */
export const gain: FirmwareModel = {
  cName: 'gain',
  inputs: [{ accessor: 'gain_input', sizeBytes: 16 }],
  outputs: [{ accessor: 'gain_output', sizeBytes: 16 }],
  hasReset: false,
  stepCount: 2,
};

/** Two inputs, two outputs, a state; `b` below zero makes it misbehave. */
export const mixer: FirmwareModel = {
  cName: 'mixer',
  inputs: [
    { accessor: 'mixer_input_0', sizeBytes: 3 },
    { accessor: 'mixer_input_1', sizeBytes: 4 },
  ],
  outputs: [
    { accessor: 'mixer_output_0', sizeBytes: 12 },
    { accessor: 'mixer_output_1', sizeBytes: 4 },
  ],
  hasReset: true,
  stepCount: 0,
};

/** A model of one int32 input and output: `loop`, `overflow`. */
export function scalarModel(cName: string, sizeBytes: number): FirmwareModel {
  return {
    cName,
    inputs: [{ accessor: `${cName}_input`, sizeBytes }],
    outputs: [{ accessor: `${cName}_output`, sizeBytes }],
    hasReset: false,
    stepCount: 0,
  };
}

/** One inference's input of `mixer`. */
export function mixerInput(a: readonly [number, number, number], b: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(7));
  a.forEach((value, i) => {
    bytes.setInt8(i, value);
  });
  bytes.setInt32(3, b, true);
  return new Uint8Array(bytes.buffer);
}

export function int32s(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 4 }, (_, i) => view.getInt32(4 * i, true));
}
