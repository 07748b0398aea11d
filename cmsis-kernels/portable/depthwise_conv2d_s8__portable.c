/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/depthwise_conv2d.h"
#include "msc/requantize.h"

/* The sum over the window's taps of channel, whose first is at `column`, for the weights from `weight` on. */
static int32_t msc_depthwise_sum(const int8_t *const *rows, int32_t channel, int32_t column, const int8_t *weight,
                                 const msc_depthwise_conv2d_s8_parameters *p) {
    const int32_t outputs = p->channels * p->multiplier;
    const int32_t weights_zero_point = p->weights_zero_point;
    const int32_t step = p->dilation * p->channels;
    const int32_t offset = column * p->channels + channel;
    int32_t sum = 0;

    for (int32_t i = 0; i < p->kernel_height; i++) {
        const int8_t *value = &rows[i][offset];

        for (int32_t j = p->kernel_width; j > 0; j--) {
            sum += *value * (*weight - weights_zero_point);
            value += step;
            weight += outputs;
        }
    }
    return sum;
}

/* The same for a window over the border: taps outside of the image multiply the input's zero point. */
static int32_t msc_depthwise_border_sum(const int8_t *const *rows, int32_t channel, int32_t column,
                                        const int8_t *weight, const msc_depthwise_conv2d_s8_parameters *p) {
    int32_t sum = 0;

    for (int32_t i = 0; i < p->kernel_height; i++) {
        int32_t at = column;

        for (int32_t j = 0; j < p->kernel_width; j++) {
            const int32_t value =
                at >= 0 && at < p->input_width ? rows[i][at * p->channels + channel] : p->input_zero_point;

            sum += value * (*weight - p->weights_zero_point);
            at += p->dilation;
            weight += p->channels * p->multiplier;
        }
    }
    return sum;
}

/* output[y, x, o] = requantize(bias[o] + sum of weight * input over taps), a channel after the other, clamped */
MSC_KERNEL void msc_depthwise_conv2d_s8__portable(const int8_t *const *rows, int8_t *output,
                                                  const msc_depthwise_conv2d_s8_parameters *p, int32_t row_count) {
    const int32_t last = p->input_width - (p->kernel_width - 1) * p->dilation;

    for (int32_t y = 0; y < row_count; y++) {
        int32_t column = -p->pad_left;

        for (int32_t x = 0; x < p->output_width; x++) {
            const int is_inside = column >= 0 && column < last;
            int32_t o = 0;

            for (int32_t channel = 0; channel < p->channels; channel++) {
                for (int32_t m = 0; m < p->multiplier; m++) {
                    int32_t sum = is_inside ? msc_depthwise_sum(rows, channel, column, &p->weights[o], p)
                                            : msc_depthwise_border_sum(rows, channel, column, &p->weights[o], p);

                    sum = msc_requantize(sum + p->bias[o], p->multipliers[o], p->shifts[o]) + p->output_zero_point;
                    *output++ = (int8_t)msc_clamp(sum, p->output_minimum, p->output_maximum);
                    o++;
                }
            }
            column += p->stride;
        }
        rows += p->kernel_height;
    }
}
