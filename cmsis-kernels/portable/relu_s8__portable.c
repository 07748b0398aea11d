/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/relu.h"
#include "msc/requantize.h"

/* output[i] = input[i] on the output's grid, clamped to the bounds of the activation */
MSC_KERNEL void msc_relu_s8__portable(const int8_t *input, int8_t *output, const msc_relu_s8_parameters *p,
                                      int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const int32_t scaled = msc_requantize(input[i] - p->input_zero_point, p->multiplier, p->shift);
        const int32_t low = p->output_minimum - p->output_zero_point;
        const int32_t high = p->output_maximum - p->output_zero_point;

        output[i] = (int8_t)(msc_clamp(scaled, low, high) + p->output_zero_point);
    }
}
