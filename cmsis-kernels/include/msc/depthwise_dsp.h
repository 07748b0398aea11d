/* SPDX-License-Identifier: Apache-2.0 */
/* What the depthwise kernels for Armv7E-M share: four channels at a time, and an exact short requantization. */
#ifndef MSC_DEPTHWISE_DSP_H
#define MSC_DEPTHWISE_DSP_H

#include "msc/base.h"
#include "msc/depthwise_conv2d.h"
#include "msc/dsp.h"
#include "msc/dsp_bytes.h"
#include "msc/dsp_halfwords.h"

/*
 * How a channel's sums become int8. Sums are kept doubled, so that the high word of sum * multiplier is the product
 * that has to be rounded; they were checked offline to fit 32 bits, and shifts to be to the right, by 1 to 22.
 */
typedef struct {
    int32_t bias; /* doubled */
    int32_t multiplier;
    int32_t offset; /* output zero point and rounding, before the shift */
    int32_t shift;  /* to the right */
} msc_depthwise_scale;

/* The requantization of output channel c. */
static inline msc_depthwise_scale msc_depthwise_scale_of(const msc_depthwise_conv2d_s8_parameters *p, int32_t c) {
    msc_depthwise_scale scale;

    scale.bias = p->bias[c] * 2;
    scale.multiplier = p->multipliers[c];
    /* A multiplier of 0 gives the zero point by any shift. */
    scale.shift = scale.multiplier == 0 ? 1 : -p->shifts[c];
    scale.offset = (2 * p->output_zero_point + 1) * (1 << (scale.shift - 1));
    return scale;
}

/*
 * A doubled sum as int8: product to nearest, shifted right to nearest with ties away from zero, saturated. The sign
 * that decides ties is that of the sum: that of the product differs only where it is rounded to 0, which is no tie.
 */
static inline int32_t msc_depthwise_requantize(int32_t sum, int32_t multiplier, int32_t offset, int32_t shift) {
    return msc_ssat8((msc_smmlar(sum, multiplier, offset) + (sum >> 31)) >> shift);
}

/* Results of the range of int8, moved into that of the activation. */
static inline void msc_depthwise_clamp(int8_t *output, int32_t count, int32_t minimum, int32_t maximum) {
    const uint32_t lowest = (uint32_t)(uint8_t)minimum * 0x01010101u;
    const uint32_t highest = (uint32_t)(uint8_t)maximum * 0x01010101u;

    if (minimum <= -128 && maximum >= 127) {
        return;
    }
    while (count >= 4) {
        msc_write_word(output, msc_min_bytes(msc_max_bytes(msc_read_word(output), lowest), highest));
        output += 4;
        count -= 4;
    }
    for (int32_t i = 0; i < count; i++) {
        const int8_t value = output[i] > minimum ? output[i] : (int8_t)minimum;

        output[i] = value < maximum ? value : (int8_t)maximum;
    }
}

#endif
