export { absentTable, readRoot } from './read.ts';
export type { AnyTable, Schema, TableInput, TableValue, UnionValue } from './schema.ts';
export { writeRoot } from './write.ts';
