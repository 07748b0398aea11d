/* SPDX-License-Identifier: Apache-2.0 */
/* Inputs of Winograd's convolution: see conv2d_winograd_s8__dsp.c. */
#ifndef MSC_WINOGRAD_TRANSFORM_H
#define MSC_WINOGRAD_TRANSFORM_H

#include "msc/dsp.h"
#include "msc/dsp_halfwords.h"

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/*
 * Four channels of two tiles. Six columns of four pixels, of which `pixels` holds the addresses, are transformed down
 * (B' d), their words stored on the stack, and then along (d B). `stride` bytes lie between places in the tile, which are
 * counted from top to bottom, then from left to right.
 */
__attribute__((noinline)) static void msc_winograd_transform(const int8_t *const *pixels, int32_t channel,
                                                             uint32_t *transformed, int32_t stride) {
    register const int8_t *const *r0 __asm__("r0") = pixels;
    register int32_t r1 __asm__("r1") = channel;
    register uint32_t *r2 __asm__("r2") = transformed;
    register int32_t r3 __asm__("r3") = stride;

    __asm__ volatile("push {r2, r3, r7}\n"
                     ".rept 6\n"
                     "ldm r0!, {r2, r3, r4, r5}\n"
                     "ldr r2, [r2, r1]\n"
                     "ldr r3, [r3, r1]\n"
                     "ldr r4, [r4, r1]\n"
                     "ldr r5, [r5, r1]\n"
                     "sxtb16 r6, r2\n"
                     "sxtb16 r7, r2, ror #8\n"
                     "sxtb16 r8, r3\n"
                     "sxtb16 r9, r3, ror #8\n"
                     "sxtb16 r10, r4\n"
                     "sxtb16 r11, r4, ror #8\n"
                     "sxtb16 r12, r5\n"
                     "sxtb16 lr, r5, ror #8\n"
                     "ssub16 r2, r6, r10\n"
                     "ssub16 r3, r7, r11\n"
                     "sadd16 r4, r8, r10\n"
                     "sadd16 r5, r9, r11\n"
                     "ssub16 r10, r10, r8\n"
                     "ssub16 r11, r11, r9\n"
                     "ssub16 r12, r8, r12\n"
                     "ssub16 lr, r9, lr\n"
                     "push {r2, r3, r4, r5, r10, r11, r12, lr}\n"
                     ".endr\n"
                     "ldrd r0, r1, [sp, #192]\n"
                     /* the first and the third row from left to right, the others back */
                     ".irp row, 0, 16\n"
                     "ldrd r2, r3, [sp, #160 + \\row]\n"
                     "ldrd r4, r5, [sp, #128 + \\row]\n"
                     "ldrd r6, r7, [sp, #96 + \\row]\n"
                     "ldrd r8, r9, [sp, #64 + \\row]\n"
                     "ldrd r10, r11, [sp, #32 + \\row]\n"
                     "ldrd r12, lr, [sp, #0 + \\row]\n"
                     "ssub16 r2, r2, r6\n"
                     "ssub16 r3, r3, r7\n"
                     "strd r2, r3, [r0]\n"
                     "ssub16 r2, r6, r10\n"
                     "ssub16 r3, r7, r11\n"
                     "strd r2, r3, [r0, #8]\n"
                     "add r0, r0, r1, lsl #2\n"
                     "sadd16 r2, r4, r6\n"
                     "sadd16 r3, r5, r7\n"
                     "strd r2, r3, [r0]\n"
                     "sadd16 r2, r8, r10\n"
                     "sadd16 r3, r9, r11\n"
                     "strd r2, r3, [r0, #8]\n"
                     "add r0, r0, r1, lsl #2\n"
                     "ssub16 r6, r6, r4\n"
                     "ssub16 r7, r7, r5\n"
                     "strd r6, r7, [r0]\n"
                     "ssub16 r10, r10, r8\n"
                     "ssub16 r11, r11, r9\n"
                     "strd r10, r11, [r0, #8]\n"
                     "add r0, r0, r1, lsl #2\n"
                     "ssub16 r4, r4, r8\n"
                     "ssub16 r5, r5, r9\n"
                     "strd r4, r5, [r0]\n"
                     "ssub16 r8, r8, r12\n"
                     "ssub16 r9, r9, lr\n"
                     "strd r8, r9, [r0, #8]\n"
                     "add r0, r0, r1\n"
                     "ldrd r2, r3, [sp, #168 + \\row]\n"
                     "ldrd r4, r5, [sp, #136 + \\row]\n"
                     "ldrd r6, r7, [sp, #104 + \\row]\n"
                     "ldrd r8, r9, [sp, #72 + \\row]\n"
                     "ldrd r10, r11, [sp, #40 + \\row]\n"
                     "ldrd r12, lr, [sp, #8 + \\row]\n"
                     "ssub16 r12, r8, r12\n"
                     "ssub16 lr, r9, lr\n"
                     "strd r12, lr, [r0, #8]\n"
                     "ssub16 r12, r4, r8\n"
                     "ssub16 lr, r5, r9\n"
                     "strd r12, lr, [r0]\n"
                     "sub r0, r0, r1, lsl #2\n"
                     "ssub16 r12, r6, r4\n"
                     "ssub16 lr, r7, r5\n"
                     "strd r12, lr, [r0]\n"
                     "ssub16 r12, r10, r8\n"
                     "ssub16 lr, r11, r9\n"
                     "strd r12, lr, [r0, #8]\n"
                     "sub r0, r0, r1, lsl #2\n"
                     "sadd16 r4, r4, r6\n"
                     "sadd16 r5, r5, r7\n"
                     "strd r4, r5, [r0]\n"
                     "sadd16 r8, r8, r10\n"
                     "sadd16 r9, r9, r11\n"
                     "strd r8, r9, [r0, #8]\n"
                     "sub r0, r0, r1, lsl #2\n"
                     "ssub16 r2, r2, r6\n"
                     "ssub16 r3, r3, r7\n"
                     "strd r2, r3, [r0]\n"
                     "ssub16 r6, r6, r10\n"
                     "ssub16 r7, r7, r11\n"
                     "strd r6, r7, [r0, #8]\n"
                     "add r0, r0, r1\n"
                     ".endr\n"
                     "add sp, sp, #200\n"
                     "pop {r7}\n"
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
                     :
                     : "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

#else

/* One row or column of a tile, transformed in place. */
static inline void msc_winograd_transform_line(uint32_t *line, int32_t step) {
    const uint32_t d1 = line[step];
    const uint32_t d2 = line[2 * step];

    line[0] = msc_ssub16(line[0], d2);
    line[step] = msc_sadd16(d1, d2);
    line[2 * step] = msc_ssub16(d2, d1);
    line[3 * step] = msc_ssub16(d1, line[3 * step]);
}

/*
 * Four channels of two tiles, of six columns of four pixels whose addresses are `pixels`. `stride` bytes lie between
 * places in the tile, which are counted from top to bottom, then from left to right.
 */
static void msc_winograd_transform(const int8_t *const *pixels, int32_t channel, uint32_t *transformed,
                                   int32_t stride) {
    for (int32_t part = 0; part < 4; part++) {
        uint32_t tile[16];

        for (int32_t i = 0; i < 16; i++) {
            const uint32_t word = msc_read_word(pixels[(part & 2) * 4 + i] + channel);

            tile[i] = (part & 1) ? msc_sxtb16_ror8(word) : msc_sxtb16(word);
        }
        for (int32_t i = 0; i < 4; i++) {
            msc_winograd_transform_line(&tile[4 * i], 1);
        }
        for (int32_t i = 0; i < 4; i++) {
            msc_winograd_transform_line(&tile[i], 4);
        }
        for (int32_t i = 0; i < 16; i++) {
            transformed[i * stride / 4 + part] = tile[i];
        }
    }
}

#endif

#endif
