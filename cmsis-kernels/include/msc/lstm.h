/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_LSTM_H
#define MSC_LSTM_H

#include "msc/base.h"

/* Rows of the input and of the output are numbered in the order of memory: a row is a step of a sequence. */
typedef struct {
    int32_t steps;
    int32_t batches;
    int32_t inputs;
    int32_t units;
    int32_t step_rows;  /* from a step to the next */
    int32_t batch_rows; /* from a sequence to the next */
} msc_lstm_sizes;

/* From the sums of a gate to 12 fractional bits: multipliers with 31 fractional bits, shifts to the left if positive. */
typedef struct {
    int32_t input_multiplier;
    int32_t input_shift;
    int32_t recurrent_multiplier;
    int32_t recurrent_shift;
} msc_lstm_gate;

/* How the states go on. The cell state is an int16. */
typedef struct {
    int32_t added_bits; /* 30 - fractional bits of the cell state */
    int32_t minimum;    /* of the cell state */
    int32_t maximum;
    int32_t tanh_multiplier; /* from the cell state to the argument of tanh, and then to the right */
    int32_t tanh_shift;
    int32_t hidden_multiplier;
    int32_t hidden_shift;
    int32_t hidden_zero_point;
} msc_lstm_cell;

/* Gates are ordered input, forget, cell, output. Zero points are folded into the biases. */
typedef struct {
    msc_lstm_sizes sizes;
    msc_lstm_cell cell;
    msc_lstm_gate gates[4];
    const int8_t *weights;           /* [units, 4, inputs] */
    const int8_t *recurrent_weights; /* [units, 4, units] */
    const int32_t *biases;           /* [units, 4] */
    const int32_t *recurrent_biases; /* [units, 4] */
} msc_lstm_s8_parameters;

/*
 * Weights of two gates in a halfword, 256 b + a: one multiplication serves both. With S = sum of (256 b + a) x and
 * A = sum of a x, both modulo 2^32, the sum of b x is (S - A) / 256; it was checked offline to fit 24 bits. All shifts
 * of the gates are to the right, given positive.
 */
typedef struct {
    msc_lstm_sizes sizes;
    msc_lstm_cell cell;
    msc_lstm_gate gates[4];
    /*
     * For every unit the columns of the input, then those of the hidden state, each filled up to a multiple of 4. For
     * columns 0 and 2 of four a word of gates input and forget and one of cell and output; then for columns 1 and 3.
     */
    const uint32_t *weights;
    /* For every unit the first S and A of gates input and forget, of cell and output; the same for the hidden state. */
    const int32_t *sums;
} msc_lstm_packed_s8_parameters;

typedef struct {
    msc_lstm_sizes sizes;
    const float *weights[4]; /* [units, inputs] */
    const float *recurrent_weights[4];
    const float *biases[4];
    float cell_clip; /* none if 0 */
} msc_lstm_f32_parameters;

/* States go on from what they are: [batches, units]. */
MSC_KERNEL void msc_lstm_s8__portable(const int8_t *input, int8_t *hidden, int16_t *cell, int8_t *output,
                                      const msc_lstm_s8_parameters *p);
/* Scratch: the columns of a step as int16. */
MSC_KERNEL void msc_lstm_s8__dsp(const int8_t *input, int8_t *hidden, int16_t *cell, int8_t *output,
                                 const msc_lstm_packed_s8_parameters *p, void *scratch);
MSC_KERNEL void msc_lstm_f32__portable(const float *input, float *hidden, float *cell, float *output,
                                       const msc_lstm_f32_parameters *p);

#endif
