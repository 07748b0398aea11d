/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_RESHAPE_H
#define MSC_RESHAPE_H

#include "msc/base.h"

MSC_KERNEL void msc_reshape__portable(const void *input, void *output, uint32_t size);

#endif
