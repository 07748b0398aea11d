/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/dot.h"
#include "msc/svdf.h"

/* Filter by filter: its new value enters the state, and the state, one step older, enters the unit's sum. */
MSC_KERNEL void msc_svdf_f32__portable(const float *input, float *state, float *output,
                                       const msc_svdf_f32_parameters *p) {
    const msc_svdf_sizes *sizes = &p->sizes;

    for (int32_t n = 0; n < sizes->batches; n++) {
        const float *feature = p->feature;
        const float *time = p->time;

        for (int32_t u = 0; u < sizes->units; u++) {
            float sum = p->bias ? p->bias[u] : 0.0f;

            for (int32_t r = 0; r < sizes->rank; r++) {
                for (int32_t t = 0; t < sizes->memory - 1; t++) {
                    state[t] = state[t + 1];
                }
                state[sizes->memory - 1] = msc_dot_f32(feature, input, sizes->inputs);
                sum += msc_dot_f32(time, state, sizes->memory);
                feature += sizes->inputs;
                state += sizes->memory;
                time += sizes->memory;
            }
            sum = sum < p->output_minimum ? p->output_minimum : sum;
            *output++ = sum > p->output_maximum ? p->output_maximum : sum;
        }
        input += sizes->inputs;
    }
}
