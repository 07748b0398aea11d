/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/depthwise_dsp.h"

/* A channel of a 3 by 3 window: for each row, its weights 0 and 1 and its weights 1 and 2, doubled. */
typedef struct {
    uint32_t weights[3][2];
    msc_depthwise_scale scale;
} msc_depthwise_3x3_channel;

/*
 * A row of four channels as four planes of int16, two pixels a word: the left padding, the pixels, and padding up to
 * `words` words a plane.
 */
static void msc_depthwise_unzip(const int8_t *row, const msc_depthwise_conv2d_s8_parameters *p, uint32_t *planes,
                                int32_t words) {
    const uint32_t zero = ((uint32_t)p->input_zero_point & 0xffffu) * 0x00010001u;
    uint32_t *const end = planes + words;
    const int32_t channels = p->channels;
    int32_t left = p->input_width;

    for (int32_t pad = p->pad_left; pad > 1; pad -= 2) {
        planes[0] = zero;
        planes[words] = zero;
        planes[2 * words] = zero;
        planes[3 * words] = zero;
        planes++;
    }
    if ((p->pad_left & 1) != 0) {
        const uint32_t even = msc_sxtb16(msc_read_word(row));
        const uint32_t odd = msc_sxtb16_ror8(msc_read_word(row));

        planes[0] = msc_pack_low(zero, even);
        planes[words] = msc_pack_low(zero, odd);
        planes[2 * words] = (zero & 0xffffu) | (even & 0xffff0000u);
        planes[3 * words] = (zero & 0xffffu) | (odd & 0xffff0000u);
        planes++;
        row += channels;
        left--;
    }
    while (left > 1) {
        const uint32_t first = msc_read_word(row);
        const uint32_t second = msc_read_word(&row[channels]);
        const uint32_t even = msc_sxtb16(first);
        const uint32_t odd = msc_sxtb16_ror8(first);
        const uint32_t next_even = msc_sxtb16(second);
        const uint32_t next_odd = msc_sxtb16_ror8(second);

        planes[0] = msc_pack_low(even, next_even);
        planes[words] = msc_pack_low(odd, next_odd);
        planes[2 * words] = msc_pack_high(even, next_even);
        planes[3 * words] = msc_pack_high(odd, next_odd);
        planes++;
        row += 2 * channels;
        left -= 2;
    }
    if (left > 0) {
        const uint32_t even = msc_sxtb16(msc_read_word(row));
        const uint32_t odd = msc_sxtb16_ror8(msc_read_word(row));

        planes[0] = msc_pack_low(even, zero);
        planes[words] = msc_pack_low(odd, zero);
        planes[2 * words] = msc_pack_high(even, zero);
        planes[3 * words] = msc_pack_high(odd, zero);
        planes++;
    }
    while (planes < end) {
        planes[0] = zero;
        planes[words] = zero;
        planes[2 * words] = zero;
        planes[3 * words] = zero;
        planes++;
    }
}

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/* A row of the window over four outputs: s0 to s3 are the sums so far, which the first row takes from the bias in s3. */
#define MSC_DEPTHWISE_ROW(offset, s0, s1, s2)                                                                          \
    "ldrd %[w01], %[w12], [%[channel], #" offset "]\n"                                                                 \
    "ldrd %[x], %[y], [%[plane]]\n"                                                                                    \
    "smlad %[s0], %[x], %[w01], %[" s0 "]\n"                                                                           \
    "smlatb %[s1], %[x], %[w01], %[" s1 "]\n"                                                                          \
    "ldr %[x], [%[plane], #8]\n"                                                                                       \
    "smlad %[s2], %[y], %[w01], %[" s2 "]\n"                                                                           \
    "smlatb %[s3], %[y], %[w01], %[s3]\n"                                                                              \
    "smlabt %[s0], %[y], %[w12], %[s0]\n"                                                                              \
    "smlad %[s1], %[y], %[w12], %[s1]\n"                                                                               \
    "smlabt %[s2], %[x], %[w12], %[s2]\n"                                                                              \
    "smlad %[s3], %[x], %[w12], %[s3]\n"

/* The same over two outputs: s0 and s1, the first row from the bias in s1. */
#define MSC_DEPTHWISE_END(offset, s0)                                                                                  \
    "ldrd %[w01], %[w12], [%[channel], #" offset "]\n"                                                                 \
    "ldrd %[x], %[y], [%[plane]]\n"                                                                                    \
    "smlad %[s0], %[x], %[w01], %[" s0 "]\n"                                                                           \
    "smlatb %[s1], %[x], %[w01], %[s1]\n"                                                                              \
    "smlabt %[s0], %[y], %[w12], %[s0]\n"                                                                              \
    "smlad %[s1], %[y], %[w12], %[s1]\n"

/* msc_depthwise_requantize, with the multiplier in w01, the offset in w12, the shift in x. */
#define MSC_DEPTHWISE_REQUANTIZE(sum)                                                                                  \
    "smmlar %[y], %[" sum "], %[w01], %[w12]\n"                                                                        \
    "add %[" sum "], %[y], %[" sum "], asr #31\n"                                                                      \
    "asr %[" sum "], %[" sum "], %[x]\n"                                                                               \
    "ssat %[" sum "], #8, %[" sum "]\n"

/* Four neighbouring outputs of a row, `channels` elements apart, of which `count` are written. */
static inline void msc_depthwise_3x3_tile(const uint32_t *plane, int32_t pitch, const msc_depthwise_3x3_channel *channel,
                                          int8_t *output, int32_t channels, int32_t count) {
    int32_t sum0;
    int32_t sum1;
    int32_t sum2;
    int32_t sum3;
    uint32_t x;
    uint32_t y;
    uint32_t weights01;
    uint32_t weights12;

    __asm__("ldr %[s3], [%[channel], #24]\n"
            MSC_DEPTHWISE_ROW("0", "s3", "s3", "s3")
            "add %[plane], %[plane], %[pitch], lsl #2\n"
            MSC_DEPTHWISE_ROW("8", "s0", "s1", "s2")
            "add %[plane], %[plane], %[pitch], lsl #2\n"
            MSC_DEPTHWISE_ROW("16", "s0", "s1", "s2")
            "ldrd %[w01], %[w12], [%[channel], #28]\n"
            "ldr %[x], [%[channel], #36]\n"
            MSC_DEPTHWISE_REQUANTIZE("s0") MSC_DEPTHWISE_REQUANTIZE("s1")
            MSC_DEPTHWISE_REQUANTIZE("s2") MSC_DEPTHWISE_REQUANTIZE("s3")
            : [s0] "=&r"(sum0), [s1] "=&r"(sum1), [s2] "=&r"(sum2), [s3] "=&r"(sum3), [x] "=&r"(x), [y] "=&r"(y),
              [w01] "=&r"(weights01), [w12] "=&r"(weights12), [plane] "+&r"(plane)
            : [channel] "r"(channel), [pitch] "r"(pitch)
            : "cc", "memory");
    output[0] = (int8_t)sum0;
    output[channels] = (int8_t)sum1;
    output[2 * channels] = (int8_t)sum2;
    if (count > 3) {
        output[3 * channels] = (int8_t)sum3;
    }
}

/* One or two outputs of a row. */
static inline void msc_depthwise_3x3_end(const uint32_t *plane, int32_t pitch, const msc_depthwise_3x3_channel *channel,
                                         int8_t *output, int32_t channels, int32_t count) {
    int32_t sum0;
    int32_t sum1;
    uint32_t x;
    uint32_t y;
    uint32_t weights01;
    uint32_t weights12;

    __asm__("ldr %[s1], [%[channel], #24]\n"
            MSC_DEPTHWISE_END("0", "s1")
            "add %[plane], %[plane], %[pitch], lsl #2\n"
            MSC_DEPTHWISE_END("8", "s0")
            "add %[plane], %[plane], %[pitch], lsl #2\n"
            MSC_DEPTHWISE_END("16", "s0")
            "ldrd %[w01], %[w12], [%[channel], #28]\n"
            "ldr %[x], [%[channel], #36]\n"
            MSC_DEPTHWISE_REQUANTIZE("s0") MSC_DEPTHWISE_REQUANTIZE("s1")
            : [s0] "=&r"(sum0), [s1] "=&r"(sum1), [x] "=&r"(x), [y] "=&r"(y), [w01] "=&r"(weights01),
              [w12] "=&r"(weights12), [plane] "+&r"(plane)
            : [channel] "r"(channel), [pitch] "r"(pitch)
            : "cc", "memory");
    output[0] = (int8_t)sum0;
    if (count > 1) {
        output[channels] = (int8_t)sum1;
    }
}

#else

static inline void msc_depthwise_3x3_tile(const uint32_t *plane, int32_t pitch, const msc_depthwise_3x3_channel *channel,
                                          int8_t *output, int32_t channels, int32_t count) {
    const msc_depthwise_scale scale = channel->scale;
    int32_t sum0 = scale.bias;
    int32_t sum1 = scale.bias;
    int32_t sum2 = scale.bias;
    int32_t sum3 = scale.bias;

    for (int32_t i = 0; i < 3; i++) {
        const uint32_t weights01 = channel->weights[i][0];
        const uint32_t weights12 = channel->weights[i][1];
        const uint32_t pixels01 = plane[0];
        const uint32_t pixels23 = plane[1];
        const uint32_t pixels45 = plane[2];

        sum0 = msc_smlad(pixels01, weights01, sum0);
        sum1 = msc_smlatb(pixels01, weights01, sum1);
        sum0 = msc_smlabt(pixels23, weights12, sum0);
        sum1 = msc_smlad(pixels23, weights12, sum1);
        sum2 = msc_smlad(pixels23, weights01, sum2);
        sum3 = msc_smlatb(pixels23, weights01, sum3);
        sum2 = msc_smlabt(pixels45, weights12, sum2);
        sum3 = msc_smlad(pixels45, weights12, sum3);
        plane += pitch;
    }
    output[0] = (int8_t)msc_depthwise_requantize(sum0, scale.multiplier, scale.offset, scale.shift);
    output[channels] = (int8_t)msc_depthwise_requantize(sum1, scale.multiplier, scale.offset, scale.shift);
    output[2 * channels] = (int8_t)msc_depthwise_requantize(sum2, scale.multiplier, scale.offset, scale.shift);
    if (count > 3) {
        output[3 * channels] = (int8_t)msc_depthwise_requantize(sum3, scale.multiplier, scale.offset, scale.shift);
    }
}

static inline void msc_depthwise_3x3_end(const uint32_t *plane, int32_t pitch, const msc_depthwise_3x3_channel *channel,
                                         int8_t *output, int32_t channels, int32_t count) {
    const msc_depthwise_scale scale = channel->scale;
    int32_t sum0 = scale.bias;
    int32_t sum1 = scale.bias;

    for (int32_t i = 0; i < 3; i++) {
        const uint32_t weights01 = channel->weights[i][0];
        const uint32_t weights12 = channel->weights[i][1];
        const uint32_t pixels01 = plane[0];
        const uint32_t pixels23 = plane[1];

        sum0 = msc_smlad(pixels01, weights01, sum0);
        sum1 = msc_smlatb(pixels01, weights01, sum1);
        sum0 = msc_smlabt(pixels23, weights12, sum0);
        sum1 = msc_smlad(pixels23, weights12, sum1);
        plane += pitch;
    }
    output[0] = (int8_t)msc_depthwise_requantize(sum0, scale.multiplier, scale.offset, scale.shift);
    if (count > 1) {
        output[channels] = (int8_t)msc_depthwise_requantize(sum1, scale.multiplier, scale.offset, scale.shift);
    }
}

#endif

/* All rows of one channel; `pitch` is the distance between rows of a plane. */
static void msc_depthwise_3x3_plane(const uint32_t *plane, int32_t pitch, const msc_depthwise_3x3_channel *channel,
                                    int8_t *output, const msc_depthwise_conv2d_s8_parameters *p, int32_t row_count) {
    const int32_t channels = p->channels;

    for (int32_t y = 0; y < row_count; y++) {
        const uint32_t *at = plane;
        int32_t left = p->output_width;

        while (left > 2) {
            msc_depthwise_3x3_tile(at, pitch, channel, output, channels, left);
            output += 4 * channels;
            at += 2;
            left -= 4;
        }
        if (left > 0) {
            msc_depthwise_3x3_end(at, pitch, channel, output, channels, left);
        }
        output += left * channels;
        plane += pitch;
    }
}

/* The weights of a channel, each row as pairs. */
static void msc_depthwise_3x3_weights(msc_depthwise_3x3_channel *channel,
                                      const msc_depthwise_conv2d_s8_parameters *p, int32_t c) {
    const int8_t *weight = &p->weights[c];

    for (int32_t i = 0; i < 3; i++) {
        const int32_t weight0 = (weight[0] - p->weights_zero_point) * 2;
        const int32_t weight1 = (weight[p->channels] - p->weights_zero_point) * 2;
        const int32_t weight2 = (weight[2 * p->channels] - p->weights_zero_point) * 2;

        channel->weights[i][0] = msc_pack_low((uint32_t)weight0, (uint32_t)weight1);
        channel->weights[i][1] = msc_pack_low((uint32_t)weight1, (uint32_t)weight2);
        weight += 3 * p->channels;
    }
    channel->scale = msc_depthwise_scale_of(p, c);
}

/*
 * 3 by 3 windows of stride 1, four channels at a time: their rows are unzipped into planes of int16, so that one
 * multiplication serves two neighbouring pixels. Scratch: (row_count + 2) * 4 * (output_width / 2 + 2) words at most.
 */
MSC_KERNEL void msc_depthwise_conv2d_3x3_s8__dsp(const int8_t *const *rows, int8_t *output,
                                                 const msc_depthwise_conv2d_s8_parameters *p, void *scratch,
                                                 int32_t row_count) {
    uint32_t *const planes = (uint32_t *)scratch;
    const int32_t words = (p->output_width + 3) / 2;

    for (int32_t c = 0; c < p->channels; c += 4) {
        /* The last four overlap those before where channels are not a multiple of 4. */
        const int32_t first = c < p->channels - 4 ? c : p->channels - 4;

        for (int32_t y = 0; y < row_count + 2; y++) {
            msc_depthwise_unzip(&(y < 2 ? rows[y] : rows[3 * y - 4])[first], p, &planes[y * 4 * words], words);
        }
        for (int32_t i = 0; i < 4; i++) {
            msc_depthwise_3x3_channel channel;

            msc_depthwise_3x3_weights(&channel, p, first + i);
            msc_depthwise_3x3_plane(&planes[i * words], 4 * words, &channel, &output[first + i], p, row_count);
        }
    }
    msc_depthwise_clamp(output, row_count * p->output_width * p->channels, p->output_minimum, p->output_maximum);
}
