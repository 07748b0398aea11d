/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "msc/movement.h"

/* The input with a border of one value. */
MSC_KERNEL void msc_pad__portable(const void *input, void *output, const msc_pad_parameters *p) {
    uint8_t *bytes = (uint8_t *)output;

    if (p->element_size == 1) {
        memset(bytes, p->element[0], (uint32_t)p->output_size);
    } else {
        for (int32_t i = 0; i < p->output_size; i += p->element_size) {
            memcpy(&bytes[i], p->element, (uint32_t)p->element_size);
        }
    }
    msc_strided_copy((const uint8_t *)input, bytes, &p->copy);
}
