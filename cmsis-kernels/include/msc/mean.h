/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_MEAN_H
#define MSC_MEAN_H

#include "msc/base.h"

/* Neighbouring dimensions that are kept, or reduced, together: elements, and their distance in the input. */
typedef struct {
    int32_t size;
    int32_t stride;
} msc_mean_run;

/* Outermost first; runs that a tensor does not have are of size 1. */
typedef struct {
    msc_mean_run kept[4];
    msc_mean_run reduced[4];
    int32_t zero_points; /* the input's zero point, times the elements of a mean */
    int32_t multiplier;  /* 31 fractional bits; holds the division by the elements */
    int32_t shift;
    int32_t output_zero_point;
} msc_mean_s8_parameters;

typedef struct {
    msc_mean_run kept[4];
    msc_mean_run reduced[4];
    float count; /* elements of a mean */
} msc_mean_f32_parameters;

MSC_KERNEL void msc_mean_s8__portable(const int8_t *input, int8_t *output, const msc_mean_s8_parameters *p);
MSC_KERNEL void msc_mean_f32__portable(const float *input, float *output, const msc_mean_f32_parameters *p);

#endif
