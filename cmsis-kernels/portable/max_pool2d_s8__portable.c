/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/max_pool2d.h"
#include "msc/requantize.h"

/* output[y, x, c] = the largest of the window's elements inside of the image, clamped */
MSC_KERNEL void msc_max_pool2d_s8__portable(const int8_t *const *rows, int8_t *output,
                                            const msc_max_pool2d_s8_parameters *p, int32_t row_count) {
    for (int32_t y = 0; y < row_count; y++) {
        for (int32_t x = 0; x < p->output_width; x++) {
            const int32_t first = x * p->stride - p->pad_left;
            const int32_t begin = first > 0 ? first : 0;
            const int32_t end = first + p->kernel_width < p->input_width ? first + p->kernel_width : p->input_width;

            for (int32_t c = 0; c < p->channels; c++) {
                int8_t maximum = rows[0][begin * p->channels + c];

                for (int32_t i = 0; i < p->kernel_height; i++) {
                    const int8_t *row = &rows[i][c];

                    for (int32_t j = begin; j < end; j++) {
                        const int8_t value = row[j * p->channels];

                        maximum = value > maximum ? value : maximum;
                    }
                }
                *output++ = (int8_t)msc_clamp(maximum, p->output_minimum, p->output_maximum);
            }
        }
        rows += p->kernel_height;
    }
}
