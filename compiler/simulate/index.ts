export { inferenceCounts, inputBytesOf } from './inferences.ts';
export { type FirmwareRun, runFirmware } from './run-firmware.ts';
export { simulate } from './simulate.ts';
export type {
  CountMethod,
  CycleEstimate,
  Emulator,
  FirmwareModel,
  FirmwareTensor,
  InstructionCount,
  SimulationRequest,
  SimulationResult,
} from './types.ts';
