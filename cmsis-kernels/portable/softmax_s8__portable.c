/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/requantize.h"
#include "msc/softmax.h"

/* exp of a difference to the largest element, in Q0 */
static int32_t msc_softmax_exp(int32_t difference, const msc_softmax_s8_parameters *p) {
    return difference < p->smallest_difference
               ? 0
               : msc_exp_q5(msc_multiply_high(difference * (1 << p->left_shift), p->multiplier));
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
