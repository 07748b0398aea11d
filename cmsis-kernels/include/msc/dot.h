/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_DOT_H
#define MSC_DOT_H

#include "msc/base.h"

/* sum of a[i] * b[i] + first; the caller knows that it fits. */
static inline int32_t msc_dot_s8(const int8_t *a, const int8_t *b, int32_t count, int32_t first) {
    int32_t sum = first;

    for (int32_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* sum of a[i] * b[i] in this order */
static inline float msc_dot_f32(const float *a, const float *b, int32_t count) {
    float sum = 0.0f;

    for (int32_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

#endif
