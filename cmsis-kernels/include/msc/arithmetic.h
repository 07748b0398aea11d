/* SPDX-License-Identifier: Apache-2.0 */
/* Sums, differences and products of two tensors. */
#ifndef MSC_ARITHMETIC_H
#define MSC_ARITHMETIC_H

#include "msc/base.h"
#include "msc/broadcast.h"
#include "msc/requantize.h"

/* An int8 sum or difference: both operands go to one grid, 2^20 times as fine, and from there to the output's. */
typedef struct {
    int32_t a_zero_point;
    int32_t a_multiplier; /* 31 fractional bits, as the other multipliers */
    int32_t a_right;      /* shift to the right, as the others */
    int32_t b_zero_point;
    int32_t b_multiplier;
    int32_t b_right;
    int32_t output_multiplier;
    int32_t output_right;
    int32_t output_zero_point;
    int32_t output_minimum;
    int32_t output_maximum;
} msc_sum_s8_parameters;

typedef struct {
    msc_broadcast loops;
    msc_sum_s8_parameters sum;
} msc_sum_broadcast_s8_parameters;

/* An int8 product. */
typedef struct {
    int32_t a_zero_point;
    int32_t b_zero_point;
    int32_t output_multiplier; /* 31 fractional bits */
    int32_t output_shift;      /* to the left if positive */
    int32_t output_zero_point;
    int32_t output_minimum;
    int32_t output_maximum;
} msc_mul_s8_parameters;

typedef struct {
    msc_broadcast loops;
    msc_mul_s8_parameters product;
} msc_mul_broadcast_s8_parameters;

/*
 * An int8 sum whose coarser operand is `a`: its grid is the common one, so that it only needs a shift.
 * Zero points are negated and stand in both halves of a word.
 */
typedef struct {
    uint32_t a_offsets;
    uint32_t b_offsets;
    int32_t b_multiplier;
    uint32_t b_left;         /* 21, or 22 where the scales are equal */
    int32_t b_rounding;      /* half of 2^b_right */
    int32_t b_right;         /* 1 to 30 */
    int32_t output_multiplier;
    int32_t output_rounding; /* half of 2^output_right, plus the zero point times 2^output_right */
    int32_t output_right;    /* 1 to 22 */
    uint32_t output_minimum; /* in each byte of a word */
    uint32_t output_maximum;
} msc_add_s8_dsp_parameters;

/* value * multiplier / 2^(31 + right), rounded twice as msc_requantize does; |value| is at most 2^29, right 0 to 31. */
static inline int32_t msc_scale_down(int32_t value, int32_t multiplier, int32_t right) {
    const int32_t high = (int32_t)(((int64_t)value * multiplier + (INT64_C(1) << 30)) >> 31);

    if (right == 0) {
        return high;
    }
    return (high + (high >> 31) + (int32_t)(1u << (right - 1))) >> right;
}

static inline int8_t msc_add_element_s8(int32_t a, int32_t b, const msc_sum_s8_parameters *p) {
    const int32_t scaled_a = msc_scale_down((a - p->a_zero_point) * 1048576, p->a_multiplier, p->a_right);
    const int32_t scaled_b = msc_scale_down((b - p->b_zero_point) * 1048576, p->b_multiplier, p->b_right);
    const int32_t sum = msc_scale_down(scaled_a + scaled_b, p->output_multiplier, p->output_right);

    return (int8_t)msc_clamp(sum + p->output_zero_point, p->output_minimum, p->output_maximum);
}

static inline int8_t msc_sub_element_s8(int32_t a, int32_t b, const msc_sum_s8_parameters *p) {
    const int32_t scaled_a = msc_scale_down((a - p->a_zero_point) * 1048576, p->a_multiplier, p->a_right);
    const int32_t scaled_b = msc_scale_down((b - p->b_zero_point) * 1048576, p->b_multiplier, p->b_right);
    const int32_t difference = msc_scale_down(scaled_a - scaled_b, p->output_multiplier, p->output_right);

    return (int8_t)msc_clamp(difference + p->output_zero_point, p->output_minimum, p->output_maximum);
}

static inline int8_t msc_mul_element_s8(int32_t a, int32_t b, const msc_mul_s8_parameters *p) {
    const int32_t product = (a - p->a_zero_point) * (b - p->b_zero_point);
    const int32_t scaled = msc_requantize(product, p->output_multiplier, p->output_shift);

    return (int8_t)msc_clamp(scaled + p->output_zero_point, p->output_minimum, p->output_maximum);
}

/* Not-a-number becomes the minimum. */
static inline float msc_clamp_f32(float value, float minimum, float maximum) {
    const float raised = value > minimum ? value : minimum;

    return raised < maximum ? raised : maximum;
}

/* Operands of one shape; `output` may be `a` or `b`. */
MSC_KERNEL void msc_add_s8__portable(const int8_t *a, const int8_t *b, int8_t *output, const msc_sum_s8_parameters *p,
                                     int32_t count);
MSC_KERNEL void msc_sub_s8__portable(const int8_t *a, const int8_t *b, int8_t *output, const msc_sum_s8_parameters *p,
                                     int32_t count);
MSC_KERNEL void msc_mul_s8__portable(const int8_t *a, const int8_t *b, int8_t *output, const msc_mul_s8_parameters *p,
                                     int32_t count);
MSC_KERNEL void msc_add_f32__portable(const float *a, const float *b, float *output, float minimum, float maximum,
                                      int32_t count);
MSC_KERNEL void msc_sub_f32__portable(const float *a, const float *b, float *output, float minimum, float maximum,
                                      int32_t count);
MSC_KERNEL void msc_mul_f32__portable(const float *a, const float *b, float *output, float minimum, float maximum,
                                      int32_t count);
MSC_KERNEL void msc_add_s8__dsp(const int8_t *a, const int8_t *b, int8_t *output, const msc_add_s8_dsp_parameters *p,
                                int32_t count);

/* Operands that broadcast; `count` steps of the outermost loop. `output` may be an operand of the full shape. */
MSC_KERNEL void msc_add_broadcast_s8__portable(const int8_t *a, const int8_t *b, int8_t *output,
                                               const msc_sum_broadcast_s8_parameters *p, int32_t count);
MSC_KERNEL void msc_sub_broadcast_s8__portable(const int8_t *a, const int8_t *b, int8_t *output,
                                               const msc_sum_broadcast_s8_parameters *p, int32_t count);
MSC_KERNEL void msc_mul_broadcast_s8__portable(const int8_t *a, const int8_t *b, int8_t *output,
                                               const msc_mul_broadcast_s8_parameters *p, int32_t count);
MSC_KERNEL void msc_add_broadcast_f32__portable(const float *a, const float *b, float *output,
                                                const msc_broadcast *loops, float minimum, float maximum,
                                                int32_t count);
MSC_KERNEL void msc_sub_broadcast_f32__portable(const float *a, const float *b, float *output,
                                                const msc_broadcast *loops, float minimum, float maximum,
                                                int32_t count);
MSC_KERNEL void msc_mul_broadcast_f32__portable(const float *a, const float *b, float *output,
                                                const msc_broadcast *loops, float minimum, float maximum,
                                                int32_t count);
MSC_KERNEL void msc_add_broadcast_s32__portable(const int32_t *a, const int32_t *b, int32_t *output,
                                                const msc_broadcast *loops, int32_t minimum, int32_t maximum,
                                                int32_t count);
MSC_KERNEL void msc_sub_broadcast_s32__portable(const int32_t *a, const int32_t *b, int32_t *output,
                                                const msc_broadcast *loops, int32_t minimum, int32_t maximum,
                                                int32_t count);
MSC_KERNEL void msc_mul_broadcast_s32__portable(const int32_t *a, const int32_t *b, int32_t *output,
                                                const msc_broadcast *loops, int32_t minimum, int32_t maximum,
                                                int32_t count);

#endif
