/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_TANH_H
#define MSC_TANH_H

#include "msc/base.h"

/* `output` may be `input`. */
MSC_KERNEL void msc_tanh_f32__portable(const float *input, float *output, int32_t count);

#endif
