/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "msc/conv2d.h"
#include "msc/expand_pixels_s8.h"

/*
 * A convolution of every pixel for itself: three pixels at a time by all channels. The last three overlap those before;
 * fewer than three in all are computed one by one, thrice in the same place.
 */
MSC_KERNEL void msc_conv2d_1x1_s8__dsp(const int8_t *input, int8_t *output,
                                       const msc_conv2d_1x1_packed_s8_parameters *p, void *scratch, int32_t pixels) {
    const int32_t next = pixels < 3 ? 0 : p->channels;
    uint32_t *columns = scratch;
    int8_t *gathered = (int8_t *)(columns + p->matrix.columns / 2 * 3);
    msc_product_s8 product = msc_product_of_pixels_s8(&p->matrix, columns);

    product.pixel = pixels < 3 ? 0 : p->matrix.outputs;
    for (int32_t i = 0; i < pixels; i += pixels < 3 ? 1 : 3) {
        const int8_t *pixel;

        if (i > pixels - 3 && pixels > 3) {
            i = pixels - 3;
        }
        pixel = input + i * p->channels;
        /* whole words are read: those of the last pixels would reach behind the input if channels do not come in fours */
        if ((p->channels & 3) == 0 || i + 6 <= pixels) {
            msc_expand_pixels_s8(columns, pixel, pixel + next, pixel + 2 * next, p->matrix.columns >> 2);
        } else {
            for (int32_t j = 0; j < 3; j++) {
                memcpy(gathered + j * p->matrix.columns, pixel + j * next, (uint32_t)p->channels);
            }
            msc_expand_pixels_s8(columns, gathered, gathered + p->matrix.columns, gathered + 2 * p->matrix.columns,
                                 p->matrix.columns >> 2);
        }
        msc_matrix_by_pixels_s8(&product, &p->matrix, output + i * p->matrix.outputs);
    }
    msc_clamp_results_s8(output, pixels * p->matrix.outputs, &p->matrix);
}
