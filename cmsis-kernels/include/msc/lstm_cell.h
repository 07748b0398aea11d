/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to one unit of an int8 lstm once its gates are summed up. */
#ifndef MSC_LSTM_CELL_H
#define MSC_LSTM_CELL_H

#include "msc/lstm.h"
#include "msc/requantize.h"
#include "msc/sigmoid_s16.h"

#if defined(__ARM_FEATURE_SAT) && __ARM_FEATURE_SAT

static inline int32_t msc_saturate_s16(int32_t value) {
    int32_t result;

    __asm__("ssat %0, #16, %1" : "=r"(result) : "r"(value));
    return result;
}

#else

static inline int32_t msc_saturate_s16(int32_t value) {
    return msc_clamp(value, -32768, 32767);
}

#endif

/* The two sums of a gate, each with 12 fractional bits, as int16. */
static inline int32_t msc_lstm_add_s16(int32_t input, int32_t recurrent) {
    return msc_saturate_s16(msc_saturate_s16(input) + msc_saturate_s16(recurrent));
}

/* product / 2^bits, rounded as msc_requantize does with a multiplier of 1/2; bits 15 to 30. */
static inline int32_t msc_lstm_scale_s16(int32_t product, int32_t bits) {
    const int32_t half = (product + 1) >> 1;

    return msc_saturate_s16((half + (half >> 31) + (1 << (bits - 2))) >> (bits - 1));
}

/* Updates a unit's cell state by its gates (input, forget, cell, output) and returns its new hidden state. */
static inline int8_t msc_lstm_update_s8(const int32_t *gates, int16_t *cell, const msc_lstm_cell *p) {
    const int32_t kept = msc_lstm_scale_s16(msc_logistic_s16(gates[1]) * *cell, 15);
    const int32_t added = msc_lstm_scale_s16(msc_logistic_s16(gates[0]) * msc_tanh_s16(3 * gates[2]), p->added_bits);
    const int32_t state = msc_clamp(kept + added, p->minimum, p->maximum);
    const int32_t argument = (state * p->tanh_multiplier + ((1 << p->tanh_shift) >> 1)) >> p->tanh_shift;
    const int32_t product = msc_logistic_s16(gates[3]) * msc_tanh_s16(argument);
    const int32_t hidden = msc_requantize(product, p->hidden_multiplier, p->hidden_shift) + p->hidden_zero_point;

    *cell = (int16_t)state;
    return (int8_t)msc_clamp(hidden, -128, 127);
}

#endif
