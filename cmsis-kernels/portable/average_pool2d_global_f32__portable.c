/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/global_mean.h"

/* Means over whole images by sums that are kept while rows come. */
MSC_KERNEL void msc_average_pool2d_global_f32__portable(const float *input, float *output,
                                                        const msc_average_pool2d_global_f32_parameters *p, void *sums,
                                                        int32_t row, int32_t row_count) {
    const float *totals = (const float *)sums;

    msc_add_pixels_f32((float *)sums, input, row_count * p->width, p->channels, row == 0);
    if (row + row_count < p->height) {
        return;
    }
    for (int32_t c = 0; c < p->channels; c++) {
        float mean = totals[c] / (float)(p->height * p->width);

        mean = mean > p->output_minimum ? mean : p->output_minimum;
        output[c] = mean < p->output_maximum ? mean : p->output_maximum;
    }
}
