import type { NodeCase } from '../support/node-case.ts';
import { poolCases } from './average-pool2d.cases.ts';

export const maxPool2dCases: readonly NodeCase[] = poolCases('max_pool2d');
