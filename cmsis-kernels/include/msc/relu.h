/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_RELU_H
#define MSC_RELU_H

#include "msc/base.h"

typedef struct {
    int32_t input_zero_point;
    int32_t multiplier; /* from the input's scale to the output's, 31 fractional bits */
    int32_t shift;      /* to the left if positive */
    int32_t output_zero_point;
    int32_t output_minimum;
    int32_t output_maximum;
} msc_relu_s8_parameters;

/* `output` may be `input`. */
MSC_KERNEL void msc_relu_s8__portable(const int8_t *input, int8_t *output, const msc_relu_s8_parameters *p,
                                      int32_t count);
MSC_KERNEL void msc_relu_f32__portable(const float *input, float *output, float minimum, float maximum, int32_t count);

#endif
