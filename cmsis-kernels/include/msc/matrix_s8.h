/* SPDX-License-Identifier: Apache-2.0 */
/* Products of a whole matrix: the inner part of convolutions and fully connected layers. */
#ifndef MSC_MATRIX_S8_H
#define MSC_MATRIX_S8_H

#include <string.h>

#include "msc/base.h"
#include "msc/multiply_s8.h"

/* The product of as many whole pairs of channels as there are by three pixels whose columns are at `columns`. */
static inline msc_product_s8 msc_product_of_pixels_s8(const msc_matrix_s8 *matrix, const uint32_t *columns) {
    const int32_t quads = matrix->columns >> 2;
    const msc_product_s8 product = {
        columns,         (uint32_t)((-quads) & 7) * 68u,
        matrix->channels, matrix->zero_point,
        0,               matrix->outputs,
        matrix->channels + 6 * (matrix->outputs >> 1),
        matrix->weights, columns + 6 * quads,
    };

    return product;
}

/* All channels of three pixels. */
static inline void msc_matrix_by_pixels_s8(msc_product_s8 *product, const msc_matrix_s8 *matrix, int8_t *output) {
    product->output = output;
    if (matrix->outputs > 1) {
        msc_multiply_pixels_s8(product);
    }
    if (matrix->outputs & 1) {
        msc_product_s8 last = *product;
        int8_t results[6];

        last.channels = product->channels_end;
        last.channels_end = last.channels + 6;
        last.weights += (matrix->outputs >> 1) * (matrix->columns >> 1);
        last.output = results;
        last.pixel = 2;
        msc_multiply_pixels_s8(&last);
        output += matrix->outputs - 1;
        output[0] = results[0];
        output[product->pixel] = results[2];
        output[2 * product->pixel] = results[4];
    }
}

/* All channels of one vector, int8, of as many elements as the matrix has columns. */
static inline void msc_matrix_by_vector_s8(const msc_matrix_s8 *matrix, const int8_t *vector, int8_t *output) {
    const int32_t quads = matrix->columns >> 2;
    const int32_t fours = matrix->outputs >> 2;
    const int32_t rest = matrix->outputs & 3;
    msc_product_s8 product = {
        vector, (uint32_t)((-quads) & 3) * 64u, matrix->channels, matrix->zero_point, output, 0, 0, matrix->weights,
        vector + matrix->columns,
    };

    if (fours > 0) {
        product.channels_end = product.channels + 12 * fours;
        msc_multiply_vector_s8(&product);
    }
    if (rest > 0) {
        int8_t results[4];

        product.channels += 12 * fours;
        product.channels_end = product.channels + 12;
        product.weights += 4 * fours * quads;
        product.output = results;
        msc_multiply_vector_s8(&product);
        memcpy(output + 4 * fours, results, (uint32_t)rest);
    }
}

/* Moves results into the range of an activation that is narrower than int8. */
static inline void msc_clamp_results_s8(int8_t *results, int32_t count, const msc_matrix_s8 *matrix) {
    if (matrix->output_minimum > -128 || matrix->output_maximum < 127) {
        for (int32_t i = 0; i < count; i++) {
            const int32_t value = results[i] < matrix->output_minimum ? matrix->output_minimum : results[i];

            results[i] = (int8_t)(value > matrix->output_maximum ? matrix->output_maximum : value);
        }
    }
}

#endif
