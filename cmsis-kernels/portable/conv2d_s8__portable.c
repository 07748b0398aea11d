/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/conv2d.h"
#include "msc/requantize.h"

/* The sum of products of one output: its weights by the windows at `column` of the rows, channels from `channel` on. */
static int32_t msc_conv2d_sum_s8(const int8_t *const *rows, const msc_conv2d_s8_parameters *p, const int8_t *weights,
                                 int32_t column, int32_t channel) {
    const msc_conv2d_window *window = &p->window;
    int32_t sum = 0;

    for (int32_t k = 0; k < window->kernel_height; k++) {
        int32_t x = column;

        for (int32_t j = 0; j < window->kernel_width; j++) {
            if (x >= 0 && x < window->input_width) {
                const int8_t *input = &rows[k][x * window->input_channels + channel];

                for (int32_t c = 0; c < p->group_inputs; c++) {
                    sum += input[c] * (weights[c] - p->weights_zero_point);
                }
            } else {
                for (int32_t c = 0; c < p->group_inputs; c++) {
                    sum += window->pad_value * (weights[c] - p->weights_zero_point);
                }
            }
            weights += p->group_inputs;
            x += window->dilation;
        }
    }
    return sum;
}

/* A convolution, any window, any groups. */
MSC_KERNEL void msc_conv2d_s8__portable(const int8_t *const *rows, int8_t *output, const msc_conv2d_s8_parameters *p,
                                        int32_t row_count) {
    const msc_conv2d_window *window = &p->window;
    const int32_t taps = window->kernel_height * window->kernel_width * p->group_inputs;

    for (int32_t y = 0; y < row_count; y++) {
        for (int32_t x = 0; x < window->output_width; x++) {
            const int32_t column = x * window->stride - window->pad_left;
            const int8_t *weights = p->weights;
            int32_t channel = 0;
            int32_t in_group = 0;

            for (int32_t o = 0; o < p->outputs; o++) {
                int32_t sum = p->bias[o] + msc_conv2d_sum_s8(rows, p, weights, column, channel);

                sum = msc_requantize(sum, p->multipliers[o], p->shifts[o]) + p->output_zero_point;
                output[o] = (int8_t)msc_clamp(sum, p->output_minimum, p->output_maximum);
                weights += taps;
                in_group++;
                if (in_group == p->group_outputs) {
                    in_group = 0;
                    channel += p->group_inputs;
                }
            }
            output += p->outputs;
        }
        rows += window->kernel_height;
    }
}
