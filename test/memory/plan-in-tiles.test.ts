import { describe, expect, it, test } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import type { PlannedSchedule, TiledLayers } from '../../compiler/memory/choose-schedule.ts';
import { planFront, planInBestOrder } from '../../compiler/memory/plan-in-best-order.ts';
import { planInTiles, tiledFront } from '../../compiler/memory/plan-in-tiles.ts';
import { compileGraph, type GraphOptions, stepsFor } from '../../compiler/pipeline.ts';
import { layerOfTile } from '../../compiler/schedule/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { hasEmulator } from '../support/firmware.ts';
import { compareWithReference } from '../support/graph-batch.ts';
import { canTrace, tracePlacements } from '../support/trace/trace.ts';
import { evenWiderGraph, wideNetwork } from '../support/wide-graph.ts';

const assets = await loadAssets();
const target = parseTarget(await loadTargetTexts(), 'stm32f7');
const options: GraphOptions = { target, assets, cName: 'graph_0', modelName: 'wide', sha256: '' };

const graph = wideNetwork();
const compileFor = (more: Partial<GraphOptions>) => compileGraph(graph, { ...options, ...more });

describe('a wide network in less RAM than its rows take', () => {
  it('is tiled where nothing else fits, of strips that fit, for no more instructions than needed', {
    timeout: 120_000,
  }, () => {
    const whole = compileFor({ io: 'caller', objective: 'speed' });
    expect(whole.tiling).toBeNull();
    expect(() => compileFor({ io: 'caller', ramBytes: 1 })).toThrow(/the smallest arena found has 1[56]\d{3} bytes/);
    const found = [40_000, 30_000, 20_000].map((ramBytes) => {
      const { plan, tiling, program, view } = compileFor({ io: 'caller', ramBytes });
      expect(plan.sizeBytes).toBeLessThanOrEqual(ramBytes);
      expect(tiling!.layers[0]).toBe('conv2d_0');
      // weights stand in the file once, however many tiles read them
      expect(view.weightBytes).toBeLessThan(whole.view.weightBytes * 1.15);
      return { tiles: tiling!.tiles, instructions: program.steps.reduce((sum, step) => sum + step.instructions, 0) };
    });
    expect(found[0]!.tiles).toBeLessThanOrEqual(found[1]!.tiles);
    expect(found[1]!.tiles).toBeLessThan(found[2]!.tiles);
    expect(found[0]!.instructions).toBeLessThanOrEqual(found[1]!.instructions);
    expect(found[1]!.instructions).toBeLessThan(found[2]!.instructions);
  });

  it('is not tiled where rows fit, and by no objective but ram', () => {
    const { plan } = compileFor({ io: 'caller' });
    for (const objective of ['balanced', 'size', 'speed'] as const) {
      expect(compileFor({ io: 'caller', objective }).tiling).toBeNull();
    }
    expect(compileFor({ io: 'caller', ramBytes: plan.sizeBytes }).tiling).toBeNull();
  });

  it('is tiled for ram within what it may spend', { timeout: 60_000 }, () => {
    const [balanced, ram] = (['balanced', 'ram'] as const).map((objective) => compileFor({ io: 'caller', objective }));
    const instructionsOf = ({ program }: Pick<PlannedSchedule, 'program'>) =>
      program.steps.reduce((sum, step) => sum + step.instructions, 0);
    expect(ram!.tiling).not.toBeNull();
    expect(ram!.plan.sizeBytes).toBeLessThan(balanced!.plan.sizeBytes);
    expect(instructionsOf(ram!)).toBeLessThanOrEqual(instructionsOf(balanced!) * 1.04);
  });

  it('says in the file which columns a step computes', () => {
    const { files, tiling } = compileFor({ io: 'caller', ramBytes: 30_000 });
    const text = files.map((file) => file.text).join('\n');
    expect(text).toContain('conv2d_0 (columns 0-');
    expect(new Set(tiling!.layers).size).toBe(tiling!.layers.length);
  });

  it('has all tiles of a layer where --place names the layer, or one of them', () => {
    const placed = (layer: string) => {
      const place = [{ what: 'weights', memory: 'dtcm', layers: [layer] }] as const;
      const { program, view } = compileFor({ io: 'caller', ramBytes: 30_000, place });
      expect(program.steps.filter(({ node }) => layerOfTile(node.name) === 'conv2d_4').length).toBe(3);
      return view.arrays.filter(({ text }) => text.includes('_SECTION_WEIGHTS_DTCM')).map(({ symbol }) => symbol);
    };
    const ofLayer = placed('conv2d_4');
    expect(ofLayer.length).toBeGreaterThan(0);
    expect(placed('conv2d_4 (columns 28-54)')).toEqual(ofLayer);
  });

  it('gives the results of the reference, where no schedule of whole rows fits', { timeout: 120_000 }, async () => {
    const small = evenWiderGraph();
    const { steps, planning } = stepsFor(small, options);
    const ramBytes = planFront(small, steps, planning).at(-1)!.plan.sizeBytes - 1;
    const found = compileGraph(small, { ...options, ramBytes });
    expect(found.tiling).not.toBeNull();
    expect(found.plan.sizeBytes).toBeLessThanOrEqual(ramBytes);
    expect(await compareWithReference([small], [found], target)).toEqual([null]);
    if (await hasEmulator()) {
      expect(await compareWithReference([small], [found], target, 'qemu')).toEqual([null]);
    }
    if (canTrace) {
      expect((await tracePlacements([found], assets)).map(({ violation }) => violation)).toEqual([null]);
    }
  });
});

test('every point of the front is what its own size as a budget leads to', { timeout: 120_000 }, () => {
  const small = evenWiderGraph();
  const { steps, planning } = stepsFor(small, options);
  const stepsOf = (tiled: typeof small) => stepsFor(tiled, options).steps;
  const whole = planFront(small, steps, planning).at(-1)!;
  const front = tiledFront(whole, { ...planning, ramBytes: Number.POSITIVE_INFINITY }, stepsOf);
  expect(front.length).toBeGreaterThan(0);
  const figures = ({ plan, instructions, tiling }: PlannedSchedule): [number, number, TiledLayers | null] => [
    plan.sizeBytes,
    instructions,
    tiling,
  ];
  for (const point of [front[0]!, front.at(-1)!]) {
    const wished = { ...planning, ramBytes: point.plan.sizeBytes };
    expect(figures(planInTiles(planInBestOrder(small, steps, wished), wished, stepsOf))).toEqual(figures(point));
  }
  for (const { program } of front) {
    expect(program.steps.some(({ node }) => layerOfTile(node.name) !== node.name)).toBe(true);
  }
});
