/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_MAX_POOL2D_H
#define MSC_MAX_POOL2D_H

#include "msc/base.h"

/* Windows over NHWC images. */
typedef struct {
    int32_t channels;
    int32_t kernel_height;
    int32_t kernel_width;
    int32_t stride; /* horizontal, as all that follow */
    int32_t pad_left;
    int32_t input_width;
    int32_t output_width;
    int32_t output_minimum;
    int32_t output_maximum;
} msc_max_pool2d_s8_parameters;

typedef struct {
    int32_t channels;
    int32_t kernel_height;
    int32_t kernel_width;
    int32_t stride;
    int32_t pad_left;
    int32_t input_width;
    int32_t output_width;
    float output_minimum;
    float output_maximum;
} msc_max_pool2d_f32_parameters;

/* rows: kernel_height pointers for each output row; a row outside of the image holds the lowest value of its type. */
MSC_KERNEL void msc_max_pool2d_s8__portable(const int8_t *const *rows, int8_t *output,
                                            const msc_max_pool2d_s8_parameters *p, int32_t row_count);
MSC_KERNEL void msc_max_pool2d_f32__portable(const float *const *rows, float *output,
                                             const msc_max_pool2d_f32_parameters *p, int32_t row_count);

/* For Armv7E-M: at least 4 channels. */
MSC_KERNEL void msc_max_pool2d_s8__dsp(const int8_t *const *rows, int8_t *output,
                                       const msc_max_pool2d_s8_parameters *p, int32_t row_count);

#endif
