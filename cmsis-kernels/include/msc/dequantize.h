/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_DEQUANTIZE_H
#define MSC_DEQUANTIZE_H

#include "msc/base.h"

MSC_KERNEL void msc_dequantize_s8__portable(const int8_t *input, float *output, float scale, int32_t zero_point,
                                            int32_t count);
MSC_KERNEL void msc_dequantize_u8__portable(const uint8_t *input, float *output, float scale, int32_t zero_point,
                                            int32_t count);
MSC_KERNEL void msc_dequantize_s16__portable(const int16_t *input, float *output, float scale, int32_t zero_point,
                                             int32_t count);
MSC_KERNEL void msc_dequantize_s32__portable(const int32_t *input, float *output, float scale, int32_t zero_point,
                                             int32_t count);

#endif
