/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/conv2d.h"
#include "msc/conv2d_columns.h"
#include "msc/requantize.h"

/*
 * A convolution in one group whose weights do not pack two by two: they are int16. Three pixels by one channel at a time.
 */
MSC_KERNEL void msc_conv2d_wide_s8__dsp(const int8_t *const *rows, int8_t *output,
                                        const msc_conv2d_wide_s8_parameters *p, void *scratch, int32_t row_count) {
    const int32_t pixels = row_count * p->window.output_width;
    const int32_t steps = p->columns / 2;
    const int32_t next = pixels < 3 ? 0 : 1;
    uint32_t *columns = scratch;
    int8_t *gathered = (int8_t *)(columns + 3 * steps);

    for (int32_t i = 0; i < pixels; i += next ? 3 : 1) {
        const uint32_t *weights = p->weights;
        int8_t *results;

        if (i > pixels - 3 && pixels > 3) {
            i = pixels - 3;
        }
        msc_conv2d_columns_s8(columns, gathered, rows, &p->window, i, next);
        results = output + i * p->outputs;
        for (int32_t o = 0; o < p->outputs; o++) {
            const uint32_t *x = columns;
            int32_t sums[3] = {p->bias[o], p->bias[o], p->bias[o]};

            for (int32_t step = 0; step < steps; step += 2) {
                sums[0] = msc_smlad(weights[0], x[0], sums[0]);
                sums[1] = msc_smlad(weights[0], x[1], sums[1]);
                sums[2] = msc_smlad(weights[0], x[2], sums[2]);
                sums[0] = msc_smlad(weights[1], x[3], sums[0]);
                sums[1] = msc_smlad(weights[1], x[4], sums[1]);
                sums[2] = msc_smlad(weights[1], x[5], sums[2]);
                weights += 2;
                x += 6;
            }
            for (int32_t pixel = 0; pixel < 3; pixel++) {
                const int32_t value =
                    msc_requantize(sums[pixel], p->multipliers[o], p->shifts[o]) + p->output_zero_point;

                results[o + pixel * next * p->outputs] =
                    (int8_t)msc_clamp(value, p->output_minimum, p->output_maximum);
            }
        }
    }
}
