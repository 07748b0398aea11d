/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/average_pool2d.h"

/* output[y, x, c] = mean of the window's elements inside of the image, clamped */
MSC_KERNEL void msc_average_pool2d_f32__portable(const float *const *rows, float *output,
                                                 const msc_average_pool2d_f32_parameters *p, int32_t output_row,
                                                 int32_t row_count) {
    for (int32_t y = output_row; y < output_row + row_count; y++) {
        const int32_t height = msc_covered(y * p->stride_height - p->pad_top, p->kernel_height, p->input_height);

        for (int32_t x = 0; x < p->output_width; x++) {
            const int32_t first = x * p->stride_width - p->pad_left;
            const int32_t width = msc_covered(first, p->kernel_width, p->input_width);
            const int32_t begin = (first > 0 ? first : 0) * p->channels;

            for (int32_t c = 0; c < p->channels; c++) {
                float sum = 0.0f;

                for (int32_t i = 0; i < p->kernel_height; i++) {
                    const float *value = &rows[i][begin + c];

                    for (int32_t j = 0; j < width; j++) {
                        sum += value[j * p->channels];
                    }
                }
                sum /= (float)(height * width);
                sum = sum > p->output_minimum ? sum : p->output_minimum;
                *output++ = sum < p->output_maximum ? sum : p->output_maximum;
            }
        }
        rows += p->kernel_height;
    }
}
