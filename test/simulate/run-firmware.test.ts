import { describe, expect, it } from 'vitest';
import { runFirmware } from '../../compiler/simulate/index.ts';
import { loadTarget } from '../../compiler/toolchain/index.ts';
import { hasEmulator } from '../support/firmware.ts';

const text = `#include <stdint.h>
void test_main(const uint8_t *input, uint32_t input_size, void (*emit)(const void *bytes, uint32_t size)) {
    for (uint32_t i = input_size; i > 0U; i--) {
        const uint8_t byte = (uint8_t)(input[i - 1U] + ((uintptr_t)input & 7U));

        emit(&byte, 1);
    }
    emit(0, 0);
}
`;

const run = (emulator: 'qemu' | 'host', target: string) =>
  runFirmware({
    sources: [{ name: 'test.c', text }],
    target: loadTarget(target),
    inputBytes: Uint8Array.from({ length: 300 }, (_, i) => i),
    emulator,
  });

const reversed = Uint8Array.from({ length: 300 }, (_, i) => 299 - i);

const emulated = await hasEmulator();

describe('runFirmware', () => {
  it('on the host', async () => {
    expect(await run('host', 'host')).toEqual(reversed);
  });

  it.skipIf(!emulated).each(['stm32f7', 'stm32f4', 'cortex-m3', 'cortex-m0plus'])('on %s', async (target) => {
    expect(await run('qemu', target)).toEqual(reversed);
  });
});
