/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/depthwise_conv2d.h"
#include "msc/requantize.h"

/* output[y, x, o] = requantize(bias[o] + sum of weight * input over taps), a channel after the other, clamped */
MSC_KERNEL void msc_depthwise_conv2d_s8__portable(const int8_t *const *rows, int8_t *output,
                                                  const msc_depthwise_conv2d_s8_parameters *p, int32_t row_count) {
    const int32_t outputs = p->channels * p->multiplier;

    for (int32_t y = 0; y < row_count; y++) {
        for (int32_t x = 0; x < p->output_width; x++) {
            const int32_t first = x * p->stride - p->pad_left;

            for (int32_t o = 0; o < outputs; o++) {
                const int32_t channel = o / p->multiplier;
                const int8_t *weight = &p->weights[o];
                int32_t sum = p->bias[o];

                for (int32_t i = 0; i < p->kernel_height; i++) {
                    int32_t column = first;

                    for (int32_t j = 0; j < p->kernel_width; j++) {
                        const int32_t value = column >= 0 && column < p->input_width
                                                  ? rows[i][column * p->channels + channel]
                                                  : p->input_zero_point;

                        sum += value * (*weight - p->weights_zero_point);
                        weight += outputs;
                        column += p->dilation;
                    }
                }
                sum = msc_requantize(sum, p->multipliers[o], p->shifts[o]) + p->output_zero_point;
                *output++ = (int8_t)msc_clamp(sum, p->output_minimum, p->output_maximum);
            }
        }
        rows += p->kernel_height;
    }
}
