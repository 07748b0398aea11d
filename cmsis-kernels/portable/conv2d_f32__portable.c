/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/conv2d.h"

/* The sum of products of one output: its weights by the windows at `column` of the rows, channels from `channel` on. */
static float msc_conv2d_sum_f32(const float *const *rows, const msc_conv2d_f32_parameters *p, const float *weights,
                                int32_t column, int32_t channel) {
    const msc_conv2d_window *window = &p->window;
    float sum = 0.0f;

    for (int32_t k = 0; k < window->kernel_height; k++) {
        int32_t x = column;

        for (int32_t j = 0; j < window->kernel_width; j++) {
            if (x >= 0 && x < window->input_width) {
                const float *input = &rows[k][x * window->input_channels + channel];

                for (int32_t c = 0; c < p->group_inputs; c++) {
                    sum += input[c] * weights[c];
                }
            }
            weights += p->group_inputs;
            x += window->dilation;
        }
    }
    return sum;
}

/* A convolution, any window, any groups. */
MSC_KERNEL void msc_conv2d_f32__portable(const float *const *rows, float *output, const msc_conv2d_f32_parameters *p,
                                         int32_t row_count) {
    const msc_conv2d_window *window = &p->window;
    const int32_t taps = window->kernel_height * window->kernel_width * p->group_inputs;

    for (int32_t y = 0; y < row_count; y++) {
        for (int32_t x = 0; x < window->output_width; x++) {
            const int32_t column = x * window->stride - window->pad_left;
            const float *weights = p->weights;
            int32_t channel = 0;
            int32_t in_group = 0;

            for (int32_t o = 0; o < p->outputs; o++) {
                float sum = msc_conv2d_sum_f32(rows, p, weights, column, channel);

                if (p->bias) {
                    sum += p->bias[o];
                }
                sum = sum > p->output_minimum ? sum : p->output_minimum;
                output[o] = sum < p->output_maximum ? sum : p->output_maximum;
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
