/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/arithmetic.h"

/* a * b, modulo 2^32, clamped; operands repeat as `loops` says */
MSC_KERNEL void msc_mul_broadcast_s32__portable(const int32_t *a, const int32_t *b, int32_t *output,
                                                const msc_broadcast *loops, int32_t minimum, int32_t maximum,
                                                int32_t count) {
    const int32_t a_stride = loops->a_strides[loops->rank - 1];
    const int32_t b_stride = loops->b_strides[loops->rank - 1];
    const int32_t length = msc_broadcast_length(loops, count);
    const int32_t runs = msc_broadcast_runs(loops, count);
    msc_broadcast_position at = {0};

    for (int32_t run = 0; run < runs; run++) {
        const int32_t *x = &a[at.a];
        const int32_t *y = &b[at.b];

        for (int32_t i = 0; i < length; i++) {
            *output++ = msc_clamp((int32_t)((uint32_t)*x * (uint32_t)*y), minimum, maximum);
            x += a_stride;
            y += b_stride;
        }
        msc_broadcast_next(loops, &at);
    }
}
