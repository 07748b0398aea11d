/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_ROWS_H
#define MSC_ROWS_H

#include "msc/base.h"

/* How a kernel is driven over the rows of an image; rows are counted in elements. */
typedef struct {
    int32_t batches;
    int32_t input_height;
    int32_t input_row;
    int32_t output_height;
    int32_t output_row;
    int32_t kernel_height;
    int32_t stride;
    int32_t dilation;
    int32_t pad_top;
    int32_t rows_per_call;
} msc_rows;

/* The input rows of output row y, as pointers; a row outside of the image is `outside`. */
static inline void msc_window_s8(const int8_t **window, const int8_t *input, const msc_rows *rows, int32_t y,
                                 const int8_t *outside) {
    int32_t row = y * rows->stride - rows->pad_top;

    for (int32_t k = 0; k < rows->kernel_height; k++) {
        window[k] = row >= 0 && row < rows->input_height ? &input[row * rows->input_row] : outside;
        row += rows->dilation;
    }
}

/* The same for an image of floats. */
static inline void msc_window_f32(const float **window, const float *input, const msc_rows *rows, int32_t y,
                                  const float *outside) {
    int32_t row = y * rows->stride - rows->pad_top;

    for (int32_t k = 0; k < rows->kernel_height; k++) {
        window[k] = row >= 0 && row < rows->input_height ? &input[row * rows->input_row] : outside;
        row += rows->dilation;
    }
}

#endif
