/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_FULLY_CONNECTED_H
#define MSC_FULLY_CONNECTED_H

#include "msc/base.h"
#include "msc/matrix_s8.h"

/* Weights [outputs, inputs]; the input's zero point is folded into the bias. */
typedef struct {
    const int8_t *weights;
    const int32_t *bias;
    const int32_t *multipliers; /* one an output, 31 fractional bits */
    const int8_t *shifts;       /* to the left if positive */
    int32_t inputs;
    int32_t outputs;
    int32_t weights_zero_point;
    int32_t output_zero_point;
    int32_t output_minimum;
    int32_t output_maximum;
} msc_fully_connected_s8_parameters;

typedef struct {
    msc_matrix_s8 matrix;
    int32_t inputs;
} msc_fully_connected_packed_s8_parameters;

typedef struct {
    const float *weights;
    const float *bias; /* null if there is none */
    int32_t inputs;
    int32_t outputs;
    float output_minimum;
    float output_maximum;
} msc_fully_connected_f32_parameters;

MSC_KERNEL void msc_fully_connected_s8__portable(const int8_t *input, int8_t *output,
                                                 const msc_fully_connected_s8_parameters *p, int32_t batches);
/* Scratch: the inputs, filled up to a multiple of 4, if they are none. */
MSC_KERNEL void msc_fully_connected_s8__dsp(const int8_t *input, int8_t *output,
                                            const msc_fully_connected_packed_s8_parameters *p, void *scratch,
                                            int32_t batches);
MSC_KERNEL void msc_fully_connected_f32__portable(const float *input, float *output,
                                                  const msc_fully_connected_f32_parameters *p, int32_t batches);

#endif
