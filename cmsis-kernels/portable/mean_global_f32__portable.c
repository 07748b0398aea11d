/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/global_mean.h"

/* Means over height and width by sums that are kept while rows come. */
MSC_KERNEL void msc_mean_global_f32__portable(const float *input, float *output,
                                              const msc_mean_global_f32_parameters *p, void *sums, int32_t row,
                                              int32_t row_count) {
    const float *totals = (const float *)sums;

    msc_add_pixels_f32((float *)sums, input, row_count * p->width, p->channels, row == 0);
    if (row + row_count < p->height) {
        return;
    }
    for (int32_t c = 0; c < p->channels; c++) {
        output[c] = totals[c] / (float)(p->height * p->width);
    }
}
