/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "msc/conv2d.h"
#include "msc/matrix_f32.h"

/*
 * The windows of four pixels, whose first columns are given, as parts of a tile: a row of the window each, or, where one
 * leaves the image, a tap each. Elements outside are zeros. Sets the number of elements of a part.
 */
static const float *const *msc_conv2d_parts_f32(const float **parts, const float *const *rows, const int32_t *columns,
                                                const msc_conv2d_tiled_f32_parameters *p, int32_t *count) {
    const msc_conv2d_window *window = &p->window;
    const int is_inside = columns[0] >= 0 && columns[3] <= window->last_column;
    const int32_t taps = is_inside ? 1 : window->kernel_width;

    *count = is_inside ? window->kernel_width * window->input_channels : window->input_channels;
    for (int32_t k = 0; k < window->kernel_height; k++) {
        for (int32_t j = 0; j < taps; j++) {
            for (int32_t pixel = 0; pixel < 4; pixel++) {
                const int32_t column = columns[pixel] + j * window->dilation;

                *parts++ = column >= 0 && column < window->input_width ? rows[k] + column * window->input_channels
                                                                       : p->zeros;
            }
        }
    }
    return parts;
}

/* All channels of four pixels or fewer next to each other, four channels at a time. */
static void msc_conv2d_pixels_f32(msc_tile_f32 *tile, float *output, const msc_conv2d_tiled_f32_parameters *p,
                                  int32_t pixels) {
    const float *weights = p->weights;

    tile->bias = p->bias;
    for (int32_t left = p->outputs; left > 0; left -= 4) {
        float results[16];

        if (pixels == 4 && left >= 4) {
            tile->output = output;
            tile->pixel = 4 * p->outputs;
            weights = msc_multiply_tile_f32(tile, weights);
        } else {
            tile->output = results;
            tile->pixel = 16;
            weights = msc_multiply_tile_f32(tile, weights);
            for (int32_t pixel = 0; pixel < pixels; pixel++) {
                memcpy(output + pixel * p->outputs, &results[4 * pixel],
                       (uint32_t)(left < 4 ? left : 4) * sizeof(float));
            }
        }
        tile->bias += 4;
        output += 4;
    }
}

/*
 * A convolution in one group, four pixels of a row by four channels at a time.
 * Scratch: for every tap of the window four addresses.
 */
MSC_KERNEL void msc_conv2d_tiled_f32__portable(const float *const *rows, float *output,
                                               const msc_conv2d_tiled_f32_parameters *p, void *scratch,
                                               int32_t row_count) {
    const msc_conv2d_window *window = &p->window;
    const float **parts = scratch;
    float *results = output;
    msc_tile_f32 tile;

    tile.zeros = p->zeros;
    tile.parts = parts;
    for (int32_t y = 0; y < row_count; y++) {
        for (int32_t x = 0; x < window->output_width; x += 4) {
            const int32_t left = window->output_width - x;
            const int32_t pixels = left < 4 ? left : 4;
            int32_t columns[4];

            for (int32_t pixel = 0; pixel < 4; pixel++) {
                /* pixels behind the last are the last again */
                columns[pixel] = (x + (pixel < pixels ? pixel : pixels - 1)) * window->stride - window->pad_left;
            }
            tile.parts_end = msc_conv2d_parts_f32(parts, rows, columns, p, &tile.count);
            msc_conv2d_pixels_f32(&tile, results, p, pixels);
            results += pixels * p->outputs;
        }
        rows += window->kernel_height;
    }
    msc_clamp_results_f32(output, (int32_t)(results - output), p->output_minimum, p->output_maximum);
}
