/* SPDX-License-Identifier: Apache-2.0 */
/* Loops that multiply a constant int8 matrix by vectors of int8 and requantize the products to int8. */
#ifndef MSC_MULTIPLY_S8_H
#define MSC_MULTIPLY_S8_H

#include "msc/base.h"
#include "msc/dsp.h"
#include "msc/dsp_halfwords.h"

/*
 * A matrix whose rows, the output channels, are packed two by two: a halfword holds 256 b + a for the weights a and b
 * of two channels, so that one multiplication serves both. With S = sum of (256 b + a) x and A = sum of a x,
 * both modulo 2^32, the sum of b x is (S - A) / 256; it was checked offline to fit 24 bits.
 */
typedef struct {
    /*
     * For every two channels (of a matrix for msc_multiply_vector_s8: every four) and every two columns a word for each
     * pair. Of four columns, 0 and 2 come first, then 1 and 3: the order in which SXTB16 unpacks bytes.
     */
    const uint32_t *weights;
    /*
     * For every two channels six words: first values of S and A (the biases), then for each channel the factors
     * 2 m - 2^32 and 2^(32 - n) of a multiplier of m / 2^31 and a right shift of n.
     */
    const int32_t *channels;
    int32_t columns; /* a multiple of 4 */
    int32_t outputs;
    int32_t zero_point; /* of the output */
    int32_t output_minimum;
    int32_t output_maximum;
} msc_matrix_s8;

/* A product to compute; the order is that of the stack of msc_multiply_pixels_s8 and msc_multiply_vector_s8. */
typedef struct {
    const void *columns; /* of three pixels: int16, two columns of the first, the second, the third, and so on */
    uint32_t entry;      /* where the unrolled loop is entered, in bytes */
    const int32_t *channels;
    int32_t zero_point;
    int8_t *output;
    int32_t pixel; /* elements from the results of one pixel to those of the next */
    const int32_t *channels_end;
    const uint32_t *weights;
    const void *columns_end;
} msc_product_s8;

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/*
 * The loops below need every register, which no compiler manages: columns r0, weights r1, end of the columns lr.
 * The stack holds: 0 columns, 4 entry, 8 channels, 12 zero point, 16 output, 20 pixel, 24 end of channels; with r7,
 * which may be the frame pointer, 32 bytes.
 */

/*
 * Four columns of three pixels by two channels: 17 instructions of 4 bytes for 24 products.
 * S in r7 to r9, A in r10 to r12.
 */
#define MSC_STEP_3                                                                                                     \
    "ldrd r2, r3, [r1], #8\n"                                                                                          \
    "ldm.w r0!, {r4, r5, r6}\n"                                                                                        \
    "smlad r7, r2, r4, r7\n"                                                                                           \
    "smlad r8, r2, r5, r8\n"                                                                                           \
    "smlad r9, r2, r6, r9\n"                                                                                           \
    "sxtb16 r2, r2\n"                                                                                                  \
    "smlad r10, r2, r4, r10\n"                                                                                         \
    "smlad r11, r2, r5, r11\n"                                                                                         \
    "smlad r12, r2, r6, r12\n"                                                                                         \
    "ldm.w r0!, {r4, r5, r6}\n"                                                                                        \
    "smlad r7, r3, r4, r7\n"                                                                                           \
    "smlad r8, r3, r5, r8\n"                                                                                           \
    "smlad r9, r3, r6, r9\n"                                                                                           \
    "sxtb16 r3, r3\n"                                                                                                  \
    "smlad r10, r3, r4, r10\n"                                                                                         \
    "smlad r11, r3, r5, r11\n"                                                                                         \
    "smlad r12, r3, r6, r12\n"

/*
 * Four columns of one vector by four channels: 16 instructions of 4 bytes for 16 products.
 * S in r6 and r10, A in r8 and r12.
 */
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

/*
 * A sum, requantized: multiplied and rounded to nearest, shifted right and rounded to nearest, saturated. Ties go up,
 * where negative values are saturated anyway.
 */
#define MSC_REQUANTIZE(sum, m, n, zero_point)                                                                          \
    "smmlar " sum ", " sum ", " m ", " sum "\n"                                                                        \
    "smmlar " sum ", " sum ", " n ", " zero_point "\n"                                                                 \
    "ssat " sum ", #8, " sum "\n"

/* The same for any zero point: ties go away from zero. */
#define MSC_REQUANTIZE_SIGNED(sum, m, n, zero_point)                                                                   \
    "smmlar " sum ", " sum ", " m ", " sum "\n"                                                                        \
    "add " sum ", " sum ", " sum ", asr #31\n"                                                                         \
    "smmlar " sum ", " sum ", " n ", " zero_point "\n"                                                                 \
    "ssat " sum ", #8, " sum "\n"

/* Three pixels by all channels of the product, two at a time. */
__attribute__((noinline)) static void msc_multiply_pixels_s8(const msc_product_s8 *product) {
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
                     "ldm r0!, {r7, r10}\n"
                     "str r0, [sp, #8]\n"
                     "mov r8, r7\n"
                     "mov r9, r7\n"
                     "mov r11, r10\n"
                     "mov r12, r10\n"
                     "ldrd r0, r2, [sp]\n"
                     "mov pc, r2\n"
                     ".p2align 2\n"
                     "2:\n"
                     ".rept 8\n"
                     MSC_STEP_3
                     ".endr\n"
                     "cmp r0, lr\n"
                     "bne 2b\n"
                     "ldrd r0, r6, [sp, #8]\n"
                     "sub r7, r7, r10\n"
                     "sub r8, r8, r11\n"
                     "sub r9, r9, r12\n"
                     "ldm r0!, {r2, r3, r4, r5}\n"
                     "asr r7, r7, #8\n"
                     "asr r8, r8, #8\n"
                     "asr r9, r9, #8\n"
                     "cmn r6, #128\n"
                     "bne 4f\n"
                     MSC_REQUANTIZE("r10", "r2", "r3", "r6")
                     MSC_REQUANTIZE("r11", "r2", "r3", "r6")
                     MSC_REQUANTIZE("r12", "r2", "r3", "r6")
                     MSC_REQUANTIZE("r7", "r4", "r5", "r6")
                     MSC_REQUANTIZE("r8", "r4", "r5", "r6")
                     MSC_REQUANTIZE("r9", "r4", "r5", "r6")
                     "3:\n"
                     "bfi r10, r7, #8, #8\n"
                     "bfi r11, r8, #8, #8\n"
                     "bfi r12, r9, #8, #8\n"
                     "ldrd r2, r3, [sp, #16]\n"
                     "strh r11, [r2, r3]\n"
                     "strh r12, [r2, r3, lsl #1]\n"
                     "strh r10, [r2], #2\n"
                     "str r2, [sp, #16]\n"
                     "ldr r2, [sp, #24]\n"
                     "cmp r0, r2\n"
                     "bne 1b\n"
                     "b.w 5f\n"
                     "4:\n"
                     MSC_REQUANTIZE_SIGNED("r10", "r2", "r3", "r6")
                     MSC_REQUANTIZE_SIGNED("r11", "r2", "r3", "r6")
                     MSC_REQUANTIZE_SIGNED("r12", "r2", "r3", "r6")
                     MSC_REQUANTIZE_SIGNED("r7", "r4", "r5", "r6")
                     MSC_REQUANTIZE_SIGNED("r8", "r4", "r5", "r6")
                     MSC_REQUANTIZE_SIGNED("r9", "r4", "r5", "r6")
                     "b 3b\n"
                     "5:\n"
                     "add sp, sp, #28\n"
                     "pop {r7}\n"
                     : "+r"(p)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

/* One vector, int8, by all channels of the product, four at a time. */
__attribute__((noinline)) static void msc_multiply_vector_s8(const msc_product_s8 *product) {
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
                     "ldrd r6, r8, [r0]\n"
                     "ldrd r10, r12, [r0, #24]\n"
                     "ldrd r0, r2, [sp]\n"
                     "mov pc, r2\n"
                     ".p2align 2\n"
                     "2:\n"
                     ".rept 4\n"
                     MSC_STEP_1
                     ".endr\n"
                     "cmp r0, lr\n"
                     "bne 2b\n"
                     "ldrd r0, r9, [sp, #8]\n"
                     "sub r6, r6, r8\n"
                     "sub r10, r10, r12\n"
                     "asr r6, r6, #8\n"
                     "asr r10, r10, #8\n"
                     "adds r0, #8\n"
                     "ldm r0!, {r2, r3, r4, r5}\n"
                     MSC_REQUANTIZE_SIGNED("r8", "r2", "r3", "r9")
                     MSC_REQUANTIZE_SIGNED("r6", "r4", "r5", "r9")
                     "adds r0, #8\n"
                     "ldm r0!, {r2, r3, r4, r5}\n"
                     MSC_REQUANTIZE_SIGNED("r12", "r2", "r3", "r9")
                     MSC_REQUANTIZE_SIGNED("r10", "r4", "r5", "r9")
                     "bfi r8, r6, #8, #8\n"
                     "bfi r12, r10, #8, #8\n"
                     "pkhbt r8, r8, r12, lsl #16\n"
                     "ldr r3, [sp, #16]\n"
                     "str r8, [r3], #4\n"
                     "str r3, [sp, #16]\n"
                     "ldr r2, [sp, #24]\n"
                     "str r0, [sp, #8]\n"
                     "cmp r0, r2\n"
                     "bne 1b\n"
                     "add sp, sp, #28\n"
                     "pop {r7}\n"
                     : "+r"(p)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

#else

/* What the assembly makes of a sum: see MSC_REQUANTIZE_SIGNED. */
static inline int8_t msc_requantize_sum(int32_t sum, const int32_t *factors, int32_t zero_point) {
    const int32_t high = msc_smmlar(sum, factors[0], sum);
    const int32_t value = msc_smmlar(high + (high >> 31), factors[1], zero_point);

    if (value < -128) {
        return -128;
    }
    return (int8_t)(value > 127 ? 127 : value);
}

/* Adds the products of two columns, x, to the sums S and A of two channels. */
static inline void msc_multiply_pair(int32_t *sums, uint32_t weights, uint32_t x) {
    sums[0] = msc_smlad(weights, x, sums[0]);
    sums[1] = msc_smlad(msc_sxtb16(weights), x, sums[1]);
}

/* Requantizes the sums S and A of two channels. */
static inline void msc_requantize_pair(const int32_t *sums, const int32_t *channel, int32_t zero_point,
                                       int8_t *output) {
    const int32_t odd = (int32_t)((uint32_t)sums[0] - (uint32_t)sums[1]) >> 8;

    output[0] = msc_requantize_sum(sums[1], &channel[2], zero_point);
    output[1] = msc_requantize_sum(odd, &channel[4], zero_point);
}

/* Three pixels by all channels of the product, two at a time. */
static void msc_multiply_pixels_s8(const msc_product_s8 *product) {
    const uint32_t *weights = product->weights;
    int8_t *output = product->output;

    for (const int32_t *channel = product->channels; channel != product->channels_end; channel += 6) {
        int32_t sums[3][2] = {{channel[0], channel[1]}, {channel[0], channel[1]}, {channel[0], channel[1]}};

        for (const uint32_t *x = product->columns; x != product->columns_end; x += 3) {
            for (int32_t pixel = 0; pixel < 3; pixel++) {
                msc_multiply_pair(sums[pixel], *weights, x[pixel]);
            }
            weights++;
        }
        for (int32_t pixel = 0; pixel < 3; pixel++) {
            msc_requantize_pair(sums[pixel], channel, product->zero_point, output + pixel * product->pixel);
        }
        output += 2;
    }
}

/* One vector, int8, by all channels of the product, four at a time. */
static void msc_multiply_vector_s8(const msc_product_s8 *product) {
    const uint32_t *weights = product->weights;
    int8_t *output = product->output;

    for (const int32_t *channel = product->channels; channel != product->channels_end; channel += 12) {
        int32_t first[2] = {channel[0], channel[1]};
        int32_t second[2] = {channel[6], channel[7]};

        for (const int8_t *x = product->columns; x != product->columns_end; x += 4) {
            const uint32_t even = msc_sxtb16(msc_read_word(x));
            const uint32_t odd = msc_sxtb16_ror8(msc_read_word(x));

            msc_multiply_pair(first, weights[0], even);
            msc_multiply_pair(second, weights[1], even);
            msc_multiply_pair(first, weights[2], odd);
            msc_multiply_pair(second, weights[3], odd);
            weights += 4;
        }
        msc_requantize_pair(first, channel, product->zero_point, output);
        msc_requantize_pair(second, channel + 6, product->zero_point, output + 2);
        output += 4;
    }
}

#endif

#endif
