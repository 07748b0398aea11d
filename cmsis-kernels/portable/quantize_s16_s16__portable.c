/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/quantize.h"

/* output[i] = input[i] on the output's grid, saturated */
MSC_KERNEL void msc_quantize_s16_s16__portable(const int16_t *input, int16_t *output, const msc_quantize_parameters *p,
                                               int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        output[i] = (int16_t)msc_quantize_again(input[i], p, -32768, 32767);
    }
}
