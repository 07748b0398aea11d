/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "msc/movement.h"

/* The inputs one after another along an axis; `outer` is the product of the extents in front of it. */
MSC_KERNEL void msc_concat__portable(const void *const *inputs, void *output, const msc_concat_parameters *p,
                                     int32_t outer) {
    uint8_t *to = (uint8_t *)output;

    for (int32_t n = 0; n < outer; n++) {
        for (int32_t k = 0; k < p->inputs; k++) {
            const uint8_t *from = (const uint8_t *)inputs[k] + n * p->runs[k];

            memcpy(to, from, (uint32_t)p->runs[k]);
            to += p->runs[k];
        }
    }
}
