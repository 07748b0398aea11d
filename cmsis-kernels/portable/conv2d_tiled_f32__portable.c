/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/conv2d.h"
#include "msc/matrix_f32.h"

/* The elements of four pixels that tap j of a row of the window meets; where the window leaves the image, zeros. */
static void msc_conv2d_tap_f32(const float **elements, const float *row, const int32_t *columns,
                               const msc_conv2d_tiled_f32_parameters *p, int32_t j) {
    const int32_t offset = j * p->window.dilation;

    for (int32_t pixel = 0; pixel < 4; pixel++) {
        const int32_t column = columns[pixel] + offset;

        elements[pixel] = column >= 0 && column < p->window.input_width ? row + column * p->window.input_channels
                                                                        : p->zeros;
    }
}

/* Sums of four pixels, whose windows begin at `columns`, by four channels. */
static const float *msc_conv2d_tile_f32(float *sums, const float *const *rows, const int32_t *columns,
                                        const msc_conv2d_tiled_f32_parameters *p, const float *weights) {
    const msc_conv2d_window *window = &p->window;
    const float *elements[4];

    for (int32_t k = 0; k < window->kernel_height; k++) {
        if (columns[0] >= 0 && columns[3] <= window->last_column) {
            msc_conv2d_tap_f32(elements, rows[k], columns, p, 0);
            weights = msc_multiply_four_f32(sums, weights, elements, window->kernel_width * window->input_channels);
        } else {
            for (int32_t j = 0; j < window->kernel_width; j++) {
                msc_conv2d_tap_f32(elements, rows[k], columns, p, j);
                weights = msc_multiply_four_f32(sums, weights, elements, window->input_channels);
            }
        }
    }
    return weights;
}

/* A convolution in one group, four pixels of a row by four channels at a time. */
MSC_KERNEL void msc_conv2d_tiled_f32__portable(const float *const *rows, float *output,
                                               const msc_conv2d_tiled_f32_parameters *p, int32_t row_count) {
    const msc_conv2d_window *window = &p->window;

    for (int32_t y = 0; y < row_count; y++) {
        for (int32_t x = 0; x < window->output_width; x += 4) {
            const int32_t left = window->output_width - x;
            const int32_t pixels = left < 4 ? left : 4;
            const float *weights = p->weights;
            int32_t columns[4];

            for (int32_t pixel = 0; pixel < 4; pixel++) {
                /* pixels behind the last are the last again */
                columns[pixel] = (x + (pixel < pixels ? pixel : pixels - 1)) * window->stride - window->pad_left;
            }
            for (int32_t o = 0; o < p->outputs; o += 4) {
                const int32_t channels = p->outputs - o < 4 ? p->outputs - o : 4;
                float sums[16] = {0.0f};

                weights = msc_conv2d_tile_f32(sums, rows, columns, p, weights);
                for (int32_t pixel = 0; pixel < pixels; pixel++) {
                    for (int32_t i = 0; i < channels; i++) {
                        float sum = sums[4 * pixel + i];

                        if (p->bias) {
                            sum += p->bias[o + i];
                        }
                        sum = sum > p->output_minimum ? sum : p->output_minimum;
                        output[pixel * p->outputs + o + i] = sum < p->output_maximum ? sum : p->output_maximum;
                    }
                }
            }
            output += pixels * p->outputs;
        }
        rows += window->kernel_height;
    }
}
