/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/arithmetic.h"

/* output[i] = a[i] - b[i], clamped */
MSC_KERNEL void msc_sub_f32__portable(const float *a, const float *b, float *output, float minimum, float maximum,
                                      int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        output[i] = msc_clamp_f32(a[i] - b[i], minimum, maximum);
    }
}
