/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/depthwise_conv2d.h"

/*
 * The sum over the taps of a channel that lie inside of the image: `width` of them in each row, the first at `offset`
 * of the row and of weight `weight`.
 */
static float msc_depthwise_sum_f32(const float *const *rows, int32_t offset, const float *weight, int32_t width,
                                   const msc_depthwise_conv2d_f32_parameters *p) {
    const int32_t outputs = p->channels * p->multiplier;
    const int32_t step = p->dilation * p->channels;
    float sum = 0.0f;

    for (int32_t i = 0; i < p->kernel_height; i++) {
        const float *value = &rows[i][offset];
        const float *w = weight;

        for (int32_t j = width; j > 0; j--) {
            sum += *value * *w;
            value += step;
            w += outputs;
        }
        weight += p->kernel_width * outputs;
    }
    return sum;
}

/* output[y, x, o] = bias[o] + sum of weight * input over taps, a channel after the other, clamped */
MSC_KERNEL void msc_depthwise_conv2d_f32__portable(const float *const *rows, float *output,
                                                   const msc_depthwise_conv2d_f32_parameters *p, int32_t row_count) {
    const int32_t outputs = p->channels * p->multiplier;

    for (int32_t y = 0; y < row_count; y++) {
        for (int32_t x = 0; x < p->output_width; x++) {
            int32_t column = x * p->stride - p->pad_left;
            int32_t skipped = 0;
            int32_t width = 0;
            int32_t o = 0;

            while (column < 0 && skipped < p->kernel_width) {
                column += p->dilation;
                skipped++;
            }
            while (skipped + width < p->kernel_width && column + width * p->dilation < p->input_width) {
                width++;
            }
            for (int32_t channel = 0; channel < p->channels; channel++) {
                for (int32_t m = 0; m < p->multiplier; m++) {
                    const int32_t offset = width > 0 ? column * p->channels + channel : 0;
                    float sum = msc_depthwise_sum_f32(rows, offset, &p->weights[skipped * outputs + o], width, p);

                    if (p->bias) {
                        sum += p->bias[o];
                    }
                    sum = sum > p->output_minimum ? sum : p->output_minimum;
                    *output++ = sum < p->output_maximum ? sum : p->output_maximum;
                    o++;
                }
            }
        }
        rows += p->kernel_height;
    }
}
