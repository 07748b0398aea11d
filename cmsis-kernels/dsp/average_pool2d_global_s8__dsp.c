/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/average_pool2d.h"
#include "msc/global_mean.h"
#include "msc/requantize.h"

/* Means over whole images of at most 256 pixels, by sums of four channels that are kept while rows come. */
MSC_KERNEL void msc_average_pool2d_global_s8__dsp(const int8_t *input, int8_t *output,
                                                  const msc_average_pool2d_global_s8_parameters *p, void *sums,
                                                  int32_t row, int32_t row_count) {
    const uint32_t *totals = (const uint32_t *)sums;

    msc_add_pixels_by_four_s8((uint32_t *)sums, input, row_count * p->width, p->channels, row == 0);
    if (row + row_count < p->height) {
        return;
    }
    for (int32_t c = 0; c < p->channels; c += 4) {
        int8_t *means = &output[msc_four_channels(c, p->channels)];

        for (int32_t i = 0; i < 4; i++) {
            const int32_t mean = msc_rounded_quotient(msc_sum_of_four(totals, i), p->height * p->width);

            means[i] = (int8_t)msc_clamp(mean, p->output_minimum, p->output_maximum);
        }
        totals += 2;
    }
}
