/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/conv2d_columns.h"

/*
 * A convolution in one group: the windows of three pixels, next to each other in the output, are expanded to int16 once
 * and multiplied by all channels. The last three pixels overlap those before; fewer than three in all are computed one
 * by one, thrice in the same place.
 */
MSC_KERNEL void msc_conv2d_s8__dsp(const int8_t *const *rows, int8_t *output, const msc_conv2d_packed_s8_parameters *p,
                                   void *scratch, int32_t row_count) {
    const int32_t pixels = row_count * p->window.output_width;
    uint32_t *columns = scratch;
    int8_t *gathered = (int8_t *)(columns + p->matrix.columns / 2 * 3);
    msc_product_s8 product = msc_product_of_pixels_s8(&p->matrix, columns);

    product.pixel = pixels < 3 ? 0 : p->matrix.outputs;
    for (int32_t i = 0; i < pixels; i += pixels < 3 ? 1 : 3) {
        if (i > pixels - 3 && pixels > 3) {
            i = pixels - 3;
        }
        msc_conv2d_columns_s8(columns, gathered, rows, &p->window, i, pixels < 3 ? 0 : 1);
        msc_matrix_by_pixels_s8(&product, &p->matrix, output + i * p->matrix.outputs);
    }
    msc_clamp_results_s8(output, pixels * p->matrix.outputs, &p->matrix);
}
