/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_REQUANTIZE_H
#define MSC_REQUANTIZE_H

#include "msc/base.h"

/*
 * accumulator * multiplier * 2^(shift - 31), rounded twice as TensorFlow Lite's reference kernels do: the high half of
 * 2 * accumulator * multiplier to nearest, then the right shift to nearest, ties away from zero. shift in -31..30.
 */
static inline int32_t msc_requantize(int32_t accumulator, int32_t multiplier, int32_t shift) {
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = shift > 0 ? 0 : -shift;
    const int64_t product = (int64_t)(int32_t)((uint32_t)accumulator << left) * multiplier;
    const int32_t high = (int32_t)((product + (INT64_C(1) << 30)) >> 31);

    if (right == 0) {
        return high;
    }
    return (int32_t)(((int64_t)high + (high >> 31) + (INT64_C(1) << (right - 1))) >> right);
}

/* value, moved into [minimum, maximum] */
static inline int32_t msc_clamp(int32_t value, int32_t minimum, int32_t maximum) {
    if (value < minimum) {
        return minimum;
    }
    if (value > maximum) {
        return maximum;
    }
    return value;
}

#endif
