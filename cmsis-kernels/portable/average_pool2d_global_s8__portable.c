/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/average_pool2d.h"
#include "msc/global_mean.h"
#include "msc/requantize.h"

/* Means over whole images by sums that are kept while rows come. */
MSC_KERNEL void msc_average_pool2d_global_s8__portable(const int8_t *input, int8_t *output,
                                                       const msc_average_pool2d_global_s8_parameters *p, void *sums,
                                                       int32_t row, int32_t row_count) {
    const int32_t *totals = (const int32_t *)sums;

    msc_add_pixels_s8((int32_t *)sums, input, row_count * p->width, p->channels, row == 0);
    if (row + row_count < p->height) {
        return;
    }
    for (int32_t c = 0; c < p->channels; c++) {
        const int32_t mean = msc_rounded_quotient(totals[c], p->height * p->width);

        output[c] = (int8_t)msc_clamp(mean, p->output_minimum, p->output_maximum);
    }
}
