/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "msc/conv2d.h"

/* One row of the window at `column`: where it stands in the input, or gathered at `gathered`. */
static const int8_t *msc_conv2d_window_row_s8(const int8_t *row, const msc_conv2d_window *window, int32_t column,
                                              int8_t *gathered) {
    const uint32_t channels = (uint32_t)window->input_channels;

    if (window->dilation == 1 && column >= 0 && column + window->kernel_width <= window->input_width) {
        return row + column * window->input_channels;
    }
    for (int32_t j = 0; j < window->kernel_width; j++) {
        if (column >= 0 && column < window->input_width) {
            memcpy(gathered + j * window->input_channels, row + column * window->input_channels, channels);
        } else {
            memset(gathered + j * window->input_channels, (uint8_t)window->pad_value, channels);
        }
        column += window->dilation;
    }
    return gathered;
}

/*
 * A convolution in one group: the windows of two pixels, next to each other in the output, are expanded to int16 once
 * and multiplied by all channels.
 */
MSC_KERNEL void msc_conv2d_s8__dsp(const int8_t *const *rows, int8_t *output, const msc_conv2d_packed_s8_parameters *p,
                                   void *scratch, int32_t row_count) {
    const msc_conv2d_window *window = &p->window;
    const int32_t length = window->kernel_width * window->input_channels;
    const int32_t pixels = row_count * window->output_width;
    uint32_t *columns = scratch;
    int8_t *gathered = (int8_t *)(columns + p->matrix.columns);
    msc_product_s8 product = msc_product_of_s8(&p->matrix, columns, 2);
    int8_t *results = output;
    int32_t x = 0;
    int32_t left;

    for (left = pixels; left > 1; left -= 2) {
        const int8_t *const *rows_a = rows;
        const int32_t a = x * window->stride - window->pad_left;
        uint32_t *end = columns;
        int32_t b;

        x++;
        if (x == window->output_width) {
            x = 0;
            rows += window->kernel_height;
        }
        b = x * window->stride - window->pad_left;
        for (int32_t k = 0; k < window->kernel_height; k++) {
            end = msc_expand_2_s8(end, msc_conv2d_window_row_s8(rows_a[k], window, a, gathered),
                                  msc_conv2d_window_row_s8(rows[k], window, b, gathered + length), length);
        }
        msc_multiply_pixels_s8(&product, &p->matrix, results, 2);
        results += 2 * p->matrix.outputs;
        x++;
        if (x == window->output_width) {
            x = 0;
            rows += window->kernel_height;
        }
    }
    if (left > 0) {
        const int32_t a = x * window->stride - window->pad_left;
        int8_t *end = scratch;

        product = msc_product_of_s8(&p->matrix, columns, 1);
        for (int32_t k = 0; k < window->kernel_height; k++) {
            memcpy(end, msc_conv2d_window_row_s8(rows[k], window, a, gathered), (uint32_t)length);
            end += (length + 3) & ~3;
        }
        msc_multiply_pixels_s8(&product, &p->matrix, results, 1);
    }
    msc_clamp_results_s8(output, pixels * p->matrix.outputs, &p->matrix);
}
