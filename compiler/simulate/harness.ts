import handlebars from 'handlebars';
import type { Target } from '../targets/index.ts';
import { packageText, type SourceFile } from '../toolchain/index.ts';
import { guardAddressOf, type Machine, sectionScript } from './machines.ts';
import type { FirmwareModel } from './types.ts';

const folder = 'harness';

// loops stay loops: the only calls of memcpy in the image shall be the model's, so that the sizes tell what it costs
function part(name: string, flags: readonly string[] = []): SourceFile {
  return {
    name: `${folder}/${name}`,
    text: packageText('templates', 'harness', name),
    flags: ['-fno-tree-loop-distribute-patterns', ...flags],
  };
}

/** Start-up, call and header of the firmware on `machine`; with one of the mains below it is complete. */
export function firmwareParts(machine: Machine, target: Target): readonly SourceFile[] {
  // the board's core (a Cortex-M3 for an M0+) would do unaligned accesses that the target's core cannot
  const trap = target.features.unalignedAccess ? [] : ['-DHARNESS_TRAP_UNALIGNED'];
  const guard = guardAddressOf(machine);
  const start = [...trap, ...(guard === null ? [] : [`-DHARNESS_GUARD=0x${guard.toString(16)}U`])];
  return [
    part('harness.h'),
    { name: `${folder}/machine.h`, text: packageText('templates', 'harness', 'machines', machine.header) },
    { name: `${folder}/firmware.ld`, text: packageText('templates', 'harness', 'firmware.ld') },
    { name: `${folder}/sections.ld`, text: sectionScript(machine) },
    part('start.c', start),
    part('call.S'),
  ];
}

/** The harness as a program of this computer. */
export function hostParts(): readonly SourceFile[] {
  return [part('harness.h'), part('host.c')];
}

/** Main that runs inferences, and the table of the model's functions. */
export function modelParts(model: FirmwareModel, host: boolean): readonly SourceFile[] {
  const render = handlebars.compile(packageText('templates', 'harness', 'model.c.hbs'), {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
  });
  const indexed = (tensors: FirmwareModel['inputs']) =>
    tensors.map((tensor, index) => ({ ...tensor, index, macro: tensor.accessor.toUpperCase() }));
  const text = render({
    cName: model.cName,
    upper: model.cName.toUpperCase(),
    header: `${model.cName}.h`,
    inputs: indexed(model.inputs),
    outputs: indexed(model.outputs),
    portTypes: [...model.inputs, ...model.outputs].map(() => 'void *').join(', '),
    takesPorts: model.takesPorts === true,
    ports: [...model.inputs.map((_, i) => `input_${i}`), ...model.outputs.map((_, i) => `output_${i}`)]
      .map((port) => `(void *)${port}_buffer`)
      .join(', '),
    hasReset: model.hasReset,
    streamedRows: model.streamedRows ?? 0,
  });
  return [part('inferences.c'), { name: `${folder}/model.c`, text, flags: host ? ['-DHARNESS_HOST'] : [] }];
}

/** Main that calls `test_main()`. */
export function testParts(): readonly SourceFile[] {
  return [part('test.c')];
}

/** Main of the firmware without a model. */
export function emptyParts(): readonly SourceFile[] {
  return [part('empty.c')];
}

/** Header that turns the model's step hooks into marks for the plugin. */
export function stepParts(): readonly SourceFile[] {
  return [part('steps.h')];
}
