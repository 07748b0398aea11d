/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "msc/lstm.h"

/* a[0] * b[0] + ... of count elements */
static float msc_lstm_dot_f32(const float *a, const float *b, int32_t count) {
    float sum = 0.0f;

    for (int32_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

static float msc_lstm_logistic_f32(float x) {
    return 1.0f / (1.0f + expf(-x));
}

/* Unit by unit, step by step. A step's hidden state is gathered in the output, because all units read the last one. */
MSC_KERNEL void msc_lstm_f32__portable(const float *input, float *hidden, float *cell, float *output,
                                       const msc_lstm_f32_parameters *p) {
    const int32_t inputs = p->sizes.inputs;
    const int32_t units = p->sizes.units;

    for (int32_t n = 0; n < p->sizes.batches; n++) {
        for (int32_t t = 0; t < p->sizes.steps; t++) {
            const int32_t row = t * p->sizes.step_rows + n * p->sizes.batch_rows;

            for (int32_t u = 0; u < units; u++) {
                float gates[4];
                float state;

                for (int32_t g = 0; g < 4; g++) {
                    const float sum = msc_lstm_dot_f32(&p->weights[g][u * inputs], &input[row * inputs], inputs);

                    gates[g] = sum + p->biases[g][u] +
                               msc_lstm_dot_f32(&p->recurrent_weights[g][u * units], hidden, units);
                }
                state = msc_lstm_logistic_f32(gates[1]) * cell[u] + msc_lstm_logistic_f32(gates[0]) * tanhf(gates[2]);
                if (p->cell_clip > 0.0f) {
                    state = state < p->cell_clip ? state : p->cell_clip;
                    state = state > -p->cell_clip ? state : -p->cell_clip;
                }
                cell[u] = state;
                output[row * units + u] = msc_lstm_logistic_f32(gates[3]) * tanhf(state);
            }
            memcpy(hidden, &output[row * units], (uint32_t)units * sizeof(float));
        }
        hidden += units;
        cell += units;
    }
}
