/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "msc/fully_connected.h"

/* The input by four rows of the weights at a time. Inputs that do not come in fours are moved to the scratch. */
MSC_KERNEL void msc_fully_connected_s8__dsp(const int8_t *input, int8_t *output,
                                            const msc_fully_connected_packed_s8_parameters *p, void *scratch,
                                            int32_t batches) {
    int8_t *results = output;

    for (int32_t n = 0; n < batches; n++) {
        msc_product_s8 product;

        if (p->inputs & 3) {
            memcpy(scratch, input, (uint32_t)p->inputs);
        }
        product = msc_product_of_s8(&p->matrix, p->inputs & 3 ? scratch : input, 1);
        msc_multiply_pixels_s8(&product, &p->matrix, results, 1);
        input += p->inputs;
        results += p->matrix.outputs;
    }
    msc_clamp_results_s8(output, batches * p->matrix.outputs, &p->matrix);
}
