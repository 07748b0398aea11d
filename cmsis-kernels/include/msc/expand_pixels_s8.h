/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_EXPAND_PIXELS_S8_H
#define MSC_EXPAND_PIXELS_S8_H

#include "msc/base.h"
#include "msc/dsp.h"

/* Appends fours of int8 of three pixels to their columns, as int16. Returns the end of the columns. */
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__) && defined(__OPTIMIZE__)
static inline uint32_t *msc_expand_pixels_s8(uint32_t *columns, const int8_t *a, const int8_t *b, const int8_t *c,
                                             int32_t quads) {
    /* gcc stores word by word: 18 instructions instead of 12 */
    __asm__ volatile("1:\n"
                     "ldr r8, [%1], #4\n"
                     "sxtb16 r4, r8\n"
                     "sxtb16 r8, r8, ror #8\n"
                     "ldr r9, [%2], #4\n"
                     "sxtb16 r5, r9\n"
                     "sxtb16 r9, r9, ror #8\n"
                     "ldr r10, [%3], #4\n"
                     "sxtb16 r6, r10\n"
                     "sxtb16 r10, r10, ror #8\n"
                     "subs %4, %4, #1\n"
                     "stm %0!, {r4, r5, r6, r8, r9, r10}\n"
                     "bne 1b\n"
                     : "+r"(columns), "+r"(a), "+r"(b), "+r"(c), "+r"(quads)
                     :
                     : "r4", "r5", "r6", "r8", "r9", "r10", "cc", "memory");
    return columns;
}
#else
static inline uint32_t *msc_expand_pixels_s8(uint32_t *columns, const int8_t *a, const int8_t *b, const int8_t *c,
                                             int32_t quads) {
    for (int32_t i = 0; i < 4 * quads; i += 4) {
        columns[0] = msc_sxtb16(msc_read_word(a + i));
        columns[1] = msc_sxtb16(msc_read_word(b + i));
        columns[2] = msc_sxtb16(msc_read_word(c + i));
        columns[3] = msc_sxtb16_ror8(msc_read_word(a + i));
        columns[4] = msc_sxtb16_ror8(msc_read_word(b + i));
        columns[5] = msc_sxtb16_ror8(msc_read_word(c + i));
        columns += 6;
    }
    return columns;
}
#endif

#endif
