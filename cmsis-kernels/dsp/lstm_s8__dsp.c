/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "msc/dsp.h"
#include "msc/lstm.h"
#include "msc/lstm_cell.h"

/* int8 elements as int16, two a word: 0 and 2, 1 and 3 of every four; zeros fill the last four. Returns the end. */
static uint32_t *msc_lstm_expand_s8(uint32_t *columns, const int8_t *elements, int32_t count) {
    for (; count >= 4; count -= 4) {
        const uint32_t word = msc_read_word(elements);

        columns[0] = msc_sxtb16(word);
        columns[1] = msc_sxtb16_ror8(word);
        columns += 2;
        elements += 4;
    }
    if (count > 0) {
        uint32_t word = 0;

        memcpy(&word, elements, (uint32_t)count);
        columns[0] = msc_sxtb16(word);
        columns[1] = msc_sxtb16_ror8(word);
        columns += 2;
    }
    return columns;
}

/* What msc_requantize gives for half of `twice`, which is even, and a shift to the right by 1 or more. */
static inline int32_t msc_lstm_requantize(int32_t twice, int32_t multiplier, int32_t shift) {
    const int32_t high = msc_smmulr(twice, multiplier);

    return (high + (high >> 31) + (1 << (shift - 1))) >> shift;
}

/* A gate from its doubled sums. */
static inline int32_t msc_lstm_gate_s16(int32_t input, int32_t recurrent, const msc_lstm_gate *gate) {
    return msc_lstm_add_s16(msc_lstm_requantize(input, gate->input_multiplier, gate->input_shift),
                            msc_lstm_requantize(recurrent, gate->recurrent_multiplier, gate->recurrent_shift));
}

/*
 * Sums of the four gates of one unit over the columns up to `end`, doubled: `sums` has the first S and A of two gates,
 * then of the other two. Returns the weights behind.
 */
static inline const uint32_t *msc_lstm_sum_s8(int32_t *twice, const int32_t *sums, const uint32_t *weights,
                                              const uint32_t *columns, const uint32_t *end) {
    int32_t s_first = sums[0];
    int32_t a_first = sums[1];
    int32_t s_second = sums[2];
    int32_t a_second = sums[3];

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__) && defined(__OPTIMIZE__)
    /* 17 instructions for 16 products; gcc takes 20 for the M7 and 23 for the M4 */
    uint32_t even;
    uint32_t odd;
    uint32_t first;
    uint32_t second;

    __asm__ volatile("1:\n"
                     "ldrd %[even], %[odd], [%[columns]], #8\n"
                     "ldrd %[first], %[second], [%[weights]], #8\n"
                     "smlad %[s_first], %[first], %[even], %[s_first]\n"
                     "smlad %[s_second], %[second], %[even], %[s_second]\n"
                     "sxtb16 %[first], %[first]\n"
                     "sxtb16 %[second], %[second]\n"
                     "smlad %[a_first], %[first], %[even], %[a_first]\n"
                     "smlad %[a_second], %[second], %[even], %[a_second]\n"
                     "ldrd %[first], %[second], [%[weights]], #8\n"
                     "smlad %[s_first], %[first], %[odd], %[s_first]\n"
                     "smlad %[s_second], %[second], %[odd], %[s_second]\n"
                     "sxtb16 %[first], %[first]\n"
                     "sxtb16 %[second], %[second]\n"
                     "smlad %[a_first], %[first], %[odd], %[a_first]\n"
                     "smlad %[a_second], %[second], %[odd], %[a_second]\n"
                     "cmp %[columns], %[end]\n"
                     "bne 1b\n"
                     : [columns] "+&r"(columns), [weights] "+&r"(weights), [s_first] "+&r"(s_first),
                       [a_first] "+&r"(a_first), [s_second] "+&r"(s_second), [a_second] "+&r"(a_second),
                       [even] "=&r"(even), [odd] "=&r"(odd), [first] "=&r"(first), [second] "=&r"(second)
                     : [end] "r"(end)
                     : "cc", "memory");
#else
    do {
        const uint32_t even = columns[0];
        const uint32_t odd = columns[1];
        const uint32_t first_even = weights[0];
        const uint32_t second_even = weights[1];
        const uint32_t first_odd = weights[2];
        const uint32_t second_odd = weights[3];

        s_first = msc_smlad(first_even, even, s_first);
        a_first = msc_smlad(msc_sxtb16(first_even), even, a_first);
        s_second = msc_smlad(second_even, even, s_second);
        a_second = msc_smlad(msc_sxtb16(second_even), even, a_second);
        s_first = msc_smlad(first_odd, odd, s_first);
        a_first = msc_smlad(msc_sxtb16(first_odd), odd, a_first);
        s_second = msc_smlad(second_odd, odd, s_second);
        a_second = msc_smlad(msc_sxtb16(second_odd), odd, a_second);
        columns += 2;
        weights += 4;
    } while (columns != end);
#endif
    twice[0] = 2 * a_first;
    twice[1] = (int32_t)((uint32_t)s_first - (uint32_t)a_first) >> 7;
    twice[2] = 2 * a_second;
    twice[3] = (int32_t)((uint32_t)s_second - (uint32_t)a_second) >> 7;
    return weights;
}

/* Unit by unit, step by step. A step's hidden state is gathered in the output, because all units read the last one. */
MSC_KERNEL void msc_lstm_s8__dsp(const int8_t *input, int8_t *hidden, int16_t *cell, int8_t *output,
                                 const msc_lstm_packed_s8_parameters *p, void *scratch) {
    const int32_t inputs = p->sizes.inputs;
    const int32_t units = p->sizes.units;
    uint32_t *columns = scratch;

    for (int32_t n = 0; n < p->sizes.batches; n++) {
        for (int32_t t = 0; t < p->sizes.steps; t++) {
            const int32_t row = t * p->sizes.step_rows + n * p->sizes.batch_rows;
            uint32_t *recurrent = msc_lstm_expand_s8(columns, &input[row * inputs], inputs);
            const uint32_t *end = msc_lstm_expand_s8(recurrent, hidden, units);
            const uint32_t *weights = p->weights;
            const int32_t *sums = p->sums;

            for (int32_t u = 0; u < units; u++) {
                int32_t from_input[4];
                int32_t from_hidden[4];
                int32_t gates[4];

                weights = msc_lstm_sum_s8(from_input, sums, weights, columns, recurrent);
                weights = msc_lstm_sum_s8(from_hidden, sums + 4, weights, recurrent, end);
                gates[0] = msc_lstm_gate_s16(from_input[0], from_hidden[0], &p->gates[0]);
                gates[1] = msc_lstm_gate_s16(from_input[1], from_hidden[1], &p->gates[1]);
                gates[2] = msc_lstm_gate_s16(from_input[2], from_hidden[2], &p->gates[2]);
                gates[3] = msc_lstm_gate_s16(from_input[3], from_hidden[3], &p->gates[3]);
                output[row * units + u] = msc_lstm_update_s8(gates, &cell[u], &p->cell);
                sums += 8;
            }
            memcpy(hidden, &output[row * units], (uint32_t)units);
        }
        hidden += units;
        cell += units;
    }
}
