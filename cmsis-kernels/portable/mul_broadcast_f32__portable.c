/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/arithmetic.h"

/* a * b, clamped; operands repeat as `loops` says */
MSC_KERNEL void msc_mul_broadcast_f32__portable(const float *a, const float *b, float *output,
                                                const msc_broadcast *loops, float minimum, float maximum,
                                                int32_t count) {
    const int32_t a_stride = loops->a_strides[loops->rank - 1];
    const int32_t b_stride = loops->b_strides[loops->rank - 1];
    const int32_t length = msc_broadcast_length(loops, count);
    const int32_t runs = msc_broadcast_runs(loops, count);
    msc_broadcast_position at = {0};

    for (int32_t run = 0; run < runs; run++) {
        const float *x = &a[at.a];
        const float *y = &b[at.b];

        for (int32_t i = 0; i < length; i++) {
            *output++ = msc_clamp_f32(*x * *y, minimum, maximum);
            x += a_stride;
            y += b_stride;
        }
        msc_broadcast_next(loops, &at);
    }
}
