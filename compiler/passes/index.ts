import { fail } from '../diagnostics/index.ts';
import { type Graph, verifyGraph } from '../ir/index.ts';
import { operatorNamed } from '../ops/index.ts';
import { cancelTransposes } from './cancel-transposes.ts';
import { dropConstantChannels } from './drop-constant-channels.ts';
import { foldConstants } from './fold-constants.ts';
import { foldPad } from './fold-pad.ts';
import { fuseActivation } from './fuse-activation.ts';
import { mergeReshapes } from './merge-reshapes.ts';
import type { Pass } from './pass.ts';
import { removeDeadNodes } from './remove-dead-nodes.ts';
import { removeIdentities } from './remove-identities.ts';

export type { Pass } from './pass.ts';

/** Every pass, in the order of a round; rounds are repeated until none changes the graph. */
export const passes: readonly Pass[] = [
  removeDeadNodes,
  foldConstants,
  mergeReshapes,
  cancelTransposes,
  removeIdentities,
  foldPad,
  fuseActivation,
  dropConstantChannels,
];

export interface PassOptions {
  /** Ends after the first run of this pass. */
  readonly stopAfter?: string;
  /** Sees the graph after every run of a pass. */
  readonly onPass?: (pass: Pass, graph: Graph) => void;
}

/** The optimised graph. Verified after every pass; a pass that breaks the graph is named. */
export function runPasses(graph: Graph, options: PassOptions = {}): Graph {
  if (options.stopAfter !== undefined && !passes.some((pass) => pass.name === options.stopAfter)) {
    fail('unknown-pass', {
      where: '--stop-after',
      found: `'${options.stopAfter}'`,
      requires: `one of ${passes.map((pass) => pass.name).join(', ')}`,
    });
  }
  // More rounds than any graph needs: of two that change it, one leaves it with fewer nodes.
  const maximumRounds = 32 + 2 * graph.nodes.length;
  let current = graph;
  for (let round = 0; round < maximumRounds; round++) {
    const before = current;
    for (const pass of passes) {
      const next = pass.run(current);
      if (next !== current) {
        verifyAfter(pass, next);
      }
      current = next;
      options.onPass?.(pass, current);
      if (pass.name === options.stopAfter) {
        return current;
      }
    }
    if (current === before) {
      return current;
    }
  }
  throw new Error(`passes do not settle on '${graph.name}' after ${maximumRounds} rounds`);
}

function verifyAfter(pass: Pass, graph: Graph): void {
  const faults = verifyGraph(graph, (node) => operatorNamed(node.operator).definition);
  if (faults.length > 0) {
    throw new Error(`after pass '${pass.name}': ${faults.join('; ')}`);
  }
}
