/* SPDX-License-Identifier: Apache-2.0 */
/* Products of a constant matrix of floats and four vectors: the inner part of convolutions. */
#ifndef MSC_MATRIX_F32_H
#define MSC_MATRIX_F32_H

#include "msc/base.h"

#if defined(__ARM_FEATURE_FMA) && defined(__thumb2__) && defined(__ARM_PCS_VFP)

/*
 * Adds to 16 sums, of four vectors by four rows, the products of `count` elements: 21 instructions for 16 products, with
 * the four weights of an element loaded at once, which gcc does not.
 */
static inline const float *msc_multiply_four_f32(float *sums, const float *weights, const float *const *vectors,
                                                 int32_t count) {
    const float *a = vectors[0];
    const float *b = vectors[1];
    const float *c = vectors[2];
    const float *d = vectors[3];

    __asm__ volatile("vldmia %6, {s0-s15}\n"
                     "1:\n"
                     "vldmia %0!, {s16-s19}\n"
                     "vldmia %1!, {s20}\n"
                     "vldmia %2!, {s21}\n"
                     "vldmia %3!, {s22}\n"
                     "vldmia %4!, {s23}\n"
                     "subs %5, %5, #1\n"
                     "vfma.f32 s0, s16, s20\n"
                     "vfma.f32 s1, s17, s20\n"
                     "vfma.f32 s2, s18, s20\n"
                     "vfma.f32 s3, s19, s20\n"
                     "vfma.f32 s4, s16, s21\n"
                     "vfma.f32 s5, s17, s21\n"
                     "vfma.f32 s6, s18, s21\n"
                     "vfma.f32 s7, s19, s21\n"
                     "vfma.f32 s8, s16, s22\n"
                     "vfma.f32 s9, s17, s22\n"
                     "vfma.f32 s10, s18, s22\n"
                     "vfma.f32 s11, s19, s22\n"
                     "vfma.f32 s12, s16, s23\n"
                     "vfma.f32 s13, s17, s23\n"
                     "vfma.f32 s14, s18, s23\n"
                     "vfma.f32 s15, s19, s23\n"
                     "bne 1b\n"
                     "vstmia %6, {s0-s15}\n"
                     : "+r"(weights), "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(count)
                     : "r"(sums)
                     : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "s12", "s13", "s14",
                       "s15", "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23", "cc", "memory");
    return weights;
}

#else

/* Adds to 16 sums, of four vectors by four rows, the products of `count` elements. */
static inline const float *msc_multiply_four_f32(float *sums, const float *weights, const float *const *vectors,
                                                 int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        for (int32_t vector = 0; vector < 4; vector++) {
            for (int32_t row = 0; row < 4; row++) {
                sums[4 * vector + row] += weights[row] * vectors[vector][i];
            }
        }
        weights += 4;
    }
    return weights;
}

#endif

#endif
