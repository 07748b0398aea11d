/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/matmul.h"
#include "msc/requantize.h"

/* output[m, n] = requantize(sum over k of (a[m, k] - a_zero_point) * (b[k, n] - b_zero_point)), clamped, by batch */
MSC_KERNEL void msc_matmul_s8__portable(const int8_t *a, const int8_t *b, int8_t *output,
                                        const msc_matmul_s8_parameters *p) {
    for (int32_t batch = 0; batch < p->batches; batch++) {
        for (int32_t m = 0; m < p->rows; m++) {
            for (int32_t n = 0; n < p->columns; n++) {
                const int8_t *left = &a[p->offsets_a[batch] + m * p->row_stride_a];
                const int8_t *right = &b[p->offsets_b[batch] + n * p->column_stride_b];
                int32_t sum = 0;

                for (int32_t k = 0; k < p->inner; k++) {
                    sum += (left[k * p->inner_stride_a] - p->a_zero_point) *
                           (right[k * p->inner_stride_b] - p->b_zero_point);
                }
                sum = msc_requantize(sum, p->multiplier, p->shift) + p->output_zero_point;
                *output++ = (int8_t)msc_clamp(sum, p->output_minimum, p->output_maximum);
            }
        }
    }
}
