/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_ROWS_H
#define MSC_ROWS_H

#include "msc/base.h"

/* Where the rows of an image lie: row y in slot (y + phase) % slots. With as many slots as rows the image is whole. */
typedef struct {
    int32_t row; /* elements */
    int32_t slots;
    int32_t phase;
} msc_ring;

/* How a kernel is driven over the rows of an image. */
typedef struct {
    int32_t batches;
    int32_t input_height;
    int32_t output_height;
    msc_ring input;
    msc_ring output;
    int32_t kernel_height;
    int32_t stride;
    int32_t dilation;
    int32_t pad_top;
    int32_t rows_per_call;
} msc_rows;

/* How a kernel is driven over runs of rows. */
typedef struct {
    int32_t units; /* of a row */
    msc_ring inputs[2];
    msc_ring output;
} msc_runs;

/* The first element of row y, counted from the start of the ring. */
static inline int32_t msc_ring_at(const msc_ring *ring, int32_t y) {
    return (y + ring->phase) % ring->slots * ring->row;
}

/* How many of the rows from y to `end` lie one after another. */
static inline int32_t msc_ring_run(const msc_ring *ring, int32_t y, int32_t end) {
    const int32_t most = ring->slots - (y + ring->phase) % ring->slots;

    return end - y < most ? end - y : most;
}

/* The rows of `height` that a step has finished after so many ticks: see its segment. */
static inline int32_t msc_due(int32_t ticks, int32_t lag, int32_t every, int32_t rows, int32_t skip, int32_t height) {
    const int32_t due = ticks > lag ? ((ticks - lag - 1) / every + 1) * rows - skip : 0;

    return due < height ? due : height;
}

/* The input rows of output row y, as pointers; a row outside of the image is `outside`. */
static inline void msc_window_s8(const int8_t **window, const int8_t *input, const msc_rows *rows, int32_t y,
                                 const int8_t *outside) {
    int32_t row = y * rows->stride - rows->pad_top;

    for (int32_t k = 0; k < rows->kernel_height; k++) {
        window[k] = row >= 0 && row < rows->input_height ? &input[msc_ring_at(&rows->input, row)] : outside;
        row += rows->dilation;
    }
}

/* The same for an image of floats. */
static inline void msc_window_f32(const float **window, const float *input, const msc_rows *rows, int32_t y,
                                  const float *outside) {
    int32_t row = y * rows->stride - rows->pad_top;

    for (int32_t k = 0; k < rows->kernel_height; k++) {
        window[k] = row >= 0 && row < rows->input_height ? &input[msc_ring_at(&rows->input, row)] : outside;
        row += rows->dilation;
    }
}

#endif
