/* SPDX-License-Identifier: Apache-2.0 */
/* Products of a constant int8 matrix and columns of int16, requantized to int8: the inner part of convolutions. */
#ifndef MSC_MATRIX_S8_H
#define MSC_MATRIX_S8_H

#include <string.h>

#include "msc/base.h"
#include "msc/dsp.h"

/*
 * A matrix whose rows, the output channels, are packed two by two: a halfword holds 256 b + a for the weights a and b
 * of two channels, so that one multiplication serves both. With S = sum of (256 b + a) x and A = sum of a x,
 * both modulo 2^32, the sum of b x is (S - A) / 256; it was checked offline to fit 24 bits.
 */
typedef struct {
    /*
     * For every four channels, and every two columns: a word of channels 0 and 1, a word of channels 2 and 3. Of four
     * columns, 0 and 2 stand in the first words, 1 and 3 in the second: the order in which SXTB16 unpacks bytes.
     */
    const uint32_t *weights;
    /*
     * For every four channels nine words: first values of S and A (the biases) of both pairs, four multipliers
     * (31 fractional bits), and the four right shifts less one, a byte each.
     */
    const int32_t *channels;
    int32_t columns; /* a multiple of 4 */
    int32_t outputs;
    int32_t offset; /* 2 * output zero point + 1 */
    int32_t output_minimum;
    int32_t output_maximum;
} msc_matrix_s8;

/* The work of msc_multiply_1_s8 and msc_multiply_2_s8; the order is that of their stack. */
typedef struct {
    const void *columns; /* one pixel: int8; two: int16, two of the first, two of the second, and so on */
    uint32_t entry;      /* where the unrolled loop is entered, in bytes */
    const void *columns_end;
    const int32_t *channels;
    int32_t offset;
    int8_t *output;
    int32_t pixel; /* elements from the results of the first pixel to those of the second */
    const uint32_t *weights;
    const int32_t *channels_end;
} msc_product_s8;

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/*
 * In the loops below every register is needed, which no compiler manages: columns r0, weights r1 to r5, sums in the
 * others: r6 and r7 (S of channels 0 and 1), r8 and r9 (their A), r10 and r11, r12 and lr (channels 2 and 3).
 */

/* Two columns of two pixels by four channels: 12 instructions of 4 bytes for 16 products. */
#define MSC_STEP_2                                                                                                     \
    "ldrd r2, r3, [r1], #8\n"                                                                                          \
    "ldrd r4, r5, [r0], #8\n"                                                                                          \
    "smlad r6, r2, r4, r6\n"                                                                                           \
    "smlad r7, r2, r5, r7\n"                                                                                           \
    "sxtb16 r2, r2\n"                                                                                                  \
    "smlad r10, r3, r4, r10\n"                                                                                         \
    "smlad r11, r3, r5, r11\n"                                                                                         \
    "sxtb16 r3, r3\n"                                                                                                  \
    "smlad r8, r2, r4, r8\n"                                                                                           \
    "smlad r9, r2, r5, r9\n"                                                                                           \
    "smlad r12, r3, r4, r12\n"                                                                                         \
    "smlad lr, r3, r5, lr\n"

/* Four columns of one pixel by four channels: 16 instructions of 4 bytes for 16 products. */
#define MSC_STEP_1                                                                                                     \
    "ldm.w r1!, {r2, r3, r4, r5}\n"                                                                                    \
    "ldr r9, [r0], #4\n"                                                                                               \
    "sxtb16 r11, r9, ror #8\n"                                                                                         \
    "sxtb16 r9, r9\n"                                                                                                  \
    "smlad r6, r2, r9, r6\n"                                                                                           \
    "smlad r10, r3, r9, r10\n"                                                                                         \
    "sxtb16 r2, r2\n"                                                                                                  \
    "sxtb16 r3, r3\n"                                                                                                  \
    "smlad r6, r4, r11, r6\n"                                                                                          \
    "smlad r10, r5, r11, r10\n"                                                                                        \
    "sxtb16 r4, r4\n"                                                                                                  \
    "sxtb16 r5, r5\n"                                                                                                  \
    "smlad r8, r2, r9, r8\n"                                                                                           \
    "smlad r12, r3, r9, r12\n"                                                                                         \
    "smlad r8, r4, r11, r8\n"                                                                                          \
    "smlad r12, r5, r11, r12\n"

/* The multiplier to r3 and the rounding constant with the zero point to r4; r2 are the shifts, r1 is the offset. */
#define MSC_NEXT_CHANNEL                                                                                               \
    "ldr r3, [r0], #4\n"                                                                                               \
    "lsl r4, r1, r2\n"

/*
 * The sum of a channel 0 or 2, requantized: multiplied and rounded to nearest, shifted right and rounded to nearest
 * with ties away from zero, saturated. The sign that decides ties is that of the sum: that of the product differs only
 * where the product is rounded to 0, and then nothing changes.
 */
#define MSC_REQUANTIZE_EVEN(sum)                                                                                       \
    "lsl r5, " sum ", #1\n"                                                                                            \
    "smmlar r5, r5, r3, r4\n"                                                                                          \
    "add r5, r5, " sum ", asr #31\n"                                                                                   \
    "asr r5, r5, r2\n"                                                                                                 \
    "ssat " sum ", #8, r5, asr #1\n"

/* The same for a channel 1 or 3, whose sum stands in the upper 24 bits. */
#define MSC_REQUANTIZE_ODD(sum)                                                                                        \
    "asr r5, " sum ", #7\n"                                                                                            \
    "smmlar r5, r5, r3, r4\n"                                                                                          \
    "add r5, r5, " sum ", asr #31\n"                                                                                   \
    "asr r5, r5, r2\n"                                                                                                 \
    "ssat " sum ", #8, r5, asr #1\n"

/*
 * Two pixels, their columns interleaved word by word, by all channels of the product, four at a time.
 * Stack: 0 columns, 4 entry, 8 end of columns, 12 channels, 16 offset, 20 output, 24 pixel, 28 weights,
 * 32 end of channels; 40 bytes with r7, which may be the frame pointer.
 */
__attribute__((noinline)) static void msc_multiply_2_s8(const msc_product_s8 *product) {
    register const msc_product_s8 *p __asm__("r0") = product;

    __asm__ volatile("push {r7}\n"
                     "ldm r0, {r1, r2, r3, r4, r5, r6, r8, r9, r10}\n"
                     "adr.w r7, 2f\n"
                     "add r2, r2, r7\n"
                     "push {r1, r2, r3, r4, r5, r6, r8, r9, r10}\n"
                     "mov r0, r4\n"
                     "b.w 1f\n"
                     ".p2align 2\n"
                     "1:\n"
                     "ldm r0!, {r6, r8, r10, r12}\n"
                     "ldr r1, [sp, #28]\n"
                     "str r0, [sp, #12]\n"
                     "mov r7, r6\n"
                     "mov r9, r8\n"
                     "mov r11, r10\n"
                     "mov lr, r12\n"
                     "ldrd r0, r2, [sp]\n"
                     "mov pc, r2\n"
                     ".p2align 2\n"
                     "2:\n"
                     MSC_STEP_2 MSC_STEP_2 MSC_STEP_2 MSC_STEP_2
                     MSC_STEP_2 MSC_STEP_2 MSC_STEP_2 MSC_STEP_2
                     "ldr r2, [sp, #8]\n"
                     "cmp r0, r2\n"
                     "bne 2b\n"
                     "str r1, [sp, #28]\n"
                     "ldrd r0, r1, [sp, #12]\n"
                     "ldr r2, [r0, #16]\n"
                     "sub r6, r6, r8\n"
                     "sub r7, r7, r9\n"
                     "sub r10, r10, r12\n"
                     "sub r11, r11, lr\n"
                     MSC_NEXT_CHANNEL MSC_REQUANTIZE_EVEN("r8") MSC_REQUANTIZE_EVEN("r9")
                     "lsr r2, r2, #8\n"
                     MSC_NEXT_CHANNEL MSC_REQUANTIZE_ODD("r6") MSC_REQUANTIZE_ODD("r7")
                     "lsr r2, r2, #8\n"
                     MSC_NEXT_CHANNEL MSC_REQUANTIZE_EVEN("r12") MSC_REQUANTIZE_EVEN("lr")
                     "lsr r2, r2, #8\n"
                     MSC_NEXT_CHANNEL MSC_REQUANTIZE_ODD("r10") MSC_REQUANTIZE_ODD("r11")
                     "ldrd r3, r4, [sp, #20]\n"
                     "bfi r8, r6, #8, #8\n"
                     "bfi r9, r7, #8, #8\n"
                     "bfi r12, r10, #8, #8\n"
                     "bfi lr, r11, #8, #8\n"
                     "pkhbt r8, r8, r12, lsl #16\n"
                     "pkhbt r9, r9, lr, lsl #16\n"
                     "str r9, [r3, r4]\n"
                     "str r8, [r3], #4\n"
                     "str r3, [sp, #20]\n"
                     "ldr r2, [sp, #32]\n"
                     "add r0, r0, #4\n"
                     "cmp r0, r2\n"
                     "bne 1b\n"
                     "add sp, sp, #36\n"
                     "pop {r7}\n"
                     : "+r"(p)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

/* One pixel by all channels of the product, four at a time. The stack is that of msc_multiply_2_s8. */
__attribute__((noinline)) static void msc_multiply_1_s8(const msc_product_s8 *product) {
    register const msc_product_s8 *p __asm__("r0") = product;

    __asm__ volatile("push {r7}\n"
                     "ldm r0, {r1, r2, r3, r4, r5, r6, r8, r9, r10}\n"
                     "adr.w r7, 2f\n"
                     "add r2, r2, r7\n"
                     "push {r1, r2, r3, r4, r5, r6, r8, r9, r10}\n"
                     "mov r0, r4\n"
                     "b.w 1f\n"
                     ".p2align 2\n"
                     "1:\n"
                     "ldm r0!, {r6, r8, r10, r12}\n"
                     "ldr r1, [sp, #28]\n"
                     "str r0, [sp, #12]\n"
                     "ldr lr, [sp, #8]\n"
                     "ldrd r0, r2, [sp]\n"
                     "mov pc, r2\n"
                     ".p2align 2\n"
                     "2:\n"
                     MSC_STEP_1 MSC_STEP_1 MSC_STEP_1 MSC_STEP_1
                     "cmp r0, lr\n"
                     "bne 2b\n"
                     "str r1, [sp, #28]\n"
                     "ldrd r0, r1, [sp, #12]\n"
                     "ldr r2, [r0, #16]\n"
                     "sub r6, r6, r8\n"
                     "sub r10, r10, r12\n"
                     MSC_NEXT_CHANNEL MSC_REQUANTIZE_EVEN("r8")
                     "lsr r2, r2, #8\n"
                     MSC_NEXT_CHANNEL MSC_REQUANTIZE_ODD("r6")
                     "lsr r2, r2, #8\n"
                     MSC_NEXT_CHANNEL MSC_REQUANTIZE_EVEN("r12")
                     "lsr r2, r2, #8\n"
                     MSC_NEXT_CHANNEL MSC_REQUANTIZE_ODD("r10")
                     "ldr r3, [sp, #20]\n"
                     "bfi r8, r6, #8, #8\n"
                     "bfi r12, r10, #8, #8\n"
                     "pkhbt r8, r8, r12, lsl #16\n"
                     "str r8, [r3], #4\n"
                     "str r3, [sp, #20]\n"
                     "ldr r2, [sp, #32]\n"
                     "add r0, r0, #4\n"
                     "cmp r0, r2\n"
                     "bne 1b\n"
                     "add sp, sp, #36\n"
                     "pop {r7}\n"
                     : "+r"(p)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

#else

/* What MSC_REQUANTIZE_EVEN does: twice is the sum, doubled. */
static inline int8_t msc_requantize_twice(int32_t twice, int32_t multiplier, int32_t shift, int32_t offset) {
    const int32_t high = msc_smmulr(twice, multiplier) + offset * (1 << shift) + (twice >> 31);
    const int32_t value = high >> shift >> 1;

    if (value < -128) {
        return -128;
    }
    return (int8_t)(value > 127 ? 127 : value);
}

/* Requantizes the four channels of one pixel, whose sums S and A of both pairs are given. */
static void msc_requantize_four(const int32_t *sums, const int32_t *channel, int32_t offset, int8_t *output) {
    for (int32_t pair = 0; pair < 2; pair++) {
        const int32_t shifts = channel[8] >> 16 * pair;
        const int32_t even = sums[2 * pair + 1];
        const int32_t odd = (int32_t)((uint32_t)sums[2 * pair] - (uint32_t)even) >> 7;

        output[2 * pair] = msc_requantize_twice(2 * even, channel[4 + 2 * pair], shifts & 0xff, offset);
        output[2 * pair + 1] = msc_requantize_twice(odd, channel[5 + 2 * pair], shifts >> 8 & 0xff, offset);
    }
}

/* Adds the products of two columns, x, to the sums of four channels. */
static const uint32_t *msc_multiply_step(int32_t *sums, const uint32_t *weights, uint32_t x) {
    for (int32_t pair = 0; pair < 2; pair++) {
        sums[2 * pair] = msc_smlad(weights[pair], x, sums[2 * pair]);
        sums[2 * pair + 1] = msc_smlad(msc_sxtb16(weights[pair]), x, sums[2 * pair + 1]);
    }
    return weights + 2;
}

static void msc_multiply_2_s8(const msc_product_s8 *product) {
    const uint32_t *weights = product->weights;
    int8_t *output = product->output;

    for (const int32_t *channel = product->channels; channel != product->channels_end; channel += 9) {
        int32_t first[4] = {channel[0], channel[1], channel[2], channel[3]};
        int32_t second[4] = {channel[0], channel[1], channel[2], channel[3]};

        for (const uint32_t *x = product->columns; x != product->columns_end; x += 2) {
            msc_multiply_step(first, weights, x[0]);
            weights = msc_multiply_step(second, weights, x[1]);
        }
        msc_requantize_four(first, channel, product->offset, output);
        msc_requantize_four(second, channel, product->offset, output + product->pixel);
        output += 4;
    }
}

static void msc_multiply_1_s8(const msc_product_s8 *product) {
    const uint32_t *weights = product->weights;
    int8_t *output = product->output;

    for (const int32_t *channel = product->channels; channel != product->channels_end; channel += 9) {
        int32_t sums[4] = {channel[0], channel[1], channel[2], channel[3]};

        for (const int8_t *x = product->columns; x != product->columns_end; x += 4) {
            weights = msc_multiply_step(sums, weights, msc_sxtb16(msc_read_word(x)));
            weights = msc_multiply_step(sums, weights, msc_sxtb16_ror8(msc_read_word(x)));
        }
        msc_requantize_four(sums, channel, product->offset, output);
        output += 4;
    }
}

#endif

/* The product of all channels that come in fours by one or two pixels whose columns are at `columns`. */
static inline msc_product_s8 msc_product_of_s8(const msc_matrix_s8 *matrix, const void *columns, int32_t pixels) {
    const int32_t quads = matrix->columns >> 2;
    const msc_product_s8 product = {
        columns,
        pixels == 2 ? (uint32_t)((-2 * quads) & 7) * 48u : (uint32_t)((-quads) & 3) * 64u,
        (const uint8_t *)columns + (pixels == 2 ? 16 : 4) * quads,
        matrix->channels,
        matrix->offset,
        0,
        matrix->outputs,
        matrix->weights,
        matrix->channels + 9 * (matrix->outputs >> 2),
    };

    return product;
}

/* The one to three channels that are left after the fours of `product`, for one or two pixels. */
static void msc_multiply_rest_s8(const msc_product_s8 *product, const msc_matrix_s8 *matrix, int32_t pixels) {
    const int32_t rest = matrix->outputs & 3;
    const int32_t fours = matrix->outputs - rest;
    msc_product_s8 last = *product;
    int8_t results[8];

    last.channels = product->channels_end;
    last.channels_end = last.channels + 9;
    last.weights += fours * (matrix->columns >> 2);
    last.output = results;
    last.pixel = 4;
    if (pixels == 2) {
        msc_multiply_2_s8(&last);
    } else {
        msc_multiply_1_s8(&last);
    }
    for (int32_t pixel = 0; pixel < pixels; pixel++) {
        memcpy(product->output + fours + pixel * matrix->outputs, &results[4 * pixel], (uint32_t)rest);
    }
}

/* All channels of one or two pixels. */
static inline void msc_multiply_pixels_s8(msc_product_s8 *product, const msc_matrix_s8 *matrix, int8_t *output,
                                          int32_t pixels) {
    product->output = output;
    if (matrix->outputs >= 4) {
        if (pixels == 2) {
            msc_multiply_2_s8(product);
        } else {
            msc_multiply_1_s8(product);
        }
    }
    if (matrix->outputs & 3) {
        msc_multiply_rest_s8(product, matrix, pixels);
    }
}

/*
 * Appends int8 elements of two pixels to their columns, as int16; zeros fill the last four of each. Returns the end of
 * the columns.
 */
static inline uint32_t *msc_expand_2_s8(uint32_t *columns, const int8_t *a, const int8_t *b, int32_t count) {
    for (; count >= 4; count -= 4) {
        const uint32_t word_a = msc_read_word(a);
        const uint32_t word_b = msc_read_word(b);

        columns[0] = msc_sxtb16(word_a);
        columns[1] = msc_sxtb16(word_b);
        columns[2] = msc_sxtb16_ror8(word_a);
        columns[3] = msc_sxtb16_ror8(word_b);
        columns += 4;
        a += 4;
        b += 4;
    }
    if (count > 0) {
        const uint32_t word_a = msc_read_few(a, count);
        const uint32_t word_b = msc_read_few(b, count);

        columns[0] = msc_sxtb16(word_a);
        columns[1] = msc_sxtb16(word_b);
        columns[2] = msc_sxtb16_ror8(word_a);
        columns[3] = msc_sxtb16_ror8(word_b);
        columns += 4;
    }
    return columns;
}

/* Moves results into the range of an activation that is narrower than int8. */
static inline void msc_clamp_results_s8(int8_t *results, int32_t count, const msc_matrix_s8 *matrix) {
    if (matrix->output_minimum > -128 || matrix->output_maximum < 127) {
        for (int32_t i = 0; i < count; i++) {
            const int32_t value = results[i] < matrix->output_minimum ? matrix->output_minimum : results[i];

            results[i] = (int8_t)(value > matrix->output_maximum ? matrix->output_maximum : value);
        }
    }
}

#endif
