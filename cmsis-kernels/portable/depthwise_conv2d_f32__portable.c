/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/depthwise_conv2d.h"

/* output[y, x, o] = bias[o] + sum over taps of weight * input, one output channel after the other, clamped */
MSC_KERNEL void msc_depthwise_conv2d_f32__portable(const float *const *rows, float *output,
                                                   const msc_depthwise_conv2d_f32_parameters *p, int32_t row_count) {
    const int32_t outputs = p->channels * p->multiplier;

    for (int32_t y = 0; y < row_count; y++) {
        for (int32_t x = 0; x < p->output_width; x++) {
            const int32_t first = x * p->stride - p->pad_left;

            for (int32_t o = 0; o < outputs; o++) {
                const int32_t channel = o / p->multiplier;
                const float *weight = &p->weights[o];
                float sum = 0.0f;

                for (int32_t i = 0; i < p->kernel_height; i++) {
                    int32_t column = first;

                    for (int32_t j = 0; j < p->kernel_width; j++) {
                        if (column >= 0 && column < p->input_width) {
                            sum += rows[i][column * p->channels + channel] * *weight;
                        }
                        weight += outputs;
                        column += p->dilation;
                    }
                }
                if (p->bias) {
                    sum += p->bias[o];
                }
                sum = sum > p->output_minimum ? sum : p->output_minimum;
                *output++ = sum < p->output_maximum ? sum : p->output_maximum;
            }
        }
        rows += p->kernel_height;
    }
}
