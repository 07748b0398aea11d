/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/movement.h"

/* The elements in another order of axes. */
MSC_KERNEL void msc_transpose__portable(const void *input, void *output, const msc_strided_copy_parameters *p) {
    msc_strided_copy((const uint8_t *)input, (uint8_t *)output, p);
}
