/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/dot.h"
#include "msc/requantize.h"
#include "msc/svdf.h"

/* Filter by filter: its new value enters the state, and the state, one step older, enters the unit's sum. */
MSC_KERNEL void msc_svdf_s8__portable(const int8_t *input, int8_t *state, int8_t *output,
                                      const msc_svdf_s8_parameters *p) {
    const msc_svdf_sizes *sizes = &p->sizes;

    for (int32_t n = 0; n < sizes->batches; n++) {
        const int8_t *feature = p->feature;
        const int32_t *feature_bias = p->feature_bias;
        const int8_t *time = p->time;

        for (int32_t u = 0; u < sizes->units; u++) {
            uint32_t sum = (uint32_t)p->result.bias[u];
            int32_t value;

            for (int32_t r = 0; r < sizes->rank; r++) {
                value = msc_dot_s8(feature, input, sizes->inputs, *feature_bias);
                value = msc_requantize(value, p->feature_multiplier, p->feature_shift);
                /* The zero point may carry a saturated value out of the range: it wraps around, as in the reference. */
                value = msc_clamp(value, -128, 127) + p->state_zero_point;
                for (int32_t t = 0; t < sizes->memory - 1; t++) {
                    state[t] = state[t + 1];
                    sum += (uint32_t)(state[t] * time[t]);
                }
                state[sizes->memory - 1] = (int8_t)value;
                sum += (uint32_t)(state[sizes->memory - 1] * time[sizes->memory - 1]);
                feature += sizes->inputs;
                feature_bias++;
                state += sizes->memory;
                time += sizes->memory;
            }
            value = msc_requantize((int32_t)sum, p->result.multiplier, p->result.shift) + p->result.output_zero_point;
            *output++ = (int8_t)msc_clamp(value, -128, 127);
        }
        input += sizes->inputs;
    }
}
