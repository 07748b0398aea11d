/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_QUANTIZE_H
#define MSC_QUANTIZE_H

#include "msc/base.h"
#include "msc/requantize.h"

typedef struct {
    int32_t input_zero_point;
    int32_t multiplier; /* from the input's scale to the output's, 31 fractional bits */
    int32_t shift;      /* to the left if positive */
    int32_t output_zero_point;
} msc_quantize_parameters;

/*
 * The integer nearest to `quotient`, halves away from zero, plus the zero point, saturated; the lowest one for
 * not-a-number. The limits are at most 16 bits apart, so that every step is exact.
 */
static inline int32_t msc_quantize_element(float quotient, int32_t zero_point, int32_t minimum, int32_t maximum) {
    const float low = (float)(minimum - zero_point);
    const float high = (float)(maximum - zero_point);
    const float raised = quotient > low ? quotient : low;
    const float limited = raised < high ? raised : high;
    const int32_t whole = (int32_t)limited;
    const float rest = limited - (float)whole;

    return zero_point + whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0);
}

/* An integer of one grid on another, saturated. */
static inline int32_t msc_quantize_again(int32_t value, const msc_quantize_parameters *p, int32_t minimum,
                                         int32_t maximum) {
    const int32_t scaled = msc_requantize(value - p->input_zero_point, p->multiplier, p->shift);
    const int32_t zero_point = p->output_zero_point;

    return msc_clamp(scaled, minimum - zero_point, maximum - zero_point) + zero_point;
}

/* Floats to integers. */
MSC_KERNEL void msc_quantize_f32_s8__portable(const float *input, int8_t *output, float scale, int32_t zero_point,
                                              int32_t count);
MSC_KERNEL void msc_quantize_f32_u8__portable(const float *input, uint8_t *output, float scale, int32_t zero_point,
                                              int32_t count);
MSC_KERNEL void msc_quantize_f32_s16__portable(const float *input, int16_t *output, float scale, int32_t zero_point,
                                               int32_t count);

/* Integers of one grid on another; `output` may be `input` where their types are the same. */
MSC_KERNEL void msc_quantize_s8_s8__portable(const int8_t *input, int8_t *output, const msc_quantize_parameters *p,
                                             int32_t count);
MSC_KERNEL void msc_quantize_s8_u8__portable(const int8_t *input, uint8_t *output, const msc_quantize_parameters *p,
                                             int32_t count);
MSC_KERNEL void msc_quantize_s8_s16__portable(const int8_t *input, int16_t *output, const msc_quantize_parameters *p,
                                              int32_t count);
MSC_KERNEL void msc_quantize_s8_s32__portable(const int8_t *input, int32_t *output, const msc_quantize_parameters *p,
                                              int32_t count);
MSC_KERNEL void msc_quantize_u8_s8__portable(const uint8_t *input, int8_t *output, const msc_quantize_parameters *p,
                                             int32_t count);
MSC_KERNEL void msc_quantize_s16_s8__portable(const int16_t *input, int8_t *output, const msc_quantize_parameters *p,
                                              int32_t count);
MSC_KERNEL void msc_quantize_s16_s16__portable(const int16_t *input, int16_t *output, const msc_quantize_parameters *p,
                                               int32_t count);
MSC_KERNEL void msc_quantize_s16_s32__portable(const int16_t *input, int32_t *output, const msc_quantize_parameters *p,
                                               int32_t count);
MSC_KERNEL void msc_quantize_s32_s8__portable(const int32_t *input, int8_t *output, const msc_quantize_parameters *p,
                                              int32_t count);
MSC_KERNEL void msc_quantize_s32_s16__portable(const int32_t *input, int16_t *output, const msc_quantize_parameters *p,
                                               int32_t count);

#endif
