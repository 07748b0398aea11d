/* SPDX-License-Identifier: Apache-2.0 */
/* Armv7E-M instructions on the bytes of a word, with portable twins. */
#ifndef MSC_DSP_BYTES_H
#define MSC_DSP_BYTES_H

#include "msc/base.h"

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP

/* Halfwords of `sum` plus the sign-extended bytes 0 and 2 of `word`. */
static inline uint32_t msc_sxtab16(uint32_t sum, uint32_t word) {
    uint32_t result;

    __asm__("sxtab16 %0, %1, %2" : "=r"(result) : "r"(sum), "r"(word));
    return result;
}

/* Halfwords of `sum` plus the sign-extended bytes 1 and 3 of `word`. */
static inline uint32_t msc_sxtab16_ror8(uint32_t sum, uint32_t word) {
    uint32_t result;

    __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(result) : "r"(sum), "r"(word));
    return result;
}

/* value, moved into [-128, 127] */
static inline int32_t msc_ssat8(int32_t value) {
    int32_t result;

    __asm__("ssat %0, #8, %1" : "=r"(result) : "r"(value) : "cc");
    return result;
}

/* The larger of each two signed bytes. */
static inline uint32_t msc_max_bytes(uint32_t a, uint32_t b) {
    uint32_t result;

    __asm__("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(result) : "r"(a), "r"(b) : "cc");
    return result;
}

/* The smaller of each two signed bytes. */
static inline uint32_t msc_min_bytes(uint32_t a, uint32_t b) {
    uint32_t result;

    __asm__("ssub8 %0, %1, %2\n\tsel %0, %2, %1" : "=&r"(result) : "r"(a), "r"(b) : "cc");
    return result;
}

#else

static inline uint32_t msc_sxtab16(uint32_t sum, uint32_t word) {
    const int32_t low = (int32_t)(sum & 0xffffu) + (int8_t)(word & 0xffu);
    const int32_t high = (int32_t)(sum >> 16) + (int8_t)((word >> 16) & 0xffu);

    return ((uint32_t)low & 0xffffu) | (uint32_t)high << 16;
}

static inline uint32_t msc_sxtab16_ror8(uint32_t sum, uint32_t word) {
    return msc_sxtab16(sum, word >> 8);
}

static inline int32_t msc_ssat8(int32_t value) {
    if (value < -128) {
        return -128;
    }
    return value > 127 ? 127 : value;
}

static inline uint32_t msc_max_bytes(uint32_t a, uint32_t b) {
    uint32_t result = 0u;

    for (uint32_t shift = 0u; shift < 32u; shift += 8u) {
        const uint32_t x = (a >> shift) & 0xffu;
        const uint32_t y = (b >> shift) & 0xffu;

        result |= ((int8_t)x > (int8_t)y ? x : y) << shift;
    }
    return result;
}

static inline uint32_t msc_min_bytes(uint32_t a, uint32_t b) {
    uint32_t result = 0u;

    for (uint32_t shift = 0u; shift < 32u; shift += 8u) {
        const uint32_t x = (a >> shift) & 0xffu;
        const uint32_t y = (b >> shift) & 0xffu;

        result |= ((int8_t)x < (int8_t)y ? x : y) << shift;
    }
    return result;
}

#endif

#endif
