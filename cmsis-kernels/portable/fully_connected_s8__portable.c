/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/fully_connected.h"
#include "msc/requantize.h"

/* output[n, o] = requantize(bias[o] + sum over i of (weights[o, i] - weights_zero_point) * input[n, i]), clamped */
MSC_KERNEL void msc_fully_connected_s8__portable(const int8_t *input, int8_t *output,
                                                 const msc_fully_connected_s8_parameters *p, int32_t batches) {
    for (int32_t n = 0; n < batches; n++) {
        const int8_t *weights = p->weights;

        for (int32_t o = 0; o < p->outputs; o++) {
            int32_t sum = p->bias[o];

            for (int32_t i = 0; i < p->inputs; i++) {
                sum += input[i] * (weights[i] - p->weights_zero_point);
            }
            sum = msc_requantize(sum, p->multipliers[o], p->shifts[o]) + p->output_zero_point;
            output[o] = (int8_t)msc_clamp(sum, p->output_minimum, p->output_maximum);
            weights += p->inputs;
        }
        input += p->inputs;
        output += p->outputs;
    }
}
