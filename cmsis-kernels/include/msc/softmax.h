/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_SOFTMAX_H
#define MSC_SOFTMAX_H

#include "msc/base.h"
#include "msc/fixed_point.h"

/* Exponentials computed: difference * 2^left_shift * multiplier / 2^31 is the exponent in Q5. */
typedef struct {
    int32_t depth; /* elements along the axis */
    int32_t inner; /* their distance */
    int32_t multiplier;
    int32_t left_shift;
    int32_t smallest_difference; /* below it, exp is 0 */
} msc_softmax_s8_parameters;

/* Exponentials looked up by the distance from the largest element; past the table, exp is 0. */
typedef struct {
    int32_t depth;
    int32_t inner;
    const int32_t *exponentials;
    int32_t exponential_count;
} msc_softmax_lookup_s8_parameters;

/* 1 / sum as a fixed-point number: share * reciprocal / 2^right_shift is the result. */
typedef struct {
    int32_t reciprocal; /* Q0 */
    int32_t right_shift;
} msc_softmax_scale;

/* sum > 0 has 12 integer bits; the result has `bits` fractional bits. */
static inline msc_softmax_scale msc_softmax_scale_of(int32_t sum, int32_t bits) {
    msc_softmax_scale scale;
    uint32_t fraction = (uint32_t)sum;

    scale.right_shift = 12 + 31 - bits;
    do {
        scale.right_shift--;
        fraction <<= 1;
    } while ((fraction & 0x80000000u) == 0u);
    scale.reciprocal = msc_one_over_one_plus((int32_t)(fraction & 0x7fffffffu));
    return scale;
}

/* The share of one exponential in Q0, with as many fractional bits as the scale was made for. */
static inline int32_t msc_softmax_share(int32_t exponential, msc_softmax_scale scale) {
    if (scale.right_shift > 31) {
        return 0;
    }
    return msc_divide_by_power_of_two(msc_multiply_high(scale.reciprocal, exponential), scale.right_shift);
}

/* `outer` slices of depth * inner elements; `output` may be `input` where their types are the same. */
MSC_KERNEL void msc_softmax_s8__portable(const int8_t *input, int8_t *output, const msc_softmax_s8_parameters *p,
                                         int32_t outer);
MSC_KERNEL void msc_softmax_lookup_s8__portable(const int8_t *input, int8_t *output,
                                                const msc_softmax_lookup_s8_parameters *p, int32_t outer);
MSC_KERNEL void msc_softmax_lookup_s8_s16__portable(const int8_t *input, int16_t *output,
                                                    const msc_softmax_lookup_s8_parameters *p, int32_t outer);
MSC_KERNEL void msc_softmax_f32__portable(const float *input, float *output, float beta, int32_t depth, int32_t inner,
                                          int32_t outer);

#endif
