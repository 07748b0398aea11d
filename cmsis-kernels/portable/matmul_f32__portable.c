/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/matmul.h"

/* output[m, n] = sum over k of a[m, k] * b[k, n], clamped, by batch */
MSC_KERNEL void msc_matmul_f32__portable(const float *a, const float *b, float *output,
                                         const msc_matmul_f32_parameters *p) {
    for (int32_t batch = 0; batch < p->batches; batch++) {
        for (int32_t m = 0; m < p->rows; m++) {
            for (int32_t n = 0; n < p->columns; n++) {
                const float *left = &a[p->offsets_a[batch] + m * p->row_stride_a];
                const float *right = &b[p->offsets_b[batch] + n * p->column_stride_b];
                float sum = 0.0f;

                for (int32_t k = 0; k < p->inner; k++) {
                    sum += left[k * p->inner_stride_a] * right[k * p->inner_stride_b];
                }
                sum = sum > p->output_minimum ? sum : p->output_minimum;
                *output++ = sum < p->output_maximum ? sum : p->output_maximum;
            }
        }
    }
}
