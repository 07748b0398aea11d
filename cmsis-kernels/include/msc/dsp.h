/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions of the Armv7E-M DSP extension on words of packed integers, with portable twins. */
#ifndef MSC_DSP_H
#define MSC_DSP_H

#include <string.h>

#include "msc/base.h"

/* Four int8 as a word, the first in the lowest byte, from any address. */
static inline uint32_t msc_read_word(const int8_t *from) {
    uint32_t word;

    memcpy(&word, from, sizeof word);
    return word;
}

/* Four int8 of a word to any address. */
static inline void msc_write_word(int8_t *to, uint32_t word) {
    memcpy(to, &word, sizeof word);
}

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP

/* Bytes 0 and 2, sign-extended to halfwords. */
static inline uint32_t msc_sxtb16(uint32_t word) {
    uint32_t result;

    __asm__("sxtb16 %0, %1" : "=r"(result) : "r"(word));
    return result;
}

/* Bytes 1 and 3, sign-extended to halfwords. */
static inline uint32_t msc_sxtb16_ror8(uint32_t word) {
    uint32_t result;

    __asm__("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(word));
    return result;
}

/* sum + x.low * y.low + x.high * y.high, modulo 2^32 */
static inline int32_t msc_smlad(uint32_t x, uint32_t y, int32_t sum) {
    int32_t result;

    __asm__("smlad %0, %1, %2, %3" : "=r"(result) : "r"(x), "r"(y), "r"(sum));
    return result;
}

/* The high word of a * b + 2^31 */
static inline int32_t msc_smmulr(int32_t a, int32_t b) {
    int32_t result;

    __asm__("smmulr %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));
    return result;
}

#else

static inline uint32_t msc_sxtb16(uint32_t word) {
    return ((uint32_t)(int32_t)(int8_t)(word & 0xffu) & 0xffffu) | (uint32_t)(int32_t)(int8_t)(word >> 16 & 0xffu) << 16;
}

static inline uint32_t msc_sxtb16_ror8(uint32_t word) {
    return msc_sxtb16(word >> 8);
}

static inline int32_t msc_smlad(uint32_t x, uint32_t y, int32_t sum) {
    const int32_t low = (int16_t)(x & 0xffffu) * (int16_t)(y & 0xffffu);
    const int32_t high = (int16_t)(x >> 16) * (int16_t)(y >> 16);

    return (int32_t)((uint32_t)sum + (uint32_t)low + (uint32_t)high);
}

static inline int32_t msc_smmulr(int32_t a, int32_t b) {
    return (int32_t)(((int64_t)a * b + (INT64_C(1) << 31)) >> 32);
}

#endif

#endif
