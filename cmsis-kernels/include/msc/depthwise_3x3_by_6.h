/* SPDX-License-Identifier: Apache-2.0 */
/* Six columns of outputs of a 3 by 3 window of stride 1 over a plane of int16. Code for size does without. */
#ifndef MSC_DEPTHWISE_3X3_BY_6_H
#define MSC_DEPTHWISE_3X3_BY_6_H

#include "msc/depthwise_3x3.h"

#if !defined(__OPTIMIZE_SIZE__)
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/* A row of the window over six outputs of stride 1: sums r4 to r9, pixels r10 and r11, weights r12 and lr. */
#define MSC_DEPTHWISE_BY_6(at, r4, r5, r6, r7, r8)                                                                     \
    "ldrd r12, lr, [r0, #" at "]\n"                                                                                    \
    "ldrd r10, r11, [r1]\n"                                                                                            \
    "smlad r4, r10, r12, " r4 "\n"                                                                                     \
    "smlatb r5, r10, r12, " r5 "\n"                                                                                    \
    "ldr r10, [r1, #8]\n"                                                                                              \
    "smlad r6, r11, r12, " r6 "\n"                                                                                     \
    "smlatb r7, r11, r12, " r7 "\n"                                                                                    \
    "smlabt r4, r11, lr, r4\n"                                                                                         \
    "smlad r5, r11, lr, r5\n"                                                                                          \
    "ldr r11, [r1, #12]\n"                                                                                             \
    "smlad r8, r10, r12, " r8 "\n"                                                                                     \
    "smlatb r9, r10, r12, r9\n"                                                                                        \
    "smlabt r6, r10, lr, r6\n"                                                                                         \
    "smlad r7, r10, lr, r7\n"                                                                                          \
    "smlabt r8, r11, lr, r8\n"                                                                                         \
    "smlad r9, r11, lr, r9\n"

/* Multiplier r10, offset r11, shift r12. */
#define MSC_DEPTHWISE_REQUANTIZE_6(sum)                                                                                \
    "smmlar lr, " sum ", r10, r11\n"                                                                                   \
    "add " sum ", lr, " sum ", asr #31\n"                                                                              \
    "asr " sum ", " sum ", r12\n"                                                                                      \
    "ssat " sum ", #8, " sum "\n"

/* The same for results of the zero point -128. */
#define MSC_DEPTHWISE_REQUANTIZE_UP_6(sum)                                                                             \
    "smmlar " sum ", " sum ", r10, r11\n"                                                                              \
    "asr " sum ", " sum ", r12\n"                                                                                      \
    "ssat " sum ", #8, " sum "\n"

/* Six neighbouring outputs of each row, stride 1, or five: 88 instructions of which 36 multiply. */
__attribute__((noinline)) static void msc_depthwise_3x3_by_6(msc_depthwise_3x3_channel *channel, const uint32_t *plane,
                                                             int8_t *output, int32_t pitch) {
    register msc_depthwise_3x3_channel *r0 __asm__("r0") = channel;
    register const uint32_t *r1 __asm__("r1") = plane;
    register int8_t *r2 __asm__("r2") = output;
    register int32_t r3 __asm__("r3") = pitch;

    __asm__ volatile("push {r7}\n"
                     "1:\n"
                     "ldr r9, [r0, #24]\n"
                     MSC_DEPTHWISE_BY_6("0", "r9", "r9", "r9", "r9", "r9")
                     "add r1, r1, r3\n"
                     MSC_DEPTHWISE_BY_6("8", "r4", "r5", "r6", "r7", "r8")
                     "add r1, r1, r3\n"
                     MSC_DEPTHWISE_BY_6("16", "r4", "r5", "r6", "r7", "r8")
                     "sub r1, r1, r3\n"
                     "ldrd r10, r11, [r0, #28]\n"
                     "ldr r12, [r0, #36]\n"
                     "cmp r12, #0\n"
                     "blt 3f\n"
                     MSC_DEPTHWISE_REQUANTIZE_UP_6("r4")
                     MSC_DEPTHWISE_REQUANTIZE_UP_6("r5")
                     MSC_DEPTHWISE_REQUANTIZE_UP_6("r6")
                     MSC_DEPTHWISE_REQUANTIZE_UP_6("r7")
                     MSC_DEPTHWISE_REQUANTIZE_UP_6("r8")
                     MSC_DEPTHWISE_REQUANTIZE_UP_6("r9")
                     "2:\n"
                     "ldrd r10, lr, [r0, #48]\n"
                     "strb r4, [r2]\n"
                     "strb r5, [r2, r10]\n"
                     "add r11, r2, r10, lsl #1\n"
                     "strb r6, [r11]\n"
                     "strb r7, [r11, r10]\n"
                     "add r11, r11, r10, lsl #1\n"
                     "strb r9, [r11, lr]\n"
                     "strb r8, [r11]\n"
                     "ldrd r10, r11, [r0, #40]\n"
                     "add r2, r2, r10\n"
                     "subs r11, r11, #1\n"
                     "str r11, [r0, #44]\n"
                     "bne.w 1b\n"
                     "b.w 4f\n"
                     "3:\n"
                     MSC_DEPTHWISE_REQUANTIZE_6("r4")
                     MSC_DEPTHWISE_REQUANTIZE_6("r5")
                     MSC_DEPTHWISE_REQUANTIZE_6("r6")
                     MSC_DEPTHWISE_REQUANTIZE_6("r7")
                     MSC_DEPTHWISE_REQUANTIZE_6("r8")
                     MSC_DEPTHWISE_REQUANTIZE_6("r9")
                     "b 2b\n"
                     "4:\n"
                     "pop {r7}\n"
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
                     :
                     : "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

#else

static void msc_depthwise_3x3_by_6(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                   int32_t pitch) {
    msc_depthwise_3x3_by(channel, plane, output, pitch, -pitch, channel->pixel, channel->last ? 6 : 5, 1);
}

#endif
#endif

#endif
