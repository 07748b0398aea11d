/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_AVERAGE_POOL2D_H
#define MSC_AVERAGE_POOL2D_H

#include "msc/base.h"

/* Windows over NHWC images. An average is over the elements of the image, so it has to know where the window stands. */
typedef struct {
    int32_t channels;
    int32_t kernel_height;
    int32_t kernel_width;
    int32_t stride_height;
    int32_t stride_width;
    int32_t pad_top;
    int32_t pad_left;
    int32_t input_height;
    int32_t input_width;
    int32_t output_width;
    int32_t output_minimum;
    int32_t output_maximum;
} msc_average_pool2d_s8_parameters;

typedef struct {
    int32_t channels;
    int32_t kernel_height;
    int32_t kernel_width;
    int32_t stride_height;
    int32_t stride_width;
    int32_t pad_top;
    int32_t pad_left;
    int32_t input_height;
    int32_t input_width;
    int32_t output_width;
    float output_minimum;
    float output_maximum;
} msc_average_pool2d_f32_parameters;

/* Elements of a window that starts at `first` and of an axis of `size` elements that lie in both. */
static inline int32_t msc_covered(int32_t first, int32_t window, int32_t size) {
    const int32_t begin = first > 0 ? first : 0;
    const int32_t end = first + window < size ? first + window : size;

    return end - begin;
}

/* sum / count to the nearest integer, halves away from zero */
static inline int32_t msc_rounded_quotient(int32_t sum, int32_t count) {
    const int32_t half = count / 2;

    return (sum > 0 ? sum + half : sum - half) / count;
}

/* rows: kernel_height pointers for each output row, the first of index output_row; a row outside of the image is 0. */
MSC_KERNEL void msc_average_pool2d_s8__portable(const int8_t *const *rows, int8_t *output,
                                                const msc_average_pool2d_s8_parameters *p, int32_t output_row,
                                                int32_t row_count);
MSC_KERNEL void msc_average_pool2d_f32__portable(const float *const *rows, float *output,
                                                 const msc_average_pool2d_f32_parameters *p, int32_t output_row,
                                                 int32_t row_count);

/* For Armv7E-M: at least 4 channels, windows of at most 256 elements. */
MSC_KERNEL void msc_average_pool2d_s8__dsp(const int8_t *const *rows, int8_t *output,
                                           const msc_average_pool2d_s8_parameters *p, int32_t output_row,
                                           int32_t row_count);

#endif
