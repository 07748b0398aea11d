/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_DEPTHWISE_CONV2D_H
#define MSC_DEPTHWISE_CONV2D_H

#include "msc/base.h"

/*
 * Images NHWC, weights [kernel_height, kernel_width, channels * multiplier]. The input's zero point is folded into the
 * bias, so a tap outside of the image multiplies the zero point.
 */
typedef struct {
    const int8_t *weights;
    const int32_t *bias;
    const int32_t *multipliers; /* one an output channel, 31 fractional bits */
    const int8_t *shifts;       /* to the left if positive */
    int32_t channels;
    int32_t multiplier; /* output channels for each input channel */
    int32_t kernel_height;
    int32_t kernel_width;
    int32_t stride; /* horizontal, as all that follow */
    int32_t dilation;
    int32_t pad_left;
    int32_t input_width;
    int32_t output_width;
    int32_t input_zero_point;
    int32_t weights_zero_point;
    int32_t output_zero_point;
    int32_t output_minimum;
    int32_t output_maximum;
} msc_depthwise_conv2d_s8_parameters;

typedef struct {
    const float *weights;
    const float *bias; /* null if there is none */
    int32_t channels;
    int32_t multiplier;
    int32_t kernel_height;
    int32_t kernel_width;
    int32_t stride;
    int32_t dilation;
    int32_t pad_left;
    int32_t input_width;
    int32_t output_width;
    float output_minimum;
    float output_maximum;
} msc_depthwise_conv2d_f32_parameters;

/* rows: kernel_height pointers for each output row; a row outside of the image holds the input's zero point. */
MSC_KERNEL void msc_depthwise_conv2d_s8__portable(const int8_t *const *rows, int8_t *output,
                                                  const msc_depthwise_conv2d_s8_parameters *p, int32_t row_count);
MSC_KERNEL void msc_depthwise_conv2d_f32__portable(const float *const *rows, float *output,
                                                   const msc_depthwise_conv2d_f32_parameters *p, int32_t row_count);

/*
 * For Armv7E-M: multiplier 1, at least 4 channels, sums of less than 2^30, multipliers shifted right by 1 to 22.
 * `scratch` is aligned to 4 bytes.
 */
MSC_KERNEL void msc_depthwise_conv2d_s8__dsp(const int8_t *const *rows, int8_t *output,
                                             const msc_depthwise_conv2d_s8_parameters *p, void *scratch,
                                             int32_t row_count);
/* The same; `rows` is room for its work too: the pointers in it are lost. */
MSC_KERNEL void msc_depthwise_conv2d_3x3_s8__dsp(const int8_t **rows, int8_t *output,
                                                 const msc_depthwise_conv2d_s8_parameters *p, void *scratch,
                                                 int32_t row_count);

#endif
