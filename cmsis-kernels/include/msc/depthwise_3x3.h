/* SPDX-License-Identifier: Apache-2.0 */
/* Outputs of a 3 by 3 window over a plane of int16, one, two or four columns from top to bottom. */
#ifndef MSC_DEPTHWISE_3X3_H
#define MSC_DEPTHWISE_3X3_H

#include "msc/depthwise_dsp.h"

/*
 * A channel, and how its outputs are made row by row. The assembly knows the offsets on the right. The weights of the
 * next channel may lie behind those of this one: the rest is filled in when their turn is over, from the last to the first.
 */
typedef struct {
    uint32_t weights[6];       /* 0: for each row of the window weights 0 and 1, then 1 and 2, doubled */
    msc_depthwise_scale scale; /* 24: the shift is negative if ties of negative results matter */
    int32_t output_step;       /* 40: elements from row to row of the output */
    int32_t rows;              /* 44: rows left */
    int32_t pixel;             /* 48: elements from pixel to pixel of the output */
    int32_t last;              /* 52: of six outputs, elements from the fifth to the sixth; 0 if there are five */
} msc_depthwise_3x3_channel;

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/*
 * A row of the window over four outputs of stride 1: w01 and w12 are the weights, x and y two pixels each, s0 to s3 the
 * sums. The first row finds the bias in s3.
 */
#define MSC_DEPTHWISE_BY_4_STRIDE_1(at, s0, s1, s2)                                                                    \
    "ldrd %[w01], %[w12], [%[channel], #" at "]\n"                                                                     \
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

/* The same of stride 2. */
#define MSC_DEPTHWISE_BY_4_STRIDE_2(at, s0, s1, s2)                                                                    \
    "ldrd %[w01], %[w12], [%[channel], #" at "]\n"                                                                     \
    "ldrd %[x], %[y], [%[plane]]\n"                                                                                    \
    "smlad %[s0], %[x], %[w01], %[" s0 "]\n"                                                                           \
    "ldr %[x], [%[plane], #8]\n"                                                                                       \
    "smlabt %[s0], %[y], %[w12], %[s0]\n"                                                                              \
    "smlad %[s1], %[y], %[w01], %[" s1 "]\n"                                                                           \
    "ldr %[y], [%[plane], #12]\n"                                                                                      \
    "smlabt %[s1], %[x], %[w12], %[s1]\n"                                                                              \
    "smlad %[s2], %[x], %[w01], %[" s2 "]\n"                                                                           \
    "ldr %[x], [%[plane], #16]\n"                                                                                      \
    "smlabt %[s2], %[y], %[w12], %[s2]\n"                                                                              \
    "smlad %[s3], %[y], %[w01], %[s3]\n"                                                                               \
    "smlabt %[s3], %[x], %[w12], %[s3]\n"

/* A row of the window over two outputs of stride 1. The first row finds the bias in s1. */
#define MSC_DEPTHWISE_BY_2_STRIDE_1(at, s0)                                                                            \
    "ldrd %[w01], %[w12], [%[channel], #" at "]\n"                                                                     \
    "ldrd %[x], %[y], [%[plane]]\n"                                                                                    \
    "smlad %[s0], %[x], %[w01], %[" s0 "]\n"                                                                           \
    "smlatb %[s1], %[x], %[w01], %[s1]\n"                                                                              \
    "smlabt %[s0], %[y], %[w12], %[s0]\n"                                                                              \
    "smlad %[s1], %[y], %[w12], %[s1]\n"

/* The same of stride 2. */
#define MSC_DEPTHWISE_BY_2_STRIDE_2(at, s0)                                                                            \
    "ldrd %[w01], %[w12], [%[channel], #" at "]\n"                                                                     \
    "ldrd %[x], %[y], [%[plane]]\n"                                                                                    \
    "smlad %[s0], %[x], %[w01], %[" s0 "]\n"                                                                           \
    "ldr %[x], [%[plane], #8]\n"                                                                                       \
    "smlabt %[s0], %[y], %[w12], %[s0]\n"                                                                              \
    "smlad %[s1], %[y], %[w01], %[s1]\n"                                                                               \
    "smlabt %[s1], %[x], %[w12], %[s1]\n"

/* A row of the window over one output. */
#define MSC_DEPTHWISE_BY_1(at)                                                                                         \
    "ldrd %[w01], %[w12], [%[channel], #" at "]\n"                                                                     \
    "ldrd %[x], %[y], [%[plane]]\n"                                                                                    \
    "smlad %[s0], %[x], %[w01], %[s0]\n"                                                                               \
    "smlabt %[s0], %[y], %[w12], %[s0]\n"

/* The multiplier to w01, the offset to w12, the shift to x. */
#define MSC_DEPTHWISE_SCALE                                                                                            \
    "ldrd %[w01], %[w12], [%[channel], #28]\n"                                                                         \
    "ldr %[x], [%[channel], #36]\n"

/* msc_depthwise_requantize */
#define MSC_DEPTHWISE_REQUANTIZE(sum)                                                                                  \
    "smmlar %[y], %[" sum "], %[w01], %[w12]\n"                                                                        \
    "add %[" sum "], %[y], %[" sum "], asr #31\n"                                                                      \
    "asr %[" sum "], %[" sum "], %[x]\n"                                                                               \
    "ssat %[" sum "], #8, %[" sum "]\n"

/* The same for results of the zero point -128: negative ones are saturated, however their ties are rounded. */
#define MSC_DEPTHWISE_REQUANTIZE_UP(sum)                                                                               \
    "smmlar %[" sum "], %[" sum "], %[w01], %[w12]\n"                                                                  \
    "asr %[" sum "], %[" sum "], %[x]\n"                                                                               \
    "ssat %[" sum "], #8, %[" sum "]\n"

/* Four sums. */
#define MSC_DEPTHWISE_REQUANTIZE_4                                                                                     \
    MSC_DEPTHWISE_SCALE                                                                                                \
    "cmp %[x], #0\n"                                                                                                   \
    "blt 2f\n"                                                                                                         \
    MSC_DEPTHWISE_REQUANTIZE_UP("s0")                                                                                  \
    MSC_DEPTHWISE_REQUANTIZE_UP("s1")                                                                                  \
    MSC_DEPTHWISE_REQUANTIZE_UP("s2")                                                                                  \
    MSC_DEPTHWISE_REQUANTIZE_UP("s3")                                                                                  \
    "b 3f\n"                                                                                                           \
    "2:\n"                                                                                                             \
    MSC_DEPTHWISE_REQUANTIZE("s0")                                                                                     \
    MSC_DEPTHWISE_REQUANTIZE("s1")                                                                                     \
    MSC_DEPTHWISE_REQUANTIZE("s2")                                                                                     \
    MSC_DEPTHWISE_REQUANTIZE("s3")                                                                                     \
    "3:\n"

/* To label 1 for the next row. */
#define MSC_DEPTHWISE_NEXT_ROW                                                                                         \
    "ldrd %[x], %[y], [%[channel], #40]\n"                                                                             \
    "add %[output], %[output], %[x]\n"                                                                                 \
    "subs %[y], %[y], #1\n"                                                                                            \
    "str %[y], [%[channel], #44]\n"                                                                                    \
    "bne 1b\n"

/* Four neighbouring outputs of each row, stride 1. */
static void msc_depthwise_3x3_by_4_stride_1(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                            int32_t pitch, int32_t channels) {
    int32_t s0;
    int32_t s1;
    int32_t s2;
    int32_t s3;
    uint32_t x;
    uint32_t y;
    uint32_t w01;
    uint32_t w12;

    __asm__ volatile("1:\n"
                     "ldr %[s3], [%[channel], #24]\n"
                     MSC_DEPTHWISE_BY_4_STRIDE_1("0", "s3", "s3", "s3")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_4_STRIDE_1("8", "s0", "s1", "s2")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_4_STRIDE_1("16", "s0", "s1", "s2")
                     "sub %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_REQUANTIZE_4
                     "strb %[s0], [%[output]]\n"
                     "strb %[s1], [%[output], %[channels]]\n"
                     "add %[x], %[output], %[channels], lsl #1\n"
                     "strb %[s2], [%[x]]\n"
                     "strb %[s3], [%[x], %[channels]]\n"
                     MSC_DEPTHWISE_NEXT_ROW
                     : [s0] "=&r"(s0), [s1] "=&r"(s1), [s2] "=&r"(s2), [s3] "=&r"(s3), [x] "=&r"(x), [y] "=&r"(y),
                       [w01] "=&r"(w01), [w12] "=&r"(w12), [plane] "+&r"(plane), [output] "+&r"(output)
                     : [channel] "r"(channel), [pitch] "r"(pitch), [channels] "r"(channels)
                     : "cc", "memory");
}

/* Four neighbouring outputs of each row, stride 2. */
static void msc_depthwise_3x3_by_4_stride_2(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                            int32_t pitch, int32_t channels) {
    int32_t s0;
    int32_t s1;
    int32_t s2;
    int32_t s3;
    uint32_t x;
    uint32_t y;
    uint32_t w01;
    uint32_t w12;

    __asm__ volatile("1:\n"
                     "ldr %[s3], [%[channel], #24]\n"
                     MSC_DEPTHWISE_BY_4_STRIDE_2("0", "s3", "s3", "s3")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_4_STRIDE_2("8", "s0", "s1", "s2")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_4_STRIDE_2("16", "s0", "s1", "s2")
                     MSC_DEPTHWISE_REQUANTIZE_4
                     "strb %[s0], [%[output]]\n"
                     "strb %[s1], [%[output], %[channels]]\n"
                     "add %[x], %[output], %[channels], lsl #1\n"
                     "strb %[s2], [%[x]]\n"
                     "strb %[s3], [%[x], %[channels]]\n"
                     MSC_DEPTHWISE_NEXT_ROW
                     : [s0] "=&r"(s0), [s1] "=&r"(s1), [s2] "=&r"(s2), [s3] "=&r"(s3), [x] "=&r"(x), [y] "=&r"(y),
                       [w01] "=&r"(w01), [w12] "=&r"(w12), [plane] "+&r"(plane), [output] "+&r"(output)
                     : [channel] "r"(channel), [pitch] "r"(pitch), [channels] "r"(channels)
                     : "cc", "memory");
}

/* Two neighbouring outputs of each row, stride 1. */
static void msc_depthwise_3x3_by_2_stride_1(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                            int32_t pitch, int32_t channels) {
    int32_t s0;
    int32_t s1;
    uint32_t x;
    uint32_t y;
    uint32_t w01;
    uint32_t w12;

    __asm__ volatile("1:\n"
                     "ldr %[s1], [%[channel], #24]\n"
                     MSC_DEPTHWISE_BY_2_STRIDE_1("0", "s1")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_2_STRIDE_1("8", "s0")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_2_STRIDE_1("16", "s0")
                     "sub %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_SCALE
                     MSC_DEPTHWISE_REQUANTIZE("s0")
                     MSC_DEPTHWISE_REQUANTIZE("s1")
                     "strb %[s0], [%[output]]\n"
                     "strb %[s1], [%[output], %[channels]]\n"
                     MSC_DEPTHWISE_NEXT_ROW
                     : [s0] "=&r"(s0), [s1] "=&r"(s1), [x] "=&r"(x), [y] "=&r"(y), [w01] "=&r"(w01), [w12] "=&r"(w12),
                       [plane] "+&r"(plane), [output] "+&r"(output)
                     : [channel] "r"(channel), [pitch] "r"(pitch), [channels] "r"(channels)
                     : "cc", "memory");
}

/* Two neighbouring outputs of each row, stride 2. */
static void msc_depthwise_3x3_by_2_stride_2(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                            int32_t pitch, int32_t channels) {
    int32_t s0;
    int32_t s1;
    uint32_t x;
    uint32_t y;
    uint32_t w01;
    uint32_t w12;

    __asm__ volatile("1:\n"
                     "ldr %[s1], [%[channel], #24]\n"
                     MSC_DEPTHWISE_BY_2_STRIDE_2("0", "s1")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_2_STRIDE_2("8", "s0")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_2_STRIDE_2("16", "s0")
                     MSC_DEPTHWISE_SCALE
                     MSC_DEPTHWISE_REQUANTIZE("s0")
                     MSC_DEPTHWISE_REQUANTIZE("s1")
                     "strb %[s0], [%[output]]\n"
                     "strb %[s1], [%[output], %[channels]]\n"
                     MSC_DEPTHWISE_NEXT_ROW
                     : [s0] "=&r"(s0), [s1] "=&r"(s1), [x] "=&r"(x), [y] "=&r"(y), [w01] "=&r"(w01), [w12] "=&r"(w12),
                       [plane] "+&r"(plane), [output] "+&r"(output)
                     : [channel] "r"(channel), [pitch] "r"(pitch), [channels] "r"(channels)
                     : "cc", "memory");
}

/* One output of each row, any stride. */
static void msc_depthwise_3x3_by_1(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                   int32_t pitch, int32_t advance) {
    int32_t s0;
    uint32_t x;
    uint32_t y;
    uint32_t w01;
    uint32_t w12;

    __asm__ volatile("1:\n"
                     "ldr %[s0], [%[channel], #24]\n"
                     MSC_DEPTHWISE_BY_1("0")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_1("8")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_1("16")
                     "add %[plane], %[plane], %[advance]\n"
                     MSC_DEPTHWISE_SCALE
                     MSC_DEPTHWISE_REQUANTIZE("s0")
                     "strb %[s0], [%[output]]\n"
                     MSC_DEPTHWISE_NEXT_ROW
                     : [s0] "=&r"(s0), [x] "=&r"(x), [y] "=&r"(y), [w01] "=&r"(w01), [w12] "=&r"(w12),
                       [plane] "+&r"(plane), [output] "+&r"(output)
                     : [channel] "r"(channel), [pitch] "r"(pitch), [advance] "r"(advance)
                     : "cc", "memory");
}

#else

/* `count` neighbouring outputs of each row; after the last row of a window the plane moves by `advance` bytes. */
static void msc_depthwise_3x3_by(const msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                 int32_t pitch, int32_t advance, int32_t channels, int32_t count, int32_t stride) {
    const msc_depthwise_scale *const scale = &channel->scale;

    for (int32_t y = 0; y < channel->rows; y++) {
        for (int32_t n = 0; n < count; n++) {
            const int32_t at = n * stride;
            const uint32_t *pixels = &plane[at / 2];
            int32_t sum = scale->bias;

            for (int32_t i = 0; i < 3; i++) {
                const uint32_t pixels01 = at % 2 == 0 ? pixels[0] : pixels[0] >> 16 | pixels[1] << 16;
                const uint32_t pixel2 = at % 2 == 0 ? pixels[1] : pixels[1] >> 16;

                sum = msc_smlad(pixels01, channel->weights[2 * i], sum);
                sum = msc_smlabt(pixel2, channel->weights[2 * i + 1], sum);
                pixels += pitch / 4;
            }
            output[n * channels] =
                (int8_t)msc_depthwise_requantize(sum, scale->multiplier, scale->offset, scale->shift & 31);
        }
        plane += (2 * pitch + advance) / 4;
        output += channel->output_step;
    }
}

static void msc_depthwise_3x3_by_4_stride_1(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                            int32_t pitch, int32_t channels) {
    msc_depthwise_3x3_by(channel, plane, output, pitch, -pitch, channels, 4, 1);
}

static void msc_depthwise_3x3_by_4_stride_2(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                            int32_t pitch, int32_t channels) {
    msc_depthwise_3x3_by(channel, plane, output, pitch, 0, channels, 4, 2);
}

static void msc_depthwise_3x3_by_2_stride_1(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                            int32_t pitch, int32_t channels) {
    msc_depthwise_3x3_by(channel, plane, output, pitch, -pitch, channels, 2, 1);
}

static void msc_depthwise_3x3_by_2_stride_2(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                            int32_t pitch, int32_t channels) {
    msc_depthwise_3x3_by(channel, plane, output, pitch, 0, channels, 2, 2);
}

static void msc_depthwise_3x3_by_1(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                   int32_t pitch, int32_t advance) {
    msc_depthwise_3x3_by(channel, plane, output, pitch, advance, 0, 1, 1);
}

#endif

#endif
