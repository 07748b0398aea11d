/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "msc/conv2d.h"
#include "msc/expand_pixels_s8.h"
#include "msc/matrix_pairs_s8.h"

/*
 * A convolution of every pixel for itself: three pixels at a time by all channels, then two. Pixels are computed in
 * ascending order; those of a block are read before its results are written, and none is read after that: the results
 * may lie in the place of the input, if there are not more of them.
 */
MSC_KERNEL void msc_conv2d_1x1_s8__dsp(const int8_t *input, int8_t *output,
                                       const msc_conv2d_1x1_packed_s8_parameters *p, void *scratch, int32_t pixels) {
    const int32_t quads = p->matrix.columns >> 2;
    const int32_t in_threes = msc_pixels_in_threes(pixels);
    uint32_t *columns = scratch;
    int8_t *gathered = (int8_t *)(columns + p->matrix.columns / 2 * 3);
    int8_t *const results = output;
    msc_product_s8 product = msc_product_of_pixels_s8(&p->matrix, columns);
    int32_t next = p->channels;
    int32_t i = 0;

    for (; i < in_threes; i += 3) {
        /* whole words are read: those of the last pixels would reach behind the input if channels do not come in fours */
        if ((p->channels & 3) == 0 || i + 6 <= pixels) {
            msc_expand_pixels_s8(columns, input, input + next, input + 2 * next, quads);
        } else {
            for (int32_t j = 0; j < 3; j++) {
                memcpy(gathered + j * p->matrix.columns, input + j * next, (uint32_t)p->channels);
            }
            msc_expand_pixels_s8(columns, gathered, gathered + p->matrix.columns, gathered + 2 * p->matrix.columns, quads);
        }
        msc_matrix_by_pixels_s8(&product, &p->matrix, output);
        input += 3 * next;
        output += 3 * p->matrix.outputs;
    }
    for (; i < pixels; i += 2) {
        next = pixels == 1 ? 0 : next;
        if ((p->channels & 3) == 0) {
            msc_expand_two_pixels_s8(columns, input, input + next, quads);
        } else {
            memcpy(gathered, input, (uint32_t)p->channels);
            memcpy(gathered + p->matrix.columns, input + next, (uint32_t)p->channels);
            msc_expand_two_pixels_s8(columns, gathered, gathered + p->matrix.columns, quads);
        }
        msc_product_of_two_pixels_s8(&product, &p->matrix, pixels == 1 ? 0 : p->matrix.outputs);
        msc_matrix_by_two_pixels_s8(&product, &p->matrix, output);
        input += 2 * next;
        output += 2 * p->matrix.outputs;
    }
    msc_clamp_results_s8(results, pixels * p->matrix.outputs, &p->matrix);
}
