/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/dsp.h"
#include "msc/dsp_bytes.h"
#include "msc/requantize.h"
#include "msc/svdf.h"

/* sum + products of four int8 and four int8, modulo 2^32 */
static inline int32_t msc_svdf_multiply_four(uint32_t a, uint32_t b, int32_t sum) {
    sum = msc_smlad(msc_sxtb16(a), msc_sxtb16(b), sum);
    return msc_smlad(msc_sxtb16_ror8(a), msc_sxtb16_ror8(b), sum);
}

/* What msc_requantize gives for sums below 2^30 and a shift to the right by 1 or more. */
static inline int32_t msc_svdf_requantize(int32_t sum, int32_t multiplier, int32_t shift) {
    const int32_t high = msc_smmulr(2 * sum, multiplier);

    return (high + (high >> 31) + (1 << (shift - 1))) >> shift;
}

/* Adds the products of the input with two rows of weights, `second` apart, to two sums. */
static inline void msc_svdf_features(const int8_t *input, const int8_t *weights, int32_t inputs, int32_t second,
                                     int32_t *sums) {
    int32_t sum_0 = sums[0];
    int32_t sum_1 = sums[1];

    for (; inputs >= 4; inputs -= 4) {
        const uint32_t word = msc_read_word(input);
        const uint32_t even = msc_sxtb16(word);
        const uint32_t odd = msc_sxtb16_ror8(word);
        const uint32_t weights_0 = msc_read_word(weights);
        const uint32_t weights_1 = msc_read_word(weights + second);

        sum_0 = msc_smlad(msc_sxtb16(weights_0), even, sum_0);
        sum_1 = msc_smlad(msc_sxtb16(weights_1), even, sum_1);
        sum_0 = msc_smlad(msc_sxtb16_ror8(weights_0), odd, sum_0);
        sum_1 = msc_smlad(msc_sxtb16_ror8(weights_1), odd, sum_1);
        input += 4;
        weights += 4;
    }
    for (; inputs > 0; inputs--) {
        sum_0 += *input * weights[0];
        sum_1 += *input * weights[second];
        input++;
        weights++;
    }
    sums[0] = sum_0;
    sums[1] = sum_1;
}

/* Moves the values of one filter by a step, appends `newest`, and adds their products with the weights. */
static inline int32_t msc_svdf_filter(int8_t *state, const int8_t *time, int32_t memory, int32_t newest, int32_t sum) {
    for (; memory > 4; memory -= 4) {
        const uint32_t word = msc_read_word(state + 1);

        msc_write_word(state, word);
        sum = msc_svdf_multiply_four(word, msc_read_word(time), sum);
        state += 4;
        time += 4;
    }
    if (memory == 4) {
        const uint32_t word = msc_read_word(state) >> 8 | (uint32_t)newest << 24;

        msc_write_word(state, word);
        return msc_svdf_multiply_four(word, msc_read_word(time), sum);
    }
    for (; memory > 1; memory--) {
        state[0] = state[1];
        sum = (int32_t)((uint32_t)sum + (uint32_t)(*state++ * *time++));
    }
    *state = (int8_t)newest;
    return (int32_t)((uint32_t)sum + (uint32_t)(*state * *time));
}

/* Two filters at a time, over all units; four steps of each at a time. */
MSC_KERNEL void msc_svdf_s8__dsp(const int8_t *input, int8_t *state, int8_t *output, const msc_svdf_s8_parameters *p) {
    const msc_svdf_sizes *sizes = &p->sizes;
    const int32_t filters = sizes->units * sizes->rank;

    for (int32_t n = 0; n < sizes->batches; n++) {
        const int8_t *time = p->time;
        const int32_t *bias = p->result.bias;
        int32_t left = sizes->rank;
        int32_t sum = *bias;

        for (int32_t f = 0; f < filters; f += 2) {
            const int32_t count = filters - f < 2 ? 1 : 2;
            int32_t features[2] = {p->feature_bias[f], p->feature_bias[f + count - 1]};

            /* A last filter alone stands for a second one too. */
            msc_svdf_features(input, &p->feature[f * sizes->inputs], sizes->inputs, (count - 1) * sizes->inputs,
                              features);
            for (int32_t k = 0; k < count; k++) {
                const int32_t value = msc_svdf_requantize(features[k], p->feature_multiplier, -p->feature_shift);

                /* The zero point may carry a saturated value out of the range: it wraps around, as in the reference. */
                sum = msc_svdf_filter(state, time, sizes->memory, msc_ssat8(value) + p->state_zero_point, sum);
                state += sizes->memory;
                time += sizes->memory;
                left--;
                if (left == 0) {
                    sum = msc_requantize(sum, p->result.multiplier, p->result.shift) + p->result.output_zero_point;
                    *output++ = (int8_t)msc_ssat8(sum);
                    left = sizes->rank;
                    bias++;
                    sum = f + k + 1 < filters ? *bias : 0;
                }
            }
        }
        input += sizes->inputs;
    }
}
