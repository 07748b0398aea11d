/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "msc/fully_connected.h"

/*
 * The input by four rows of the weights at a time. If there is scratch, for inputs that do not come in
 * fours, they are moved there.
 */
MSC_KERNEL void msc_fully_connected_s8__dsp(const int8_t *input, int8_t *output,
                                            const msc_fully_connected_packed_s8_parameters *p, void *scratch,
                                            int32_t batches) {
    int8_t *results = output;

    for (int32_t n = 0; n < batches; n++) {
        const int8_t *vector = input;

        if (scratch) {
            memcpy(scratch, input, (uint32_t)p->inputs);
            vector = scratch;
        }
        msc_matrix_by_vector_s8(&p->matrix, vector, results);
        input += p->inputs;
        results += p->matrix.outputs;
    }
    msc_clamp_results_s8(output, batches * p->matrix.outputs, &p->matrix);
}
