/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/fully_connected.h"

/* The input, expanded to int16 once, by four rows of the weights at a time. */
MSC_KERNEL void msc_fully_connected_s8__dsp(const int8_t *input, int8_t *output,
                                            const msc_fully_connected_packed_s8_parameters *p, void *scratch,
                                            int32_t batches) {
    uint32_t *columns = scratch;
    msc_product_s8 product = msc_product_of_s8(&p->matrix, columns, 1);
    int8_t *results = output;

    for (int32_t n = 0; n < batches; n++) {
        msc_expand_1_s8(columns, input, p->inputs);
        msc_multiply_pixels_s8(&product, &p->matrix, results, 1);
        input += p->inputs;
        results += p->matrix.outputs;
    }
    msc_clamp_results_s8(output, batches * p->matrix.outputs, &p->matrix);
}
