/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/relu.h"

/* output[i] = input[i], clamped to the bounds of the activation */
MSC_KERNEL void msc_relu_f32__portable(const float *input, float *output, float minimum, float maximum, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const float raised = input[i] > minimum ? input[i] : minimum;

        output[i] = raised < maximum ? raised : maximum;
    }
}
