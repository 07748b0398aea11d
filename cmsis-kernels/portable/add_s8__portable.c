/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/arithmetic.h"

/* output[i] = a[i] + b[i] on the reals that the integers stand for, clamped */
MSC_KERNEL void msc_add_s8__portable(const int8_t *a, const int8_t *b, int8_t *output, const msc_sum_s8_parameters *p,
                                     int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        output[i] = msc_add_element_s8(a[i], b[i], p);
    }
}
