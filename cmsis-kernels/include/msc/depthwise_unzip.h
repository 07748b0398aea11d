/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of four channels as planes of int16. */
#ifndef MSC_DEPTHWISE_UNZIP_H
#define MSC_DEPTHWISE_UNZIP_H

#include "msc/dsp.h"
#include "msc/dsp_halfwords.h"

/*
 * How rows of four channels become four planes of int16, two pixels a word: a word of padding and the first pixel where
 * the left padding is odd, pairs of pixels, and a word of the last pixel and padding where one is left.
 */
typedef struct {
    int32_t channel;          /* 0: the first of the four */
    int32_t pairs;            /* 4 */
    uint32_t zero;            /* 8: the zero point twice */
    int32_t edges;            /* 12: 1 if there is a first pixel alone, plus 2 if there is a last one */
    int32_t row_step;         /* 16: bytes from behind the last pair of a row to the first word of the next */
    const int8_t *const *end; /* 20: behind the last row */
} msc_depthwise_unzipping;

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/* Rows to planes, `words` words each; words of padding alone are there already. */
static void msc_depthwise_unzip(const int8_t *const *rows, const msc_depthwise_unzipping *how, int32_t channels,
                                uint32_t *planes, int32_t words) {
    const int8_t *row;
    int32_t left;
    uint32_t u;
    uint32_t v;
    uint32_t x;
    uint32_t y;

    __asm__ volatile("1:\n"
                     "ldr %[row], [%[rows]], #4\n"
                     "ldrd %[x], %[left], [%[how]]\n"
                     "add %[row], %[row], %[x]\n"
                     "ldr %[x], [%[how], #12]\n"
                     "tst %[x], #1\n"
                     "beq 2f\n"
                     "ldr %[x], [%[row]]\n"
                     "ldr %[v], [%[how], #8]\n"
                     "add %[row], %[row], %[channels]\n"
                     "sxtb16 %[y], %[x]\n"
                     "sxtb16 %[x], %[x], ror #8\n"
                     "pkhbt %[u], %[v], %[y], lsl #16\n"
                     "pkhtb %[y], %[y], %[v]\n"
                     "str %[y], [%[planes], %[words], lsl #3]\n"
                     "pkhbt %[y], %[v], %[x], lsl #16\n"
                     "pkhtb %[x], %[x], %[v]\n"
                     "str %[y], [%[planes], %[words], lsl #2]\n"
                     "str %[x], [%[planes], %[words12]]\n"
                     "str %[u], [%[planes]], #4\n"
                     "2:\n"
                     "subs %[left], %[left], #1\n"
                     "bmi 4f\n"
                     "3:\n"
                     "ldr %[y], [%[row], %[channels]]\n"
                     "ldr %[x], [%[row]]\n"
                     "add %[row], %[row], %[channels], lsl #1\n"
                     "pkhbt %[u], %[x], %[y], lsl #16\n"
                     "pkhtb %[v], %[y], %[x], asr #16\n"
                     "sxtb16 %[x], %[u], ror #8\n"
                     "sxtb16 %[y], %[v]\n"
                     "sxtb16 %[v], %[v], ror #8\n"
                     "str %[x], [%[planes], %[words], lsl #2]\n"
                     "sxtb16 %[u], %[u]\n"
                     "str %[y], [%[planes], %[words], lsl #3]\n"
                     "str %[v], [%[planes], %[words12]]\n"
                     "subs %[left], %[left], #1\n"
                     "str %[u], [%[planes]], #4\n"
                     "bpl 3b\n"
                     "4:\n"
                     "ldr %[x], [%[how], #12]\n"
                     "tst %[x], #2\n"
                     "beq 5f\n"
                     "ldr %[x], [%[row]]\n"
                     "ldr %[v], [%[how], #8]\n"
                     "sxtb16 %[y], %[x]\n"
                     "sxtb16 %[x], %[x], ror #8\n"
                     "pkhbt %[u], %[y], %[v], lsl #16\n"
                     "str %[u], [%[planes]]\n"
                     "pkhtb %[u], %[v], %[y], asr #16\n"
                     "str %[u], [%[planes], %[words], lsl #3]\n"
                     "pkhbt %[u], %[x], %[v], lsl #16\n"
                     "str %[u], [%[planes], %[words], lsl #2]\n"
                     "pkhtb %[u], %[v], %[x], asr #16\n"
                     "str %[u], [%[planes], %[words12]]\n"
                     "5:\n"
                     "ldrd %[x], %[y], [%[how], #16]\n"
                     "add %[planes], %[planes], %[x]\n"
                     "cmp %[rows], %[y]\n"
                     "bne 1b\n"
                     : [rows] "+&r"(rows), [planes] "+&r"(planes), [row] "=&r"(row), [left] "=&r"(left),
                       [u] "=&r"(u), [v] "=&r"(v), [x] "=&r"(x), [y] "=&r"(y)
                     : [how] "r"(how), [channels] "r"(channels), [words] "r"(words), [words12] "r"(12 * words)
                     : "cc", "memory");
}

#else

/* Rows to planes, `words` words each; words of padding alone are there already. */
static void msc_depthwise_unzip(const int8_t *const *rows, const msc_depthwise_unzipping *how, int32_t channels,
                                uint32_t *planes, int32_t words) {
    const int32_t has_first = how->edges & 1;
    const int32_t count = has_first + 2 * how->pairs + (how->edges >> 1);

    for (; rows < how->end; rows++) {
        const int8_t *row = &(*rows)[how->channel];

        for (int32_t c = 0; c < 4; c++) {
            uint32_t *plane = &planes[c * words];
            uint32_t low = how->zero;

            for (int32_t i = 0; i < count; i++) {
                const uint32_t pixel = (uint32_t)row[i * channels + c];

                if ((i + has_first) % 2 == 0) {
                    low = pixel;
                    *plane = msc_pack_low(pixel, how->zero);
                } else {
                    *plane++ = msc_pack_low(low, pixel);
                }
            }
        }
        planes += has_first + how->pairs + how->row_step / 4;
    }
}

#endif

#endif
