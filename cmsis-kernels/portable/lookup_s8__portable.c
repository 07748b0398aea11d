/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/lookup.h"

/* output[i] = table[input[i]], for any function of one int8 */
MSC_KERNEL void msc_lookup_s8__portable(const int8_t *input, int8_t *output, const int8_t *table, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        output[i] = table[(uint8_t)input[i]];
    }
}
