/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "msc/softmax.h"

/* output = exp(beta * input) / sum of exp(beta * input) along the axis */
MSC_KERNEL void msc_softmax_f32__portable(const float *input, float *output, float beta, int32_t depth, int32_t inner,
                                          int32_t outer) {
    const int32_t end = depth * inner;

    for (int32_t o = 0; o < outer; o++) {
        for (int32_t i = 0; i < inner; i++) {
            float largest = input[i];
            float sum = 0.0f;

            for (int32_t c = i; c < end; c += inner) {
                largest = input[c] > largest ? input[c] : largest;
            }
            for (int32_t c = i; c < end; c += inner) {
                output[c] = expf((input[c] - largest) * beta);
                sum += output[c];
            }
            for (int32_t c = i; c < end; c += inner) {
                output[c] /= sum;
            }
        }
        input += end;
        output += end;
    }
}
