/* SPDX-License-Identifier: Apache-2.0
 *
 * The firmware without a model: what any image costs, to be taken off a model's.
 */
#include "harness.h"

static int32_t nothing(void) {
    return 0;
}

void harness_main(const uint8_t *bytes, uint32_t size) {
    uint32_t ticks = 0;

    harness_send('O', bytes, size);
    (void)harness_measure(nothing, &ticks);
}
