/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/requantize.h"
#include "msc/softmax.h"

/* exp(x) in Q0 for x in [-1/4, 0) in Q0: four terms of the Taylor series around -1/8. */
static int32_t msc_softmax_exp_last_quarter(int32_t x) {
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
static int32_t msc_softmax_exp_q5(int32_t x) {
    /* exp(-2^k) for k = -2 to 4 */
    static const int32_t factors[7] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
    const int32_t quarter = 1 << 24;
    const int32_t in_quarter = (int32_t)((uint32_t)x & (uint32_t)(quarter - 1)) - quarter;
    const int32_t quarters = (in_quarter - x) >> 24;
    int32_t result;

    if (x == 0) {
        return INT32_MAX;
    }
    result = msc_softmax_exp_last_quarter(in_quarter * 32);
    for (int32_t k = 0; k < 7; k++) {
        if (((quarters >> k) & 1) != 0) {
            result = msc_multiply_high(result, factors[k]);
        }
    }
    return result;
}

/* exp of a difference to the largest element, in Q0 */
static int32_t msc_softmax_exp(int32_t difference, const msc_softmax_s8_parameters *p) {
    return difference < p->smallest_difference
               ? 0
               : msc_softmax_exp_q5(msc_multiply_high(difference * (1 << p->left_shift), p->multiplier));
}

/* output = 256 * exp(input) / sum of exp(input) - 128 along the axis */
MSC_KERNEL void msc_softmax_s8__portable(const int8_t *input, int8_t *output, const msc_softmax_s8_parameters *p,
                                         int32_t outer) {
    const int32_t end = p->depth * p->inner;

    for (int32_t o = 0; o < outer; o++) {
        for (int32_t i = 0; i < p->inner; i++) {
            msc_softmax_scale scale;
            int32_t largest = input[i];
            int32_t sum = 0;

            for (int32_t c = i; c < end; c += p->inner) {
                largest = input[c] > largest ? input[c] : largest;
            }
            for (int32_t c = i; c < end; c += p->inner) {
                sum += msc_divide_by_power_of_two(msc_softmax_exp(input[c] - largest, p), 12);
            }
            scale = msc_softmax_scale_of(sum, 8);
            for (int32_t c = i; c < end; c += p->inner) {
                const int32_t share = msc_softmax_share(msc_softmax_exp(input[c] - largest, p), scale);

                output[c] = (int8_t)msc_clamp(share - 128, -128, 127);
            }
        }
        input += end;
        output += end;
    }
}
