/* SPDX-License-Identifier: Apache-2.0 */
/* Armv7E-M instructions on the halfwords of a word, with portable twins. */
#ifndef MSC_DSP_HALFWORDS_H
#define MSC_DSP_HALFWORDS_H

#include "msc/base.h"

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP

/* The low halfwords of two words: that of `low` below that of `high`. */
static inline uint32_t msc_pack_low(uint32_t low, uint32_t high) {
    uint32_t result;

    __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(result) : "r"(low), "r"(high));
    return result;
}

/* The high halfwords of two words: that of `low` below that of `high`. */
static inline uint32_t msc_pack_high(uint32_t low, uint32_t high) {
    uint32_t result;

    __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(result) : "r"(high), "r"(low));
    return result;
}

/* The low halfword of `low` below the high one of `high`. */
static inline uint32_t msc_pack_low_high(uint32_t low, uint32_t high) {
    uint32_t result;

    __asm__("pkhtb %0, %1, %2" : "=r"(result) : "r"(high), "r"(low));
    return result;
}

/* sum + x.low * y.low */
static inline int32_t msc_smlabb(uint32_t x, uint32_t y, int32_t sum) {
    int32_t result;

    __asm__("smlabb %0, %1, %2, %3" : "=r"(result) : "r"(x), "r"(y), "r"(sum));
    return result;
}

/* sum + x.low * y.high */
static inline int32_t msc_smlabt(uint32_t x, uint32_t y, int32_t sum) {
    int32_t result;

    __asm__("smlabt %0, %1, %2, %3" : "=r"(result) : "r"(x), "r"(y), "r"(sum));
    return result;
}

/* sum + x.high * y.low */
static inline int32_t msc_smlatb(uint32_t x, uint32_t y, int32_t sum) {
    int32_t result;

    __asm__("smlatb %0, %1, %2, %3" : "=r"(result) : "r"(x), "r"(y), "r"(sum));
    return result;
}

/* sum + x.high * y.high */
static inline int32_t msc_smlatt(uint32_t x, uint32_t y, int32_t sum) {
    int32_t result;

    __asm__("smlatt %0, %1, %2, %3" : "=r"(result) : "r"(x), "r"(y), "r"(sum));
    return result;
}

/* sum + the high word of a * b + 2^31 */
static inline int32_t msc_smmlar(int32_t a, int32_t b, int32_t sum) {
    int32_t result;

    __asm__("smmlar %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}

/* Halfwords of x plus those of y, each modulo 2^16. */
static inline uint32_t msc_sadd16(uint32_t x, uint32_t y) {
    uint32_t result;

    __asm__("sadd16 %0, %1, %2" : "=r"(result) : "r"(x), "r"(y));
    return result;
}

/* Halfwords of x less those of y, each modulo 2^16. */
static inline uint32_t msc_ssub16(uint32_t x, uint32_t y) {
    uint32_t result;

    __asm__("ssub16 %0, %1, %2" : "=r"(result) : "r"(x), "r"(y));
    return result;
}

#else

static inline uint32_t msc_pack_low(uint32_t low, uint32_t high) {
    return (low & 0xffffu) | high << 16;
}

static inline uint32_t msc_pack_high(uint32_t low, uint32_t high) {
    return low >> 16 | (high & 0xffff0000u);
}

static inline uint32_t msc_pack_low_high(uint32_t low, uint32_t high) {
    return (low & 0xffffu) | (high & 0xffff0000u);
}

static inline int32_t msc_smlabb(uint32_t x, uint32_t y, int32_t sum) {
    return sum + (int16_t)(x & 0xffffu) * (int16_t)(y & 0xffffu);
}

static inline int32_t msc_smlabt(uint32_t x, uint32_t y, int32_t sum) {
    return sum + (int16_t)(x & 0xffffu) * (int16_t)(y >> 16);
}

static inline int32_t msc_smlatb(uint32_t x, uint32_t y, int32_t sum) {
    return sum + (int16_t)(x >> 16) * (int16_t)(y & 0xffffu);
}

static inline int32_t msc_smlatt(uint32_t x, uint32_t y, int32_t sum) {
    return sum + (int16_t)(x >> 16) * (int16_t)(y >> 16);
}

static inline int32_t msc_smmlar(int32_t a, int32_t b, int32_t sum) {
    return sum + (int32_t)(((int64_t)a * b + (INT64_C(1) << 31)) >> 32);
}

static inline uint32_t msc_sadd16(uint32_t x, uint32_t y) {
    return ((x + y) & 0xffffu) | ((x >> 16) + (y >> 16)) << 16;
}

static inline uint32_t msc_ssub16(uint32_t x, uint32_t y) {
    return ((x - y) & 0xffffu) | ((x >> 16) - (y >> 16)) << 16;
}

#endif

#endif
