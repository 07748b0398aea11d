/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_LOOKUP_H
#define MSC_LOOKUP_H

#include "msc/base.h"

/* `table` has the result for every int8: those of 0 to 127, then those of -128 to -1. `output` may be `input`. */
MSC_KERNEL void msc_lookup_s8__portable(const int8_t *input, int8_t *output, const int8_t *table, int32_t count);

#endif
