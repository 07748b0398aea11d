/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_MATMUL_H
#define MSC_MATMUL_H

#include "msc/base.h"

/* Strides and offsets in elements. */
typedef struct {
    const int32_t *offsets_a; /* first element of each batch's matrix */
    const int32_t *offsets_b;
    int32_t batches;
    int32_t rows;
    int32_t inner;
    int32_t columns;
    int32_t row_stride_a;
    int32_t inner_stride_a;
    int32_t inner_stride_b;
    int32_t column_stride_b;
    int32_t a_zero_point;
    int32_t b_zero_point;
    int32_t multiplier; /* 31 fractional bits */
    int32_t shift;      /* to the left if positive */
    int32_t output_zero_point;
    int32_t output_minimum;
    int32_t output_maximum;
} msc_matmul_s8_parameters;

typedef struct {
    const int32_t *offsets_a;
    const int32_t *offsets_b;
    int32_t batches;
    int32_t rows;
    int32_t inner;
    int32_t columns;
    int32_t row_stride_a;
    int32_t inner_stride_a;
    int32_t inner_stride_b;
    int32_t column_stride_b;
    float output_minimum;
    float output_maximum;
} msc_matmul_f32_parameters;

MSC_KERNEL void msc_matmul_s8__portable(const int8_t *a, const int8_t *b, int8_t *output,
                                        const msc_matmul_s8_parameters *p);
MSC_KERNEL void msc_matmul_f32__portable(const float *a, const float *b, float *output,
                                         const msc_matmul_f32_parameters *p);

#endif
