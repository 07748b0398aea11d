/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions of 32-bit fixed-point numbers. Qn has n integer bits and 31 - n fractional ones: Q0 is [-1, 1), and 1
 * itself is written as the largest value below it.
 */
#ifndef MSC_FIXED_POINT_H
#define MSC_FIXED_POINT_H

#include "msc/base.h"

/* The high half of 2ab, to nearest; not for both -2^31. */
static inline int32_t msc_multiply_high(int32_t a, int32_t b) {
    return (int32_t)(((int64_t)a * b + (INT64_C(1) << 30)) >> 31);
}

/* x / 2^exponent to nearest, ties away from zero; exponent 1 to 31. */
static inline int32_t msc_divide_by_power_of_two(int32_t x, int32_t exponent) {
    return (int32_t)(((int64_t)x + (x >> 31) + (INT64_C(1) << (exponent - 1))) >> exponent);
}

/* x * 2^bits, saturated */
static inline int32_t msc_shift_left_saturating(int32_t x, int32_t bits) {
    if (x > (INT32_MAX >> bits)) {
        return INT32_MAX;
    }
    if (x < -(INT32_MAX >> bits)) {
        return INT32_MIN;
    }
    return x * (1 << bits);
}

/* 1 / (1 + x) in Q0 for x in [0, 1] in Q0, by three steps of Newton's method. */
static inline int32_t msc_one_over_one_plus(int32_t x) {
    const int32_t half_denominator = (int32_t)(((int64_t)x + INT32_MAX + 1) >> 1);
    /* 48/17 - 32/17 * half_denominator, in Q2 */
    int32_t quotient = 1515870810 + msc_multiply_high(half_denominator, -1010580540);

    for (int32_t step = 0; step < 3; step++) {
        const int32_t error = (1 << 29) - msc_multiply_high(half_denominator, quotient);

        quotient += msc_shift_left_saturating(msc_multiply_high(quotient, error), 2);
    }
    return msc_shift_left_saturating(quotient, 1);
}

#endif
