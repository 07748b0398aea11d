/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "msc/logistic.h"

/* output[i] = 1 / (1 + exp(-input[i])) */
MSC_KERNEL void msc_logistic_f32__portable(const float *input, float *output, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        output[i] = 1.0f / (1.0f + expf(-input[i]));
    }
}
