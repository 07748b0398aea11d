/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls a test that reads the input bytes and emits any number of results.
 */
#include "harness.h"

void test_main(const uint8_t *input, uint32_t input_size, void (*emit)(const void *bytes, uint32_t size));

typedef struct {
    const uint8_t *input;
    uint32_t size;
} test_input;

static test_input subject;

static void emit(const void *bytes, uint32_t size) {
    harness_send('O', bytes, size);
}

static int32_t run(void) {
    test_main(subject.input, subject.size, emit);
    return 0;
}

void harness_main(const uint8_t *bytes, uint32_t size) {
    uint32_t ticks = 0;

    subject.input = bytes;
    subject.size = size;
    (void)harness_measure(run, &ticks);
}
