/* SPDX-License-Identifier: Apache-2.0 */
/* Products of a matrix_s8 and two pixels: for the pixels that do not make up threes. */
#ifndef MSC_MATRIX_PAIRS_S8_H
#define MSC_MATRIX_PAIRS_S8_H

#include "msc/matrix_s8.h"

/*
 * How many of some pixels are multiplied by threes; the others follow in pairs. One pixel too many makes two pairs of
 * the last four. One pixel alone is a pair of the same pixel; the result is negative then.
 */
static inline int32_t msc_pixels_in_threes(int32_t pixels) {
    const int32_t rest = pixels % 3;

    return rest == 0 ? pixels : pixels - 6 + 2 * rest;
}

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/*
 * Four columns of two pixels by two channels: 12 instructions of 4 bytes for 16 products.
 * S in r7 and r8, A in r9 and r10.
 */
#define MSC_STEP_2                                                                                                     \
    "ldrd r2, r3, [r1], #8\n"                                                                                          \
    "ldm.w r0!, {r4, r5, r6, r11}\n"                                                                                   \
    "smlad r7, r2, r4, r7\n"                                                                                           \
    "smlad r8, r2, r5, r8\n"                                                                                           \
    "sxtb16 r2, r2\n"                                                                                                  \
    "smlad r9, r2, r4, r9\n"                                                                                           \
    "smlad r10, r2, r5, r10\n"                                                                                         \
    "smlad r7, r3, r6, r7\n"                                                                                           \
    "smlad r8, r3, r11, r8\n"                                                                                          \
    "sxtb16 r3, r3\n"                                                                                                  \
    "smlad r9, r3, r6, r9\n"                                                                                           \
    "smlad r10, r3, r11, r10\n"

/*
 * Two pixels by all channels of the product, two at a time. The columns are two of the first pixel, two of the second,
 * and so on. Registers and stack are used as by msc_multiply_pixels_s8.
 */
__attribute__((noinline)) static void msc_multiply_two_pixels_s8(const msc_product_s8 *product) {
    register const msc_product_s8 *p __asm__("r0") = product;

    __asm__ volatile("push {r7}\n"
                     "ldm r0, {r1, r2, r3, r4, r5, r6, r8, r9, lr}\n"
                     "adr.w r7, 2f\n"
                     "add r2, r2, r7\n"
                     "push {r1, r2, r3, r4, r5, r6, r8}\n"
                     "mov r0, r3\n"
                     "mov r1, r9\n"
                     "b.w 1f\n"
                     ".p2align 2\n"
                     "1:\n"
                     "ldm r0!, {r7, r9}\n"
                     "str r0, [sp, #8]\n"
                     "mov r8, r7\n"
                     "mov r10, r9\n"
                     "ldrd r0, r2, [sp]\n"
                     "mov pc, r2\n"
                     ".p2align 2\n"
                     "2:\n"
                     ".rept 8\n"
                     MSC_STEP_2
                     ".endr\n"
                     "cmp r0, lr\n"
                     "bne 2b\n"
                     "ldrd r0, r6, [sp, #8]\n"
                     "sub r7, r7, r9\n"
                     "sub r8, r8, r10\n"
                     "ldm r0!, {r2, r3, r4, r5}\n"
                     "asr r7, r7, #8\n"
                     "asr r8, r8, #8\n"
                     "cmn r6, #128\n"
                     "bne 4f\n"
                     MSC_REQUANTIZE("r9", "r2", "r3", "r6")
                     MSC_REQUANTIZE("r10", "r2", "r3", "r6")
                     MSC_REQUANTIZE("r7", "r4", "r5", "r6")
                     MSC_REQUANTIZE("r8", "r4", "r5", "r6")
                     "3:\n"
                     "bfi r9, r7, #8, #8\n"
                     "bfi r10, r8, #8, #8\n"
                     "ldrd r2, r3, [sp, #16]\n"
                     "strh r10, [r2, r3]\n"
                     "strh r9, [r2], #2\n"
                     "str r2, [sp, #16]\n"
                     "ldr r2, [sp, #24]\n"
                     "cmp r0, r2\n"
                     "bne 1b\n"
                     "b.w 5f\n"
                     "4:\n"
                     MSC_REQUANTIZE_SIGNED("r9", "r2", "r3", "r6")
                     MSC_REQUANTIZE_SIGNED("r10", "r2", "r3", "r6")
                     MSC_REQUANTIZE_SIGNED("r7", "r4", "r5", "r6")
                     MSC_REQUANTIZE_SIGNED("r8", "r4", "r5", "r6")
                     "b 3b\n"
                     "5:\n"
                     "add sp, sp, #28\n"
                     "pop {r7}\n"
                     : "+r"(p)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

#else

/* Two pixels by all channels of the product, two at a time. */
static void msc_multiply_two_pixels_s8(const msc_product_s8 *product) {
    const uint32_t *weights = product->weights;
    int8_t *output = product->output;

    for (const int32_t *channel = product->channels; channel != product->channels_end; channel += 6) {
        int32_t first[2] = {channel[0], channel[1]};
        int32_t second[2] = {channel[0], channel[1]};

        for (const uint32_t *x = product->columns; x != product->columns_end; x += 2) {
            msc_multiply_pair(first, *weights, x[0]);
            msc_multiply_pair(second, *weights, x[1]);
            weights++;
        }
        msc_requantize_pair(second, channel, product->zero_point, output + product->pixel);
        msc_requantize_pair(first, channel, product->zero_point, output);
        output += 2;
    }
}

#endif

/* Makes the product of three pixels, at the same columns, one of two; `distance` elements are between their results. */
static inline void msc_product_of_two_pixels_s8(msc_product_s8 *product, const msc_matrix_s8 *matrix, int32_t distance) {
    const int32_t quads = matrix->columns >> 2;

    product->entry = (uint32_t)((-quads) & 7) * 48u;
    product->columns_end = (const uint32_t *)product->columns + 4 * quads;
    product->pixel = distance;
}

/* All channels of two pixels. */
static inline void msc_matrix_by_two_pixels_s8(msc_product_s8 *product, const msc_matrix_s8 *matrix, int8_t *output) {
    product->output = output;
    if (matrix->outputs > 1) {
        msc_multiply_two_pixels_s8(product);
    }
    if (matrix->outputs & 1) {
        msc_product_s8 last = *product;
        int8_t results[4];

        last.channels = product->channels_end;
        last.channels_end = last.channels + 6;
        last.weights += (matrix->outputs >> 1) * (matrix->columns >> 1);
        last.output = results;
        last.pixel = 2;
        msc_multiply_two_pixels_s8(&last);
        output += matrix->outputs - 1;
        output[product->pixel] = results[2];
        output[0] = results[0];
    }
}

/* Appends fours of int8 of two pixels to their columns, as int16. Returns the end of the columns. */
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__) && defined(__OPTIMIZE__)
static inline uint32_t *msc_expand_two_pixels_s8(uint32_t *columns, const int8_t *a, const int8_t *b, int32_t quads) {
    __asm__ volatile("1:\n"
                     "ldr r6, [%1], #4\n"
                     "sxtb16 r4, r6\n"
                     "sxtb16 r6, r6, ror #8\n"
                     "ldr r8, [%2], #4\n"
                     "sxtb16 r5, r8\n"
                     "sxtb16 r8, r8, ror #8\n"
                     "subs %3, %3, #1\n"
                     "stm %0!, {r4, r5, r6, r8}\n"
                     "bne 1b\n"
                     : "+r"(columns), "+r"(a), "+r"(b), "+r"(quads)
                     :
                     : "r4", "r5", "r6", "r8", "cc", "memory");
    return columns;
}
#else
static inline uint32_t *msc_expand_two_pixels_s8(uint32_t *columns, const int8_t *a, const int8_t *b, int32_t quads) {
    for (int32_t i = 0; i < 4 * quads; i += 4) {
        columns[0] = msc_sxtb16(msc_read_word(a + i));
        columns[1] = msc_sxtb16(msc_read_word(b + i));
        columns[2] = msc_sxtb16_ror8(msc_read_word(a + i));
        columns[3] = msc_sxtb16_ror8(msc_read_word(b + i));
        columns += 4;
    }
    return columns;
}
#endif

#endif
