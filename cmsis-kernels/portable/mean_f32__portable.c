/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/mean.h"

/* The sum of the elements that one mean is over. */
static float msc_mean_sum_f32(const float *input, const msc_mean_run *reduced) {
    float sum = 0.0f;

    for (int32_t a = 0; a < reduced[0].size; a++) {
        for (int32_t b = 0; b < reduced[1].size; b++) {
            for (int32_t c = 0; c < reduced[2].size; c++) {
                const float *value = &input[a * reduced[0].stride + b * reduced[1].stride + c * reduced[2].stride];

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
MSC_KERNEL void msc_mean_f32__portable(const float *input, float *output, const msc_mean_f32_parameters *p) {
    const msc_mean_run *const kept = p->kept;

    for (int32_t a = 0; a < kept[0].size; a++) {
        for (int32_t b = 0; b < kept[1].size; b++) {
            for (int32_t c = 0; c < kept[2].size; c++) {
                const float *first = &input[a * kept[0].stride + b * kept[1].stride + c * kept[2].stride];

                for (int32_t d = 0; d < kept[3].size; d++) {
                    *output++ = msc_mean_sum_f32(first, p->reduced) / p->count;
                    first += kept[3].stride;
                }
            }
        }
    }
}
