/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/reshape.h"

#include <string.h>

/* The same bytes in another place. */
MSC_KERNEL void msc_reshape__portable(const void *input, void *output, uint32_t size) {
    memcpy(output, input, size);
}
