/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/requantize.h"
#include "msc/softmax.h"

/* output = 65536 * exp(input) / sum of exp(input) - 32768 along the axis */
MSC_KERNEL void msc_softmax_lookup_s8_s16__portable(const int8_t *input, int16_t *output,
                                                    const msc_softmax_lookup_s8_parameters *p, int32_t outer) {
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
                const int32_t distance = largest - input[c];

                if (distance < p->exponential_count) {
                    sum += msc_divide_by_power_of_two(p->exponentials[distance], 12);
                }
            }
            scale = msc_softmax_scale_of(sum, 16);
            for (int32_t c = i; c < end; c += p->inner) {
                const int32_t distance = largest - input[c];
                const int32_t exponential = distance < p->exponential_count ? p->exponentials[distance] : 0;

                output[c] = (int16_t)msc_clamp(msc_softmax_share(exponential, scale) - 32768, -32768, 32767);
            }
        }
        input += end;
        output += end;
    }
}
