/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "msc/conv2d.h"

/* One row of the window at `column`, gathered at `gathered`, or where it stands if it can be read in whole words. */
static const int8_t *msc_conv2d_window_row_s8(const int8_t *row, const msc_conv2d_window *window, int32_t column,
                                              int8_t *gathered) {
    const uint32_t channels = (uint32_t)window->input_channels;

    if (column >= 0 && column <= window->last_column) {
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

/* The windows of three pixels, from pixel i of the rows on, `next` apart, as columns of int16. */
static void msc_conv2d_columns_s8(uint32_t *columns, int8_t *gathered, const int8_t *const *rows,
                                  const msc_conv2d_window *window, int32_t i, int32_t next) {
    const int32_t y = i / window->output_width;
    const int32_t x = i - y * window->output_width;
    const int32_t first = x * window->stride - window->pad_left;
    const int32_t last = first + 2 * next * window->stride;
    const int32_t quads = (window->kernel_width * window->input_channels + 3) >> 2;

    rows += y * window->kernel_height;
    if (first >= 0 && last <= window->last_column && x + 2 * next < window->output_width) {
        const int32_t distance = next * window->stride * window->input_channels;

        for (int32_t k = 0; k < window->kernel_height; k++) {
            const int8_t *row = rows[k] + first * window->input_channels;

            columns = msc_expand_pixels_s8(columns, row, row + distance, row + 2 * distance, quads);
        }
        return;
    }
    for (int32_t k = 0; k < window->kernel_height; k++) {
        const int8_t *pixels[3];
        const int8_t *const *row = &rows[k];
        int32_t at = x;

        for (int32_t j = 0; j < 3; j++) {
            pixels[j] = msc_conv2d_window_row_s8(*row, window, at * window->stride - window->pad_left,
                                                 gathered + 4 * quads * j);
            at += next;
            if (at == window->output_width) {
                at = 0;
                row += window->kernel_height;
            }
        }
        columns = msc_expand_pixels_s8(columns, pixels[0], pixels[1], pixels[2], quads);
    }
}

/*
 * A convolution in one group: the windows of three pixels, next to each other in the output, are expanded to int16 once
 * and multiplied by all channels. The last three pixels overlap those before; fewer than three in all are computed one
 * by one, thrice in the same place.
 */
MSC_KERNEL void msc_conv2d_s8__dsp(const int8_t *const *rows, int8_t *output, const msc_conv2d_packed_s8_parameters *p,
                                   void *scratch, int32_t row_count) {
    const int32_t pixels = row_count * p->window.output_width;
    uint32_t *columns = scratch;
    int8_t *gathered = (int8_t *)(columns + p->matrix.columns / 2 * 3);
    msc_product_s8 product = msc_product_of_pixels_s8(&p->matrix, columns);

    product.pixel = pixels < 3 ? 0 : p->matrix.outputs;
    for (int32_t i = 0; i < pixels; i += pixels < 3 ? 1 : 3) {
        if (i > pixels - 3 && pixels > 3) {
            i = pixels - 3;
        }
        msc_conv2d_columns_s8(columns, gathered, rows, &p->window, i, pixels < 3 ? 0 : 1);
        msc_matrix_by_pixels_s8(&product, &p->matrix, output + i * p->matrix.outputs);
    }
    msc_clamp_results_s8(output, pixels * p->matrix.outputs, &p->matrix);
}
