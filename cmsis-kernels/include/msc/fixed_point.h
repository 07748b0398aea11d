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

/* exp(x) in Q0 for x in [-1/4, 0) in Q0: four terms of the Taylor series around -1/8. */
static inline int32_t msc_exp_last_quarter(int32_t x) {
    const int32_t third = 715827883;
    const int32_t exp_of_minus_one_eighth = 1895147668;
    const int32_t y = x + (1 << 28);
    const int32_t y2 = msc_multiply_high(y, y);
    const int32_t y3 = msc_multiply_high(y2, y);
    const int32_t y4 = msc_multiply_high(y2, y2);
    const int32_t higher = msc_multiply_high(msc_divide_by_power_of_two(y4, 2) + y3, third) + y2;

    return exp_of_minus_one_eighth +
           msc_multiply_high(exp_of_minus_one_eighth, y + msc_divide_by_power_of_two(higher, 1));
}

/* exp(x) in Q0 for x <= 0 in Q5 */
static inline int32_t msc_exp_q5(int32_t x) {
    /* exp(-2^k) for k = -2 to 4 */
    static const int32_t factors[7] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
    const int32_t quarter = 1 << 24;
    const int32_t in_quarter = (int32_t)((uint32_t)x & (uint32_t)(quarter - 1)) - quarter;
    const int32_t quarters = (in_quarter - x) >> 24;
    int32_t result;

    if (x == 0) {
        return INT32_MAX;
    }
    result = msc_exp_last_quarter(in_quarter * 32);
    for (int32_t k = 0; k < 7; k++) {
        if (((quarters >> k) & 1) != 0) {
            result = msc_multiply_high(result, factors[k]);
        }
    }
    return result;
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
