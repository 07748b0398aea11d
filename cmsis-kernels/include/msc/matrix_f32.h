/* SPDX-License-Identifier: Apache-2.0 */
/* Products of a constant matrix of floats and four vectors: the inner part of convolutions. */
#ifndef MSC_MATRIX_F32_H
#define MSC_MATRIX_F32_H

#include <string.h>

#include "msc/base.h"

/*
 * Four vectors by four rows of a matrix. The vectors come in parts of `count` elements: the addresses of the parts stand
 * one after the other, those of the four vectors together. The assembly below knows the offsets on the right.
 */
typedef struct {
    const float *bias;             /* 0: four */
    float *output;                 /* 4: four results of each vector */
    int32_t pixel;                 /* 8: bytes from the results of one vector to those of the next */
    int32_t count;                 /* 12 */
    const float *zeros;            /* 16: four */
    const float *const *parts_end; /* 20 */
    const float *const *parts;     /* 24 */
} msc_tile_f32;

#if defined(__ARM_FEATURE_FMA) && defined(__thumb2__) && defined(__ARM_PCS_VFP)

/* Four weights in `w` by an element of each vector in a to d; sums in s0 to s15, those of a vector together. */
#define MSC_TILE_STEP_F32(w0, w1, w2, w3, a, b, c, d)                                                                  \
    "vfma.f32 s0, " w0 ", " a "\n"                                                                                     \
    "vfma.f32 s1, " w1 ", " a "\n"                                                                                     \
    "vfma.f32 s2, " w2 ", " a "\n"                                                                                     \
    "vfma.f32 s3, " w3 ", " a "\n"                                                                                     \
    "vfma.f32 s4, " w0 ", " b "\n"                                                                                     \
    "vfma.f32 s5, " w1 ", " b "\n"                                                                                     \
    "vfma.f32 s6, " w2 ", " b "\n"                                                                                     \
    "vfma.f32 s7, " w3 ", " b "\n"                                                                                     \
    "vfma.f32 s8, " w0 ", " c "\n"                                                                                     \
    "vfma.f32 s9, " w1 ", " c "\n"                                                                                     \
    "vfma.f32 s10, " w2 ", " c "\n"                                                                                    \
    "vfma.f32 s11, " w3 ", " c "\n"                                                                                    \
    "vfma.f32 s12, " w0 ", " d "\n"                                                                                    \
    "vfma.f32 s13, " w1 ", " d "\n"                                                                                    \
    "vfma.f32 s14, " w2 ", " d "\n"                                                                                    \
    "vfma.f32 s15, " w3 ", " d "\n"

/* Two elements: 37 instructions for 32 products. */
#define MSC_TILE_PAIR_F32                                                                                              \
    "vldmia %[weights]!, {s16-s23}\n"                                                                                  \
    "vldmia %[a]!, {s24-s25}\n"                                                                                        \
    "vldmia %[b]!, {s26-s27}\n"                                                                                        \
    "vldmia %[c]!, {s28-s29}\n"                                                                                        \
    "vldmia %[d]!, {s30-s31}\n"                                                                                        \
    MSC_TILE_STEP_F32("s16", "s17", "s18", "s19", "s24", "s26", "s28", "s30")                                          \
    MSC_TILE_STEP_F32("s20", "s21", "s22", "s23", "s25", "s27", "s29", "s31")

/* Computes a tile; weights [elements, 4]. Returns the end of the weights. */
static inline const float *msc_multiply_tile_f32(const msc_tile_f32 *tile, const float *weights) {
    const float *const *parts = tile->parts;
    uint32_t a;
    uint32_t b;
    uint32_t c;
    uint32_t d;
    uint32_t n;

    __asm__ volatile("ldr %[n], [%[tile], #16]\n"
                     "vldmia %[n], {s0-s3}\n"
                     "vldmia %[n], {s4-s7}\n"
                     "vldmia %[n], {s8-s11}\n"
                     "vldmia %[n], {s12-s15}\n"
                     "1:\n"
                     "ldrd %[a], %[b], [%[parts]], #8\n"
                     "ldrd %[c], %[d], [%[parts]], #8\n"
                     "ldr %[n], [%[tile], #12]\n"
                     "lsrs %[n], %[n], #1\n"
                     "bcc 2f\n"
                     "vldmia %[weights]!, {s16-s19}\n"
                     "vldmia %[a]!, {s24}\n"
                     "vldmia %[b]!, {s26}\n"
                     "vldmia %[c]!, {s28}\n"
                     "vldmia %[d]!, {s30}\n"
                     MSC_TILE_STEP_F32("s16", "s17", "s18", "s19", "s24", "s26", "s28", "s30")
                     "2:\n"
                     "lsrs %[n], %[n], #1\n"
                     "bcs 4f\n"
                     "beq 5f\n"
                     "3:\n"
                     "subs %[n], %[n], #1\n"
                     MSC_TILE_PAIR_F32
                     "4:\n"
                     MSC_TILE_PAIR_F32
                     "bne 3b\n"
                     "5:\n"
                     "ldr %[n], [%[tile], #20]\n"
                     "cmp %[parts], %[n]\n"
                     "bne 1b\n"
                     "ldr %[n], [%[tile]]\n"
                     "vldmia %[n], {s16-s19}\n"
                     "vadd.f32 s0, s0, s16\n"
                     "vadd.f32 s1, s1, s17\n"
                     "vadd.f32 s2, s2, s18\n"
                     "vadd.f32 s3, s3, s19\n"
                     "vadd.f32 s4, s4, s16\n"
                     "vadd.f32 s5, s5, s17\n"
                     "vadd.f32 s6, s6, s18\n"
                     "vadd.f32 s7, s7, s19\n"
                     "vadd.f32 s8, s8, s16\n"
                     "vadd.f32 s9, s9, s17\n"
                     "vadd.f32 s10, s10, s18\n"
                     "vadd.f32 s11, s11, s19\n"
                     "vadd.f32 s12, s12, s16\n"
                     "vadd.f32 s13, s13, s17\n"
                     "vadd.f32 s14, s14, s18\n"
                     "vadd.f32 s15, s15, s19\n"
                     "ldrd %[a], %[b], [%[tile], #4]\n"
                     "vstmia %[a], {s0-s3}\n"
                     "add %[a], %[a], %[b]\n"
                     "vstmia %[a], {s4-s7}\n"
                     "add %[a], %[a], %[b]\n"
                     "vstmia %[a], {s8-s11}\n"
                     "add %[a], %[a], %[b]\n"
                     "vstmia %[a], {s12-s15}\n"
                     : [weights] "+&r"(weights), [parts] "+&r"(parts), [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c),
                       [d] "=&r"(d), [n] "=&r"(n)
                     : [tile] "r"(tile)
                     : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14",
                       "s15", "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23", "s24", "s25", "s26", "s27", "s28",
                       "s29", "s30", "s31", "cc", "memory");
    return weights;
}

#else

/* Computes a tile; weights [elements, 4]. Returns the end of the weights. */
static inline const float *msc_multiply_tile_f32(const msc_tile_f32 *tile, const float *weights) {
    float sums[16] = {0.0f};
    char *output = (char *)tile->output;

    for (const float *const *part = tile->parts; part != tile->parts_end; part += 4) {
        for (int32_t i = 0; i < tile->count; i++) {
            for (int32_t vector = 0; vector < 4; vector++) {
                for (int32_t row = 0; row < 4; row++) {
                    sums[4 * vector + row] += weights[row] * part[vector][i];
                }
            }
            weights += 4;
        }
    }
    for (int32_t vector = 0; vector < 4; vector++) {
        for (int32_t row = 0; row < 4; row++) {
            sums[4 * vector + row] += tile->bias[row];
        }
        memcpy(output, &sums[4 * vector], 4 * sizeof(float));
        output += tile->pixel;
    }
    return weights;
}

#endif

/* The larger of a float and 0, by its sign. */
static inline void msc_relu_bits_f32(float *value) {
    uint32_t bits;

    memcpy(&bits, value, sizeof bits);
    bits = bits >> 31 ? 0u : bits;
    memcpy(value, &bits, sizeof bits);
}

/* Moves results into the range of an activation: all floats, or the positive ones, or any other. */
static inline void msc_clamp_results_f32(float *results, int32_t count, float minimum, float maximum) {
    int32_t i = 0;

    if (maximum >= 3.402823e38f && minimum <= -3.402823e38f) {
        return;
    }
    if (maximum >= 3.402823e38f && minimum <= 0.0f && minimum >= 0.0f) {
        for (; i <= count - 4; i += 4) {
            msc_relu_bits_f32(&results[i]);
            msc_relu_bits_f32(&results[i + 1]);
            msc_relu_bits_f32(&results[i + 2]);
            msc_relu_bits_f32(&results[i + 3]);
        }
    }
    for (; i < count; i++) {
        const float value = results[i] > minimum ? results[i] : minimum;

        results[i] = value < maximum ? value : maximum;
    }
}

#endif
