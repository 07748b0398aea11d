/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "msc/lstm.h"
#include "msc/lstm_cell.h"

/* sum + a[0] * b[0] + ... of count elements */
static int32_t msc_lstm_dot_s8(const int8_t *a, const int8_t *b, int32_t count, int32_t sum) {
    for (int32_t i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* Unit by unit, step by step. A step's hidden state is gathered in the output, because all units read the last one. */
MSC_KERNEL void msc_lstm_s8__portable(const int8_t *input, int8_t *hidden, int16_t *cell, int8_t *output,
                                      const msc_lstm_s8_parameters *p) {
    const int32_t inputs = p->sizes.inputs;
    const int32_t units = p->sizes.units;

    for (int32_t n = 0; n < p->sizes.batches; n++) {
        for (int32_t t = 0; t < p->sizes.steps; t++) {
            const int32_t row = t * p->sizes.step_rows + n * p->sizes.batch_rows;

            for (int32_t u = 0; u < units; u++) {
                int32_t gates[4];

                for (int32_t g = 0; g < 4; g++) {
                    const msc_lstm_gate *gate = &p->gates[g];
                    const int32_t i = 4 * u + g;
                    const int32_t sum =
                        msc_lstm_dot_s8(&p->weights[i * inputs], &input[row * inputs], inputs, p->biases[i]);
                    const int32_t recurrent =
                        msc_lstm_dot_s8(&p->recurrent_weights[i * units], hidden, units, p->recurrent_biases[i]);

                    gates[g] =
                        msc_lstm_add_s16(msc_requantize(sum, gate->input_multiplier, gate->input_shift),
                                         msc_requantize(recurrent, gate->recurrent_multiplier, gate->recurrent_shift));
                }
                output[row * units + u] = msc_lstm_update_s8(gates, &cell[u], &p->cell);
            }
            memcpy(hidden, &output[row * units], (uint32_t)units);
        }
        hidden += units;
        cell += units;
    }
}
