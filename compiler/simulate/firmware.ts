import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../targets/index.ts';
import {
  type Build,
  compileObjects,
  type Elf,
  firmwareLinkFlags,
  type ImageSizes,
  imageSizes,
  link,
  readElf,
  readStackUsage,
  type SourceFile,
  type StackBound,
  sameImage,
  stackBound,
  type Tool,
  writeSources,
} from '../toolchain/index.ts';
import { emptyParts, firmwareParts, modelParts, stepParts } from './harness.ts';
import { type Machine, memoryFlags } from './machines.ts';
import type { FirmwareModel, SimulationRequest } from './types.ts';

/** The images of one model. */
export interface ModelFirmware {
  /** The product: the model's files as they are. */
  readonly plain: { readonly image: string; readonly elf: Elf };
  /** The same with marks at its steps; null when none were asked for. */
  readonly marked: { readonly image: string; readonly elf: Elf; readonly sameCode: boolean } | null;
  readonly sizes: ImageSizes;
  readonly emptySizes: ImageSizes;
  readonly modelSizes: ImageSizes;
  /** Of the model's functions in the product. */
  readonly stackBound: StackBound;
}

const markedFolder = 'marked';

/** The model's files once more, with every step hook a mark. */
function markedSources(model: FirmwareModel, sources: readonly SourceFile[]): readonly SourceFile[] {
  const flags = ['-include', 'harness/steps.h', `-D${model.cName.toUpperCase()}_STEP(n)=HARNESS_STEP(n)`];
  return sources.map((source) => ({
    ...source,
    name: `${markedFolder}/${source.name}`,
    flags: [...(source.flags ?? []), ...flags],
  }));
}

function addSizes(sizes: readonly ImageSizes[]): ImageSizes {
  return sizes.reduce(
    (sum, size) => ({ text: sum.text + size.text, data: sum.data + size.data, bss: sum.bss + size.bss }),
    { text: 0, data: 0, bss: 0 },
  );
}

/** The most stack that a function of the model's header can need. */
function modelStackBound(elf: Elf, cName: string, folder: string, objects: readonly string[]): StackBound {
  const entries = elf.symbols
    .filter(({ kind, isGlobal, name }) => kind === 'function' && isGlobal && name.startsWith(`${cName}_`))
    .map(({ name }) => name);
  const reports = objects.map((object) => join(folder, object.replace(/\.o$/, '.su'))).filter(existsSync);
  return stackBound(elf, entries, readStackUsage(reports.map((path) => readFileSync(path, 'utf8')).join('\n')));
}

/** Builds everything that a simulation needs in `folder`: the firmware, the one with marks, the empty one. */
export async function buildModelFirmware(
  compiler: Tool,
  target: Target,
  machine: Machine,
  folder: string,
  request: Pick<SimulationRequest, 'model' | 'sources' | 'optimize' | 'flags'>,
): Promise<ModelFirmware> {
  const { model } = request;
  const withFlags = (source: SourceFile) => ({ ...source, flags: [...(request.flags ?? []), ...(source.flags ?? [])] });
  const product = request.sources
    .map(withFlags)
    .map((source) => ({ ...source, flags: [...source.flags, '-fstack-usage'] }));
  const marked = model.stepCount > 0 ? markedSources(model, product) : [];
  const common = firmwareParts(machine, target);
  const main = modelParts(model, false);
  const empty = emptyParts();
  const build: Build = {
    // the model first: it takes longest
    sources: [...product, ...marked, ...main, ...common, ...empty, ...stepParts()],
    optimize: request.optimize ?? '-O2',
  };
  writeSources(folder, build.sources);
  const objects = await compileObjects(compiler, folder, build, target.gccFlags);
  const objectsOf = (sources: readonly SourceFile[]) =>
    sources.map((source) => objects.get(source.name)).filter((object) => object !== undefined);
  const flags = firmwareLinkFlags(target, memoryFlags(machine, 'harness/firmware.ld'));
  const linked = async (output: string, sources: readonly SourceFile[]) => {
    await link(compiler, folder, objectsOf(sources), output, flags);
    return { image: output, elf: readElf(readFileSync(join(folder, output))) };
  };
  const [plain, emptyImage, markedImage] = await Promise.all([
    linked('firmware.elf', [...common, ...main, ...product]),
    linked('empty.elf', [...common, ...empty]),
    marked.length === 0 ? null : linked('marked.elf', [...common, ...main, ...marked]),
  ]);
  return {
    plain,
    marked: markedImage === null ? null : { ...markedImage, sameCode: sameImage(plain.elf, markedImage.elf) },
    sizes: imageSizes(plain.elf),
    emptySizes: imageSizes(emptyImage.elf),
    modelSizes: addSizes(objectsOf(product).map((object) => imageSizes(readElf(readFileSync(join(folder, object)))))),
    stackBound: modelStackBound(plain.elf, model.cName, folder, objectsOf(product)),
  };
}
