/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_SVDF_H
#define MSC_SVDF_H

#include "msc/base.h"

/* Sizes. The state is [batches, filters, memory], the newest value last; filters = units * rank. */
typedef struct {
    int32_t batches;
    int32_t inputs;
    int32_t memory;
    int32_t rank;
    int32_t units;
} msc_svdf_sizes;

/* From sums over time to the result; the state's zero point is folded into the bias. */
typedef struct {
    const int32_t *bias; /* [units] */
    int32_t multiplier;
    int32_t shift;
    int32_t output_zero_point;
} msc_svdf_result_s8;

/* Weights of the features [filters, inputs]; the input's zero point is folded into their bias. */
typedef struct {
    msc_svdf_sizes sizes;
    const int8_t *feature;
    const int32_t *feature_bias; /* [filters] */
    int32_t feature_multiplier;
    int32_t feature_shift;
    int32_t state_zero_point;
    const int8_t *time; /* [filters, memory] */
    msc_svdf_result_s8 result;
} msc_svdf_s8_parameters;

/* The same with weights over time, and a state, of int16; the state's zero point is 0. */
typedef struct {
    msc_svdf_sizes sizes;
    const int8_t *feature;
    const int32_t *feature_bias; /* [filters] */
    int32_t feature_multiplier;
    int32_t feature_shift;
    const int16_t *time; /* [filters, memory] */
    msc_svdf_result_s8 result;
} msc_svdf_state16_s8_parameters;

typedef struct {
    msc_svdf_sizes sizes;
    const float *feature; /* [filters, inputs] */
    const float *time;    /* [filters, memory] */
    const float *bias;    /* [units], null if there is none */
    float output_minimum;
    float output_maximum;
} msc_svdf_f32_parameters;

MSC_KERNEL void msc_svdf_s8__portable(const int8_t *input, int8_t *state, int8_t *output,
                                      const msc_svdf_s8_parameters *p);
/* The features' shift is to the right, their sums are below 2^30. */
MSC_KERNEL void msc_svdf_s8__dsp(const int8_t *input, int8_t *state, int8_t *output, const msc_svdf_s8_parameters *p);
MSC_KERNEL void msc_svdf_state16_s8__portable(const int8_t *input, int16_t *state, int8_t *output,
                                              const msc_svdf_state16_s8_parameters *p);
MSC_KERNEL void msc_svdf_f32__portable(const float *input, float *state, float *output,
                                       const msc_svdf_f32_parameters *p);

#endif
