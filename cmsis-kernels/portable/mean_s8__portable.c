/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/mean.h"
#include "msc/requantize.h"

/* The sum of the elements that one mean is over. */
static int32_t msc_mean_sum_s8(const int8_t *input, const msc_mean_run *reduced) {
    int32_t sum = 0;

    for (int32_t a = 0; a < reduced[0].size; a++) {
        for (int32_t b = 0; b < reduced[1].size; b++) {
            for (int32_t c = 0; c < reduced[2].size; c++) {
                const int8_t *value = &input[a * reduced[0].stride + b * reduced[1].stride + c * reduced[2].stride];

                for (int32_t d = 0; d < reduced[3].size; d++) {
                    sum += *value;
                    value += reduced[3].stride;
                }
            }
        }
    }
    return sum;
}

/* output = the mean over the reduced dimensions, for every element of the kept ones */
MSC_KERNEL void msc_mean_s8__portable(const int8_t *input, int8_t *output, const msc_mean_s8_parameters *p) {
    const msc_mean_run *const kept = p->kept;

    for (int32_t a = 0; a < kept[0].size; a++) {
        for (int32_t b = 0; b < kept[1].size; b++) {
            for (int32_t c = 0; c < kept[2].size; c++) {
                const int8_t *first = &input[a * kept[0].stride + b * kept[1].stride + c * kept[2].stride];

                for (int32_t d = 0; d < kept[3].size; d++) {
                    const int32_t sum = msc_mean_sum_s8(first, p->reduced) - p->zero_points;
                    const int32_t mean = msc_requantize(sum, p->multiplier, p->shift) + p->output_zero_point;

                    *output++ = (int8_t)msc_clamp(mean, -128, 127);
                    first += kept[3].stride;
                }
            }
        }
    }
}
