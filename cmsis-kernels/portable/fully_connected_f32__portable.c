/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/fully_connected.h"

/* output[n, o] = bias[o] + sum over i of weights[o, i] * input[n, i], clamped */
MSC_KERNEL void msc_fully_connected_f32__portable(const float *input, float *output,
                                                  const msc_fully_connected_f32_parameters *p, int32_t batches) {
    for (int32_t n = 0; n < batches; n++) {
        const float *weights = p->weights;

        for (int32_t o = 0; o < p->outputs; o++) {
            float sum = 0.0f;

            for (int32_t i = 0; i < p->inputs; i++) {
                sum += input[i] * weights[i];
            }
            if (p->bias) {
                sum += p->bias[o];
            }
            sum = sum > p->output_minimum ? sum : p->output_minimum;
            output[o] = sum < p->output_maximum ? sum : p->output_maximum;
            weights += p->inputs;
        }
        input += p->inputs;
        output += p->outputs;
    }
}
