/**
 * Other runtimes on the same models: same compiler (arm-none-eabi-gcc 12.2, `-O2`), same emulated cores, every instruction of
 * one inference counted in the same way, sizes above an empty firmware.
 */
export interface Peer {
  readonly name: string;
  readonly instructions: number;
  /** On Cortex-M4, where it was counted. */
  readonly instructionsM4?: number;
  readonly codeBytes?: number;
  readonly arenaBytes?: number;
  readonly stackBytes?: number;
  /** RAM above an empty firmware, where that is what was measured. */
  readonly ramBytes?: number;
  /** Flash in all, where code and weights were not told apart. */
  readonly flashBytes?: number;
}

const tflm = 'TFLM + CMSIS-NN';
const mindspore = 'MindSpore Lite Micro';

export const peers: { readonly [model: string]: readonly Peer[] } = {
  person_detect: [
    {
      name: tflm,
      instructions: 22_715_383,
      instructionsM4: 22_930_000,
      codeBytes: 46_836,
      arenaBytes: 82_308,
      stackBytes: 776,
    },
  ],
  vww_96_int8: [
    {
      name: tflm,
      instructions: 24_025_070,
      instructionsM4: 24_100_000,
      codeBytes: 59_620,
      arenaBytes: 100_708,
      stackBytes: 776,
    },
  ],
  resnet8_int8: [
    {
      name: tflm,
      instructions: 30_017_400,
      instructionsM4: 29_860_000,
      codeBytes: 57_744,
      arenaBytes: 54_996,
      stackBytes: 688,
    },
    { name: mindspore, instructions: 38_745_643, flashBytes: 98_084, ramBytes: 53_728 },
  ],
  kws_dscnn_int8: [
    {
      name: tflm,
      instructions: 7_642_961,
      instructionsM4: 7_700_000,
      codeBytes: 57_060,
      arenaBytes: 22_820,
      stackBytes: 776,
    },
  ],
  ad01_int8: [
    {
      name: tflm,
      instructions: 583_124,
      instructionsM4: 583_000,
      codeBytes: 29_852,
      arenaBytes: 2_580,
      stackBytes: 536,
    },
    { name: mindspore, instructions: 677_707, flashBytes: 278_112, ramBytes: 3_280 },
    { name: 'TinyEngine (up to 8 LSB off)', instructions: 772_000 },
  ],
  hello_world_int8: [
    { name: tflm, instructions: 3_522, codeBytes: 29_852, arenaBytes: 772, stackBytes: 536 },
    { name: mindspore, instructions: 3_095, flashBytes: 7_244, ramBytes: 2_288 },
  ],
  mnist_lstm_int8: [{ name: tflm, instructions: 571_792, codeBytes: 47_432, arenaBytes: 4_052, stackBytes: 1_348 }],
  resnet8_float: [
    { name: tflm, instructions: 83_878_067, codeBytes: 82_928, arenaBytes: 199_120, stackBytes: 688 },
    { name: `${mindspore} (Winograd)`, instructions: 63_049_635, flashBytes: 613_764, ramBytes: 418_960 },
    { name: 'onnx2c (`-O3`)', instructions: 119_700_000 },
  ],
};
