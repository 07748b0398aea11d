/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_CONV2D_H
#define MSC_CONV2D_H

#include "msc/base.h"
#include "msc/matrix_s8.h"

/* How a window slides along a row. */
typedef struct {
    int32_t input_width;
    int32_t input_channels;
    int32_t output_width;
    int32_t kernel_height;
    int32_t kernel_width;
    int32_t stride;
    int32_t dilation;
    int32_t pad_left;
    int32_t pad_value;   /* of the elements left and right of the image */
    int32_t last_column; /* where a row of the window can still be read at once, in whole words; -1 if nowhere */
} msc_conv2d_window;

/* Weights [outputs, kernel height, kernel width, group inputs]; the input's zero point is folded into the bias. */
typedef struct {
    msc_conv2d_window window;
    const int8_t *weights;
    const int32_t *bias;
    const int32_t *multipliers; /* one an output, 31 fractional bits */
    const int8_t *shifts;       /* to the left if positive */
    int32_t weights_zero_point;
    int32_t group_inputs;
    int32_t group_outputs;
    int32_t outputs;
    int32_t output_zero_point;
    int32_t output_minimum;
    int32_t output_maximum;
} msc_conv2d_s8_parameters;

/* Weights as a matrix of the window's columns: every row of the window is filled up with zeros to a multiple of 4. */
typedef struct {
    msc_conv2d_window window;
    msc_matrix_s8 matrix;
} msc_conv2d_packed_s8_parameters;

/*
 * Weights [outputs, columns] of int16, without their zero point; of every four columns 0 and 2 come first, then 1 and 3.
 * Every row of the window is filled up with zeros to a multiple of 4.
 */
typedef struct {
    msc_conv2d_window window;
    const uint32_t *weights;
    const int32_t *bias;
    const int32_t *multipliers; /* one an output, 31 fractional bits */
    const int8_t *shifts;       /* to the left if positive */
    int32_t columns;
    int32_t outputs;
    int32_t output_zero_point;
    int32_t output_minimum;
    int32_t output_maximum;
} msc_conv2d_wide_s8_parameters;

typedef struct {
    msc_matrix_s8 matrix;
    int32_t channels;
} msc_conv2d_1x1_packed_s8_parameters;

/*
 * Filters of 3 by 3 as 4 G g G' (see conv2d_winograd_s8__dsp.c), int16. The weights of the matrix: for every two channels,
 * every place in the tile, from top to bottom, then from left to right, and every four inputs four words: inputs 0 and 2,
 * then 1 and 3, of the first channel, then of the second. Its channels: for each the bias and the factors of matrix_s8.h.
 */
typedef struct {
    msc_matrix_s8 matrix;
    const int8_t *outside; /* a pixel left or right of the image, filled up to words */
    int32_t input_width;
    int32_t input_channels; /* 1 to 3, or a multiple of 4 up to 64 */
    int32_t output_width;
    int32_t pad_left;
} msc_conv2d_winograd_s8_parameters;

/*
 * Weights for every two channels: two biases, for every four inputs four words of int16, inputs 0 and 2, then 1 and 3, of
 * the first channel, then of the second, the factors of matrix_s8.h of each, and the zero point of the output.
 */
typedef struct {
    msc_matrix_s8 matrix;
    int32_t channels; /* at most 32; those of the weights are filled up with zeros to a multiple of 4 */
} msc_conv2d_1x1_wide_s8_parameters;

/*
 * Windows of 3 by 3 by 1. The channels of the matrix hold all, nine words each: the bias, weights as int16 of the elements
 * 0 and 2, 3 and 5, 6 and 8, 1 and 4, 7 and none, the factors of matrix_s8.h, and the zero point of the output.
 */
typedef struct {
    msc_conv2d_window window;
    msc_matrix_s8 matrix;
} msc_conv2d_3x3x1_s8_parameters;

/* Weights [outputs, kernel height, kernel width, group inputs]. */
typedef struct {
    msc_conv2d_window window;
    const float *weights;
    const float *bias; /* null if there is none */
    int32_t group_inputs;
    int32_t group_outputs;
    int32_t outputs;
    float output_minimum;
    float output_maximum;
} msc_conv2d_f32_parameters;

/* Weights [outputs / 4, kernel height, kernel width, inputs, 4]; zeros for the channels that are missing at the end. */
typedef struct {
    msc_conv2d_window window;
    const float *weights;
    const float *bias;  /* [outputs / 4, 4] */
    const float *zeros; /* a pixel outside of the image; four or more */
    int32_t outputs;
    float output_minimum;
    float output_maximum;
} msc_conv2d_tiled_f32_parameters;

/* Rows: for every output row the `kernel_height` input rows that its windows touch; output rows are contiguous. */
MSC_KERNEL void msc_conv2d_s8__portable(const int8_t *const *rows, int8_t *output, const msc_conv2d_s8_parameters *p,
                                        int32_t row_count);
MSC_KERNEL void msc_conv2d_f32__portable(const float *const *rows, float *output, const msc_conv2d_f32_parameters *p,
                                         int32_t row_count);
MSC_KERNEL void msc_conv2d_tiled_f32__portable(const float *const *rows, float *output,
                                               const msc_conv2d_tiled_f32_parameters *p, void *scratch,
                                               int32_t row_count);
/* Scratch: columns of three pixels as int16, then three rows of the window as int8, each filled up to words. */
MSC_KERNEL void msc_conv2d_s8__dsp(const int8_t *const *rows, int8_t *output, const msc_conv2d_packed_s8_parameters *p,
                                   void *scratch, int32_t row_count);
MSC_KERNEL void msc_conv2d_3x3x3_s8__dsp(const int8_t *const *rows, int8_t *output,
                                         const msc_conv2d_packed_s8_parameters *p, void *scratch, int32_t row_count);
MSC_KERNEL void msc_conv2d_wide_s8__dsp(const int8_t *const *rows, int8_t *output,
                                        const msc_conv2d_wide_s8_parameters *p, void *scratch, int32_t row_count);
MSC_KERNEL void msc_conv2d_3x3x1_s8__dsp(const int8_t *const *rows, int8_t *output,
                                         const msc_conv2d_3x3x1_s8_parameters *p, int32_t row_count);
MSC_KERNEL void msc_conv2d_winograd_s8__dsp(const int8_t *const *rows, int8_t *output,
                                            const msc_conv2d_winograd_s8_parameters *p, void *scratch,
                                            int32_t row_count);
/* Scratch: columns of two pixels as int16, then a pixel; channels filled up to words. */
MSC_KERNEL void msc_conv2d_1x1_wide_s8__dsp(const int8_t *input, int8_t *output,
                                            const msc_conv2d_1x1_wide_s8_parameters *p, void *scratch,
                                            int32_t pixels);
/* Scratch: columns of three pixels as int16, then, if channels do not come in fours, as int8. */
MSC_KERNEL void msc_conv2d_1x1_s8__dsp(const int8_t *input, int8_t *output,
                                       const msc_conv2d_1x1_packed_s8_parameters *p, void *scratch, int32_t pixels);

#endif
