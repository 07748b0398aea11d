/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "msc/conv2d.h"

/* A convolution of every pixel for itself: two pixels at a time by all channels. */
MSC_KERNEL void msc_conv2d_1x1_s8__dsp(const int8_t *input, int8_t *output,
                                       const msc_conv2d_1x1_packed_s8_parameters *p, void *scratch, int32_t pixels) {
    uint32_t *columns = scratch;
    msc_product_s8 product = msc_product_of_s8(&p->matrix, columns, 2);
    int8_t *results = output;

    for (int32_t left = pixels; left > 1; left -= 2) {
        msc_expand_2_s8(columns, input, input + p->channels, p->channels);
        msc_multiply_pixels_s8(&product, &p->matrix, results, 2);
        input += 2 * p->channels;
        results += 2 * p->matrix.outputs;
    }
    if (pixels & 1) {
        product = msc_product_of_s8(&p->matrix, columns, 1);
        memcpy(columns, input, (uint32_t)p->channels);
        msc_multiply_pixels_s8(&product, &p->matrix, results, 1);
    }
    msc_clamp_results_s8(output, pixels * p->matrix.outputs, &p->matrix);
}
