/* SPDX-License-Identifier: Apache-2.0 */
/* The windows of a convolution as the columns of matrix_s8.h. */
#ifndef MSC_CONV2D_COLUMNS_H
#define MSC_CONV2D_COLUMNS_H

#include <string.h>

#include "msc/conv2d.h"
#include "msc/dsp.h"
#include "msc/expand_pixels_s8.h"

/* One row of the window at `column`, of at most four elements, in a word; the row of the image has four or more. */
static inline uint32_t msc_conv2d_window_word_s8(const int8_t *row, const msc_conv2d_window *window, int32_t column) {
    const int32_t end = window->input_width * window->input_channels;
    const int32_t at = column * window->input_channels;
    const uint32_t padding = 0x01010101u * (uint8_t)window->pad_value;

    if (at <= -4 || at >= end) {
        return padding;
    }
    if (at < 0) {
        return msc_read_word(row) << -8 * at | padding >> (32 + 8 * at);
    }
    if (at > end - 4) {
        return msc_read_word(row + end - 4) >> 8 * (at + 4 - end) | padding << 8 * (end - at);
    }
    return msc_read_word(row + at);
}

/* One row of the window at `column`, gathered at `gathered`, or where it stands if it can be read in whole words. */
static const int8_t *msc_conv2d_window_row_s8(const int8_t *row, const msc_conv2d_window *window, int32_t column,
                                              int8_t *gathered) {
    const int32_t channels = window->input_channels;

    if (column >= 0 && column <= window->last_column) {
        return row + column * channels;
    }
    if (window->kernel_width * channels <= 4 && window->dilation == 1 && window->input_width * channels >= 4) {
        msc_write_word(gathered, msc_conv2d_window_word_s8(row, window, column));
        return gathered;
    }
    for (int32_t j = 0; j < window->kernel_width; j++) {
        if (column >= 0 && column < window->input_width) {
            memcpy(gathered + j * channels, row + column * channels, (uint32_t)channels);
        } else {
            memset(gathered + j * channels, (uint8_t)window->pad_value, (uint32_t)channels);
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

#endif
