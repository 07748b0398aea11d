/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "msc/conv2d.h"
#include "msc/matrix_s8.h"
#include "msc/winograd_multiply.h"
#include "msc/winograd_transform.h"

/*
 * Winograd's F(2 x 2, 3 x 3): 2 by 2 outputs of a 3 by 3 window by 16 products instead of 36. A tile d of 4 by 4 inputs
 * becomes B' d B, a filter g becomes 4 G g G', computed offline; the outputs are A' m A / 4 of their products m with
 *     B' = 1  0 -1  0    2 G = 2  0  0    A' = 1  1  1  0
 *          0  1  1  0          1  1  1         0  1 -1 -1
 *          0 -1  1  0          1 -1  1
 *          0  1  0 -1          0  0  2
 * All are integers, the division is exact, and sums may wrap on the way: the result is that of the definition.
 * Two tiles beside each other by two channels at a time.
 */

/* What a call works with beside the transformed inputs. */
typedef struct {
    const int8_t *rows[4];
    const int8_t *pixels[24]; /* six columns of four */
    int8_t last[4][4];        /* room for a copy of the last column */
    msc_winograd_product product;
} msc_winograd_work;

/* Words of it where an address is a word: there it lies in the scratch, which is shared, instead of on the stack. */
#define MSC_WINOGRAD_WORK 40

/* The addresses of six columns of pixels from `column` on. */
static void msc_winograd_pixels(msc_winograd_work *work, int32_t column, const msc_conv2d_winograd_s8_parameters *p) {
    const int8_t **pixels = work->pixels;

    for (int32_t j = 0; j < 6; j++) {
        const int is_inside = column >= 0 && column < p->input_width;

        for (int32_t i = 0; i < 4; i++) {
            pixels[i] = is_inside ? work->rows[i] + column * p->input_channels : p->outside;
        }
        if (p->input_channels < 4 && column == p->input_width - 1) {
            /* whole words are read: those of the last pixels would reach behind the rows */
            for (int32_t i = 0; i < 4; i++) {
                memcpy(work->last[i], pixels[i], (uint32_t)p->input_channels);
                pixels[i] = work->last[i];
            }
        }
        pixels += 4;
        column++;
    }
}

/*
 * 3 by 3 windows of stride 1, from 4 columns of output on, one or two rows a call. The last four columns overlap those
 * before. Scratch: MSC_WINOGRAD_WORK words, then the transformed inputs of two tiles, for each of their 16 places a word
 * and int16 by four channels, and a word.
 */
MSC_KERNEL void msc_conv2d_winograd_s8__dsp(const int8_t *const *rows, int8_t *output,
                                            const msc_conv2d_winograd_s8_parameters *p, void *scratch,
                                            int32_t row_count) {
    const int32_t steps = (p->input_channels + 3) >> 2;
    const int32_t words = 4 * steps + 1;
    /* of one row alone the second one is computed too, and overwritten */
    const int32_t second = row_count > 1 ? p->output_width * p->matrix.outputs : 0;
    uint32_t *const inputs = (uint32_t *)scratch + MSC_WINOGRAD_WORK;
    msc_winograd_work own;
    msc_winograd_work *const work = sizeof(own) == 4 * MSC_WINOGRAD_WORK ? (msc_winograd_work *)scratch : &own;

    for (int32_t i = 0; i < 4; i++) {
        work->rows[i] = rows[i < 3 ? i : 3 * row_count - 1];
    }
    memset(work->last, 0, sizeof(work->last));
    work->product.inputs = inputs;
    work->product.weights = p->matrix.weights;
    work->product.channels = p->matrix.channels;
    work->product.zero_point = p->matrix.zero_point;
    work->product.pixel = p->matrix.outputs;
    work->product.channels_end = p->matrix.channels + 3 * p->matrix.outputs;
    for (int32_t place = 0; place < 16; place++) {
        inputs[place * words] = msc_winograd_entry(steps);
    }
    inputs[16 * words] = 0;
    for (int32_t x = 0; x < p->output_width; x += 4) {
        if (x > p->output_width - 4) {
            x = p->output_width - 4;
        }
        msc_winograd_pixels(work, x - p->pad_left, p);
        for (int32_t step = 0; step < steps; step++) {
            msc_winograd_transform(work->pixels, 4 * step, &inputs[4 * step + 1], 4 * words);
        }
        work->product.output[0] = output + x * p->matrix.outputs;
        work->product.output[1] = work->product.output[0] + second;
        msc_winograd_multiply(&work->product);
    }
    msc_clamp_results_s8(output, row_count * p->output_width * p->matrix.outputs, &p->matrix);
}
