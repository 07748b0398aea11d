/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/quantize.h"

/* output[i] = input[i] / scale + zero_point, rounded half away from zero and saturated */
MSC_KERNEL void msc_quantize_f32_u8__portable(const float *input, uint8_t *output, float scale, int32_t zero_point,
                                              int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        output[i] = (uint8_t)msc_quantize_element(input[i] / scale, zero_point, 0, 255);
    }
}
