/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/depthwise_3x3.h"
#include "msc/depthwise_3x3_by_6.h"
#include "msc/depthwise_dsp.h"
#include "msc/depthwise_unzip.h"

/* Weights less their zero point, doubled. */
static inline uint32_t msc_depthwise_doubled(uint32_t weights, uint32_t zero) {
    const uint32_t difference = msc_ssub16(weights, zero);

    return msc_sadd16(difference, difference);
}

/* The pairs of weights of four channels, one behind the other. */
static inline void msc_depthwise_3x3_weights(uint32_t *words, const msc_depthwise_conv2d_s8_parameters *p,
                                             const int8_t *weights) {
    const uint32_t zero = msc_pack_low((uint32_t)p->weights_zero_point, (uint32_t)p->weights_zero_point);

    for (int32_t i = 0; i < 3; i++) {
        const uint32_t word0 = msc_read_word(weights);
        const uint32_t word1 = msc_read_word(&weights[p->channels]);
        const uint32_t word2 = msc_read_word(&weights[2 * p->channels]);
        const uint32_t even0 = msc_depthwise_doubled(msc_sxtb16(word0), zero);
        const uint32_t even1 = msc_depthwise_doubled(msc_sxtb16(word1), zero);
        const uint32_t even2 = msc_depthwise_doubled(msc_sxtb16(word2), zero);
        const uint32_t odd0 = msc_depthwise_doubled(msc_sxtb16_ror8(word0), zero);
        const uint32_t odd1 = msc_depthwise_doubled(msc_sxtb16_ror8(word1), zero);
        const uint32_t odd2 = msc_depthwise_doubled(msc_sxtb16_ror8(word2), zero);

        words[0] = msc_pack_low(even0, even1);
        words[1] = msc_pack_low(even1, even2);
        words[6] = msc_pack_low(odd0, odd1);
        words[7] = msc_pack_low(odd1, odd2);
        words[12] = msc_pack_high(even0, even1);
        words[13] = msc_pack_high(even1, even2);
        words[18] = msc_pack_high(odd0, odd1);
        words[19] = msc_pack_high(odd1, odd2);
        words += 2;
        weights += 3 * p->channels;
    }
}

/* All outputs of a channel, groups of columns from top to bottom; `pitch` are the bytes from row to row of a plane. */
static void msc_depthwise_3x3_plane(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                    int32_t pitch, const msc_depthwise_conv2d_s8_parameters *p, int32_t row_count) {
    const int32_t channels = p->channels;
    int32_t left = p->output_width;

#if !defined(__OPTIMIZE_SIZE__)
    if (p->stride == 1) {
        /* eight are made in two fours */
        for (; left >= 5 && left != 8; left -= 6) {
            channel->rows = row_count;
            channel->last = left == 5 ? 0 : channels;
            msc_depthwise_3x3_by_6(channel, plane, output, pitch);
            plane += 3;
            output += 6 * channels;
        }
    }
#endif
    for (; left >= 4; left -= 4) {
        channel->rows = row_count;
        if (p->stride == 1) {
            msc_depthwise_3x3_by_4_stride_1(channel, plane, output, pitch, channels);
            plane += 2;
        } else {
            msc_depthwise_3x3_by_4_stride_2(channel, plane, output, pitch, channels);
            plane += 4;
        }
        output += 4 * channels;
    }
    if (left >= 2) {
        channel->rows = row_count;
        if (p->stride == 1) {
            msc_depthwise_3x3_by_2_stride_1(channel, plane, output, pitch, channels);
            plane += 1;
        } else {
            msc_depthwise_3x3_by_2_stride_2(channel, plane, output, pitch, channels);
            plane += 2;
        }
        output += 2 * channels;
    }
    if (left > 0 && (left & 1) != 0) {
        channel->rows = row_count;
        msc_depthwise_3x3_by_1(channel, plane, output, pitch, (p->stride - 2) * pitch);
    }
}

/* What follows the weights of channel c. */
static inline void msc_depthwise_3x3_finish(msc_depthwise_3x3_channel *channel,
                                            const msc_depthwise_conv2d_s8_parameters *p, int32_t c) {
    channel->scale = msc_depthwise_scale_of(p, c);
    channel->scale.shift |= p->output_zero_point == -128 ? 0 : INT32_MIN;
    channel->output_step = p->output_width * p->channels;
    channel->pixel = p->channels;
}

/*
 * 3 by 3 windows of stride 1 or 2, four channels at a time: their rows are unzipped into planes of int16, so that one
 * multiplication serves two neighbouring pixels. Scratch: for each of the stride * (row_count - 1) + 3 rows of the
 * input four planes, of (output_width + 3) / 2 words for stride 1, of output_width + 2 words for stride 2.
 * Windows share rows: each row is left in `rows` once.
 * Where channels are a multiple of 4, all rows of four channels are read before any result of these four is written, and
 * writing them touches no byte of others; what an activation clamps is clamped after all rows were read.
 */
MSC_KERNEL void msc_depthwise_conv2d_3x3_s8__dsp(const int8_t **rows, int8_t *output,
                                                 const msc_depthwise_conv2d_s8_parameters *p, void *scratch,
                                                 int32_t row_count) {
    const int32_t words = p->stride == 1 ? (p->output_width + 3) / 2 : p->output_width + 2;
    const int32_t has_first = p->pad_left & 1;
    const int32_t input_rows = p->stride * (row_count - 1) + 3;
    uint32_t *const planes = (uint32_t *)scratch;
    msc_depthwise_unzipping how;
    /* of three channels the weights alone: see msc_depthwise_3x3_channel */
    uint32_t four[3 * 6 + sizeof(msc_depthwise_3x3_channel) / sizeof(uint32_t)];

    for (int32_t i = 0; i < input_rows; i++) {
        const int32_t y = i / p->stride < row_count ? i / p->stride : row_count - 1;

        rows[i] = rows[3 * y + i - y * p->stride];
    }
    how.pairs = (p->input_width - has_first) / 2;
    how.edges = has_first + 2 * ((p->input_width - has_first) & 1);
    how.zero = msc_pack_low((uint32_t)p->input_zero_point, (uint32_t)p->input_zero_point);
    how.row_step = 16 * words - 4 * (has_first + how.pairs);
    how.end = &rows[input_rows];
    for (int32_t i = 0; i < input_rows * 4; i++) {
        for (int32_t word = 0; word < p->pad_left / 2; word++) {
            planes[i * words + word] = how.zero;
        }
        for (int32_t word = (p->pad_left + p->input_width + 1) / 2; word < words; word++) {
            planes[i * words + word] = how.zero;
        }
    }
    for (int32_t c = 0; c < p->channels; c += 4) {
        /* The last four overlap those before where channels are not a multiple of 4. */
        how.channel = c < p->channels - 4 ? c : p->channels - 4;
        msc_depthwise_unzip(rows, &how, p->channels, &planes[p->pad_left / 2], words);
        msc_depthwise_3x3_weights(four, p, &p->weights[how.channel]);
        for (int32_t i = 3; i >= 0; i--) {
            msc_depthwise_3x3_channel *const channel = (msc_depthwise_3x3_channel *)(void *)&four[6 * i];

            msc_depthwise_3x3_finish(channel, p, how.channel + i);
            msc_depthwise_3x3_plane(channel, &planes[i * words], &output[how.channel + i], 16 * words, p, row_count);
        }
    }
    msc_depthwise_clamp(output, row_count * p->output_width * p->channels, p->output_minimum, p->output_maximum);
}
