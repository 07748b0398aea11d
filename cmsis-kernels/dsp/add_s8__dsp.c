/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/arithmetic.h"
#include "msc/dsp.h"
#include "msc/dsp_bytes.h"

/* One saturated sum; `a` and `b` are differences to the zero points, in the low halfwords or as they are. */
static inline uint32_t msc_add_lane_s8(uint32_t a, uint32_t b, const msc_add_s8_dsp_parameters *p) {
    const int32_t product = msc_smmulr((int32_t)(b << p->b_left), p->b_multiplier);
    const int32_t scaled_b = (product + (product >> 31) + p->b_rounding) >> p->b_right;
    /* Twice the sum, because smmulr keeps the high word and the multiplier has 31 fractional bits. */
    const int32_t sum = msc_smmulr((int32_t)(a << 20) + scaled_b * 2, p->output_multiplier);
    const int32_t output = (sum + (sum >> 31) + p->output_rounding) >> p->output_right;

    return (uint32_t)msc_ssat8(output) & 0xffu;
}

/* Four sums: the differences fit 9 bits, so a halfword that is shifted up by 20 or more loses its neighbour. */
static inline uint32_t msc_add_word_s8(uint32_t a, uint32_t b, const msc_add_s8_dsp_parameters *p) {
    const uint32_t a_even = msc_sxtab16(p->a_offsets, a);
    const uint32_t a_odd = msc_sxtab16_ror8(p->a_offsets, a);
    const uint32_t b_even = msc_sxtab16(p->b_offsets, b);
    const uint32_t b_odd = msc_sxtab16_ror8(p->b_offsets, b);

    return msc_add_lane_s8(a_even, b_even, p) | msc_add_lane_s8(a_odd, b_odd, p) << 8 |
           msc_add_lane_s8(a_even >> 16, b_even >> 16, p) << 16 | msc_add_lane_s8(a_odd >> 16, b_odd >> 16, p) << 24;
}

static inline uint32_t msc_add_clamp_s8(uint32_t sums, const msc_add_s8_dsp_parameters *p) {
    return msc_min_bytes(msc_max_bytes(sums, p->output_minimum), p->output_maximum);
}

/* output[i] = a[i] + b[i] on the reals that the integers stand for, clamped; four elements at a time */
MSC_KERNEL void msc_add_s8__dsp(const int8_t *a, const int8_t *b, int8_t *output, const msc_add_s8_dsp_parameters *p,
                                int32_t count) {
    int32_t i = 0;

    for (; i + 4 <= count; i += 4) {
        const uint32_t sums = msc_add_word_s8(msc_read_word(&a[i]), msc_read_word(&b[i]), p);

        msc_write_word(&output[i], msc_add_clamp_s8(sums, p));
    }
    for (; i < count; i++) {
        const uint32_t x = (uint8_t)a[i];
        const uint32_t y = (uint8_t)b[i];
        const uint32_t sum = msc_add_lane_s8(msc_sxtab16(p->a_offsets, x), msc_sxtab16(p->b_offsets, y), p);

        output[i] = (int8_t)(msc_add_clamp_s8(sum, p) & 0xffu);
    }
}
