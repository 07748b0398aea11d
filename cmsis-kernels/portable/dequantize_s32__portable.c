/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/dequantize.h"

/* output[i] = scale * (input[i] - zero_point) */
MSC_KERNEL void msc_dequantize_s32__portable(const int32_t *input, float *output, float scale, int32_t zero_point,
                                             int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        output[i] = scale * (float)(input[i] - zero_point);
    }
}
