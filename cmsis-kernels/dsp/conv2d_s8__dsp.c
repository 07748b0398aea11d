/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/conv2d_columns.h"
#include "msc/conv2d_pair_columns.h"

/*
 * A convolution in one group: the windows of three pixels, next to each other in the output, are expanded to int16 once
 * and multiplied by all channels; then those of two.
 */
MSC_KERNEL void msc_conv2d_s8__dsp(const int8_t *const *rows, int8_t *output, const msc_conv2d_packed_s8_parameters *p,
                                   void *scratch, int32_t row_count) {
    const int32_t pixels = row_count * p->window.output_width;
    const int32_t in_threes = msc_pixels_in_threes(pixels);
    uint32_t *columns = scratch;
    int8_t *gathered = (int8_t *)(columns + p->matrix.columns / 2 * 3);
    int8_t *const results = output;
    msc_product_s8 product = msc_product_of_pixels_s8(&p->matrix, columns);
    int32_t i = 0;

    for (; i < in_threes; i += 3) {
        msc_conv2d_columns_s8(columns, gathered, rows, &p->window, i, 1);
        msc_matrix_by_pixels_s8(&product, &p->matrix, output);
        output += 3 * p->matrix.outputs;
    }
    for (; i < pixels; i += 2) {
        const int32_t next = pixels == 1 ? 0 : 1;

        msc_conv2d_pair_columns_s8(columns, gathered, rows, &p->window, i, next);
        msc_product_of_two_pixels_s8(&product, &p->matrix, next * p->matrix.outputs);
        msc_matrix_by_two_pixels_s8(&product, &p->matrix, output);
        output += 2 * p->matrix.outputs;
    }
    msc_clamp_results_s8(results, pixels * p->matrix.outputs, &p->matrix);
}
