/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/max_pool2d.h"

/* output[y, x, c] = the largest of the window's elements inside of the image, clamped */
MSC_KERNEL void msc_max_pool2d_f32__portable(const float *const *rows, float *output,
                                             const msc_max_pool2d_f32_parameters *p, int32_t row_count) {
    for (int32_t y = 0; y < row_count; y++) {
        for (int32_t x = 0; x < p->output_width; x++) {
            const int32_t first = x * p->stride - p->pad_left;
            const int32_t begin = first > 0 ? first : 0;
            const int32_t end = first + p->kernel_width < p->input_width ? first + p->kernel_width : p->input_width;

            for (int32_t c = 0; c < p->channels; c++) {
                float maximum = rows[0][begin * p->channels + c];

                for (int32_t i = 0; i < p->kernel_height; i++) {
                    const float *row = &rows[i][c];

                    for (int32_t j = begin; j < end; j++) {
                        const float value = row[j * p->channels];

                        maximum = value > maximum ? value : maximum;
                    }
                }
                maximum = maximum > p->output_minimum ? maximum : p->output_minimum;
                *output++ = maximum < p->output_maximum ? maximum : p->output_maximum;
            }
        }
        rows += p->kernel_height;
    }
}
