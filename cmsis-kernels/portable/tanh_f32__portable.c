/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "msc/tanh.h"

/* output[i] = tanh(input[i]) */
MSC_KERNEL void msc_tanh_f32__portable(const float *input, float *output, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        output[i] = tanhf(input[i]);
    }
}
