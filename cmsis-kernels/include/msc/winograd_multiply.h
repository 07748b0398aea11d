/* SPDX-License-Identifier: Apache-2.0 */
/* Products of Winograd's convolution and what becomes of them: see conv2d_winograd_s8__dsp.c. */
#ifndef MSC_WINOGRAD_MULTIPLY_H
#define MSC_WINOGRAD_MULTIPLY_H

#include "msc/dsp.h"
#include "msc/dsp_halfwords.h"
#include "msc/matrix_s8.h"

/* Two tiles by all channels; the order is that of the stack of msc_winograd_multiply. */
typedef struct {
    const uint32_t *inputs;
    const uint32_t *weights;
    const int32_t *channels;
    int32_t zero_point;
    int8_t *output[2]; /* the first pixel of either row */
    int32_t pixel;     /* elements from pixel to pixel */
    const int32_t *channels_end;
} msc_winograd_product;

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/* The word before the transformed inputs of a place in the tile, of so many steps: how far back the loop is entered. */
static inline uint32_t msc_winograd_entry(int32_t steps) {
    return (uint32_t)(-40 * steps - 10);
}

/*
 * Outputs of one tile by two channels, from the words [sp, tile], [sp, tile + 16] and so on, the last place first. What
 * they hold runs on: sums over all places so far. Of a column x0 to x3, with x3 of the column before as x', A' m is
 * x2 - x' above and 2 x1 - x0 - x3 below. r0 to r7: above left, above right, below left, below right.
 */
#define MSC_WINOGRAD_OUTPUTS(tile)                                                                                     \
    "ldrd r10, r11, [sp, #240 + " tile "]\n"                                                                           \
    "ldrd r12, lr, [sp, #224 + " tile "]\n"                                                                            \
    "rsb r10, r10, r12, lsl #1\n"                                                                                      \
    "rsb r11, r11, lr, lsl #1\n"                                                                                       \
    "ldrd r0, r1, [sp, #208 + " tile "]\n"                                                                             \
    "ldrd r8, r9, [sp, #192 + " tile "]\n"                                                                             \
    "sub r4, r10, r8\n"                                                                                                \
    "sub r5, r11, r9\n"                                                                                                \
    "ldrd r2, r3, [sp, #144 + " tile "]\n"                                                                             \
    "sub r2, r2, r8\n"                                                                                                 \
    "sub r3, r3, r9\n"                                                                                                 \
    "ldrd r10, r11, [sp, #176 + " tile "]\n"                                                                           \
    "ldrd r12, lr, [sp, #160 + " tile "]\n"                                                                            \
    "add r0, r0, r2\n"                                                                                                 \
    "add r1, r1, r3\n"                                                                                                 \
    "rsb r10, r10, r12, lsl #1\n"                                                                                      \
    "rsb r11, r11, lr, lsl #1\n"                                                                                       \
    "ldrd r8, r9, [sp, #128 + " tile "]\n"                                                                             \
    "sub r6, r10, r8\n"                                                                                                \
    "sub r7, r11, r9\n"                                                                                                \
    "add r4, r4, r6\n"                                                                                                 \
    "add r5, r5, r7\n"                                                                                                 \
    "ldrd r12, lr, [sp, #80 + " tile "]\n"                                                                             \
    "sub r12, r12, r8\n"                                                                                               \
    "sub lr, lr, r9\n"                                                                                                 \
    "add r0, r0, r12\n"                                                                                                \
    "add r1, r1, lr\n"                                                                                                 \
    "sub r2, r2, r12\n"                                                                                                \
    "sub r3, r3, lr\n"                                                                                                 \
    "ldrd r10, r11, [sp, #112 + " tile "]\n"                                                                           \
    "ldrd r12, lr, [sp, #96 + " tile "]\n"                                                                             \
    "rsb r10, r10, r12, lsl #1\n"                                                                                      \
    "rsb r11, r11, lr, lsl #1\n"                                                                                       \
    "ldrd r8, r9, [sp, #64 + " tile "]\n"                                                                              \
    "sub r10, r10, r8\n"                                                                                               \
    "sub r11, r11, r9\n"                                                                                               \
    "add r4, r4, r10\n"                                                                                                \
    "add r5, r5, r11\n"                                                                                                \
    "sub r6, r6, r10\n"                                                                                                \
    "sub r7, r7, r11\n"                                                                                                \
    "ldrd r12, lr, [sp, #16 + " tile "]\n"                                                                             \
    "sub r12, r12, r8\n"                                                                                               \
    "sub lr, lr, r9\n"                                                                                                 \
    "sub r2, r2, r12\n"                                                                                                \
    "sub r3, r3, lr\n"                                                                                                 \
    "ldrd r10, r11, [sp, #48 + " tile "]\n"                                                                            \
    "ldrd r12, lr, [sp, #32 + " tile "]\n"                                                                             \
    "rsb r10, r10, r12, lsl #1\n"                                                                                      \
    "rsb r11, r11, lr, lsl #1\n"                                                                                       \
    "ldrd r8, r9, [sp, #0 + " tile "]\n"                                                                               \
    "sub r10, r10, r8\n"                                                                                               \
    "sub r11, r11, r9\n"                                                                                               \
    "sub r6, r6, r10\n"                                                                                                \
    "sub r7, r7, r11\n"

/* A quarter of a sum, exactly, and the bias of its channel; then int8. */
#define MSC_WINOGRAD_REQUANTIZE(sum)                                                                                   \
    "add " sum ", r8, " sum ", asr #2\n"                                                                               \
    MSC_REQUANTIZE_SIGNED(sum, "r9", "r10", "lr")

/* Four pixels of two channels to r0, r2, r4, r6; the addresses of the rows to r8 and r9, the distance to r10. */
#define MSC_WINOGRAD_RESULTS                                                                                           \
    "ldrd r12, lr, [sp, #264]\n"                                                                                       \
    "ldm r12!, {r8, r9, r10}\n"                                                                                        \
    MSC_WINOGRAD_REQUANTIZE("r0")                                                                                      \
    MSC_WINOGRAD_REQUANTIZE("r2")                                                                                      \
    MSC_WINOGRAD_REQUANTIZE("r4")                                                                                      \
    MSC_WINOGRAD_REQUANTIZE("r6")                                                                                      \
    "ldm r12!, {r8, r9, r10}\n"                                                                                        \
    MSC_WINOGRAD_REQUANTIZE("r1")                                                                                      \
    MSC_WINOGRAD_REQUANTIZE("r3")                                                                                      \
    MSC_WINOGRAD_REQUANTIZE("r5")                                                                                      \
    MSC_WINOGRAD_REQUANTIZE("r7")                                                                                      \
    "bfi r0, r1, #8, #8\n"                                                                                             \
    "bfi r2, r3, #8, #8\n"                                                                                             \
    "bfi r4, r5, #8, #8\n"                                                                                             \
    "bfi r6, r7, #8, #8\n"                                                                                             \
    "add r10, sp, #272\n"                                                                                              \
    "ldm r10, {r8, r9, r10}\n"

/* All channels of two tiles, two at a time. */
__attribute__((noinline)) static void msc_winograd_multiply(const msc_winograd_product *product) {
    register const msc_winograd_product *p __asm__("r0") = product;

    __asm__ volatile("push {r7}\n"
                     "ldm r0, {r1, r2, r3, r4, r5, r6, r8, r9}\n"
                     "push {r1, r2, r3, r4, r5, r6, r8, r9}\n"
                     /* what the loop will push, taken at once: a bound of the stack is read from the code */
                     "sub sp, sp, #256\n"
                     "add sp, sp, #256\n"
                     "b.w 1f\n"
                     ".p2align 2\n"
                     "1:\n"
                     "ldrd r0, r1, [sp]\n"
                     "movs r2, #0\n"
                     "movs r3, #0\n"
                     "movs r4, #0\n"
                     "movs r5, #0\n"
                     "b.w 3f\n"
                     ".p2align 2\n"
                     /* four channels of the input: 10 instructions of 4 bytes for 16 products */
                     ".rept 16\n"
                     "ldm r0!, {r6, r7, r8, r9}\n"
                     "ldm r1!, {r10, r11, r12, lr}\n"
                     "smlad r2, r6, r10, r2\n"
                     "smlad r3, r6, r12, r3\n"
                     "smlad r4, r8, r10, r4\n"
                     "smlad r5, r8, r12, r5\n"
                     "smlad r2, r7, r11, r2\n"
                     "smlad r3, r7, lr, r3\n"
                     "smlad r4, r9, r11, r4\n"
                     "smlad r5, r9, lr, r5\n"
                     ".endr\n"
                     "push {r2, r3, r4, r5}\n"
                     "3:\n"
                     "ldr.w r6, [r0], #4\n"
                     "add pc, r6\n"
                     "nop\n"
                     "str r1, [sp, #260]\n"
                     MSC_WINOGRAD_OUTPUTS("0")
                     MSC_WINOGRAD_RESULTS
                     "strh r6, [r9, r10]\n"
                     "strh r4, [r9]\n"
                     "strh r2, [r8, r10]\n"
                     "strh r0, [r8]\n"
                     MSC_WINOGRAD_OUTPUTS("8")
                     MSC_WINOGRAD_RESULTS
                     "str r12, [sp, #264]\n"
                     "add r11, r9, #2\n"
                     "add r9, r9, r10, lsl #1\n"
                     "strh r6, [r9, r10]\n"
                     "strh r4, [r9]\n"
                     "add r9, r8, r10, lsl #1\n"
                     "strh r2, [r9, r10]\n"
                     "strh r0, [r9]\n"
                     "adds r8, #2\n"
                     "strd r8, r11, [sp, #272]\n"
                     "ldr r1, [sp, #284]\n"
                     "add sp, sp, #256\n"
                     "cmp r12, r1\n"
                     "bne.w 1b\n"
                     "add sp, sp, #32\n"
                     "pop {r7}\n"
                     : "+r"(p)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

#else

/* The word before the transformed inputs of a place in the tile, of so many steps. */
static inline uint32_t msc_winograd_entry(int32_t steps) {
    return (uint32_t)steps;
}

/* Four outputs of a channel from the products of a tile, `step` apart, to `output` row by row. */
static void msc_winograd_outputs(const uint32_t *products, int32_t step, const msc_winograd_product *product,
                                 const int32_t *channel, int32_t tile, int32_t o) {
    for (int32_t y = 1; y >= 0; y--) {
        uint32_t columns[4];

        for (int32_t j = 0; j < 4; j++) {
            const uint32_t *const m = &products[4 * step * j];

            columns[j] = y == 0 ? m[0] + m[step] + m[2 * step] : m[step] - m[2 * step] - m[3 * step];
        }
        for (int32_t x = 0; x < 2; x++) {
            const uint32_t sum =
                x == 0 ? columns[0] + columns[1] + columns[2] : columns[1] - columns[2] - columns[3];

            product->output[y][(2 * tile + x) * product->pixel + o] =
                msc_requantize_sum(channel[0] + ((int32_t)sum >> 2), &channel[1], product->zero_point);
        }
    }
}

/* All channels of two tiles, two at a time. */
static void msc_winograd_multiply(const msc_winograd_product *product) {
    const uint32_t *weights = product->weights;
    int32_t o = 0;

    for (const int32_t *channel = product->channels; channel != product->channels_end; channel += 6) {
        const uint32_t *x = product->inputs;
        uint32_t products[16][4];

        for (int32_t place = 0; place < 16; place++) {
            int32_t sums[4] = {0, 0, 0, 0};

            for (int32_t steps = (int32_t)*x++; steps > 0; steps--) {
                for (int32_t i = 0; i < 4; i++) {
                    sums[i] = msc_smlad(x[i & 2], weights[2 * (i & 1)], sums[i]);
                    sums[i] = msc_smlad(x[(i & 2) + 1], weights[2 * (i & 1) + 1], sums[i]);
                }
                x += 4;
                weights += 4;
            }
            for (int32_t i = 0; i < 4; i++) {
                products[place][i] = (uint32_t)sums[i];
            }
        }
        for (int32_t i = 0; i < 4; i++) {
            msc_winograd_outputs(&products[0][i], 4, product, channel + 3 * (i & 1), i >> 1, o + (i & 1));
        }
        o += 2;
    }
}

#endif

#endif
