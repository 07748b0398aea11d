/* SPDX-License-Identifier: Apache-2.0 */
/* The windows of two pixels of a convolution as the columns of matrix_pairs_s8.h. */
#ifndef MSC_CONV2D_PAIR_COLUMNS_H
#define MSC_CONV2D_PAIR_COLUMNS_H

#include <string.h>

#include "msc/conv2d_columns.h"
#include "msc/matrix_pairs_s8.h"

/*
 * One row of the window at `column`, where it stands or gathered. Not msc_conv2d_window_row_s8: with two callers that
 * is no longer inlined, which costs a first layer of ten rows 2 %.
 */
static const int8_t *msc_conv2d_single_window_row_s8(const int8_t *row, const msc_conv2d_window *window, int32_t column,
                                                     int8_t *gathered) {
    const int32_t channels = window->input_channels;
    int8_t *to = gathered;

    if (column >= 0 && column <= window->last_column) {
        return row + column * channels;
    }
    for (int32_t j = 0; j < window->kernel_width; j++) {
        if (column >= 0 && column < window->input_width) {
            memcpy(to, row + column * channels, (uint32_t)channels);
        } else {
            memset(to, (uint8_t)window->pad_value, (uint32_t)channels);
        }
        to += channels;
        column += window->dilation;
    }
    return gathered;
}

/* The windows of pixel i of the rows and of pixel i + next as columns of int16. */
static void msc_conv2d_pair_columns_s8(uint32_t *columns, int8_t *gathered, const int8_t *const *rows,
                                       const msc_conv2d_window *window, int32_t i, int32_t next) {
    const int32_t y = i / window->output_width;
    const int32_t x = i - y * window->output_width;
    const int32_t first = x * window->stride - window->pad_left;
    const int32_t quads = (window->kernel_width * window->input_channels + 3) >> 2;
    int32_t second = first + next * window->stride;
    int32_t below = 0;

    if (x + next == window->output_width) {
        second = -window->pad_left;
        below = window->kernel_height;
    }
    rows += y * window->kernel_height;
    for (int32_t k = 0; k < window->kernel_height; k++) {
        const int8_t *a = msc_conv2d_single_window_row_s8(rows[k], window, first, gathered);
        const int8_t *b = msc_conv2d_single_window_row_s8(rows[k + below], window, second, gathered + 4 * quads);

        columns = msc_expand_two_pixels_s8(columns, a, b, quads);
    }
}

#endif
