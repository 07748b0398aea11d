export { parseBufferTable, printBufferTable } from './csv.ts';
export { lowerBound } from './lower-bound.ts';
export {
  type BufferId,
  inclusiveLifetime,
  lifetimesMeet,
  type MemoryBuffer,
  type MemoryPlan,
  type MemoryProblem,
} from './problem.ts';
export { type PlanOptions, planMemory } from './solve.ts';
export { describeViolation, type Violation, validatePlan } from './validate.ts';
