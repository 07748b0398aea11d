/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/arithmetic.h"

/* a * b on the reals that the integers stand for, clamped; operands repeat as `loops` says */
MSC_KERNEL void msc_mul_broadcast_s8__portable(const int8_t *a, const int8_t *b, int8_t *output,
                                               const msc_mul_broadcast_s8_parameters *p, int32_t count) {
    const msc_broadcast *const loops = &p->loops;
    const int32_t a_stride = loops->a_strides[loops->rank - 1];
    const int32_t b_stride = loops->b_strides[loops->rank - 1];
    const int32_t length = msc_broadcast_length(loops, count);
    const int32_t runs = msc_broadcast_runs(loops, count);
    msc_broadcast_position at = {0};

    for (int32_t run = 0; run < runs; run++) {
        const int8_t *x = &a[at.a];
        const int8_t *y = &b[at.b];

        for (int32_t i = 0; i < length; i++) {
            *output++ = msc_mul_element_s8(*x, *y, &p->product);
            x += a_stride;
            y += b_stride;
        }
        msc_broadcast_next(loops, &at);
    }
}
