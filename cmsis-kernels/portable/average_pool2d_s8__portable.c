/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/average_pool2d.h"
#include "msc/requantize.h"

/* output[y, x, c] = mean of the window's elements inside of the image, clamped */
MSC_KERNEL void msc_average_pool2d_s8__portable(const int8_t *const *rows, int8_t *output,
                                                const msc_average_pool2d_s8_parameters *p, int32_t output_row,
                                                int32_t row_count) {
    for (int32_t y = output_row; y < output_row + row_count; y++) {
        const int32_t height = msc_covered(y * p->stride_height - p->pad_top, p->kernel_height, p->input_height);

        for (int32_t x = 0; x < p->output_width; x++) {
            const int32_t first = x * p->stride_width - p->pad_left;
            const int32_t width = msc_covered(first, p->kernel_width, p->input_width);
            const int32_t begin = (first > 0 ? first : 0) * p->channels;

            for (int32_t c = 0; c < p->channels; c++) {
                int32_t sum = 0;

                for (int32_t i = 0; i < p->kernel_height; i++) {
                    const int8_t *value = &rows[i][begin + c];

                    for (int32_t j = 0; j < width; j++) {
                        sum += value[j * p->channels];
                    }
                }
                sum = msc_rounded_quotient(sum, height * width);
                *output++ = (int8_t)msc_clamp(sum, p->output_minimum, p->output_maximum);
            }
        }
        rows += p->kernel_height;
    }
}
