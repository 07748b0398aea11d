/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/depthwise_dsp.h"

/* Sums of four channels; even and odd ones stand together in the words that they come from. */
typedef struct {
    int32_t sum0;
    int32_t sum1;
    int32_t sum2;
    int32_t sum3;
} msc_depthwise_sums;

/* One tap of four channels: a pixel times the weights 0 and 2, 1 and 3. */
static inline void msc_depthwise_tap(msc_depthwise_sums *sums, uint32_t pixel, const uint32_t *weights) {
    const uint32_t even = msc_sxtb16(pixel);
    const uint32_t odd = msc_sxtb16_ror8(pixel);
    const uint32_t weights02 = weights[0];
    const uint32_t weights13 = weights[1];

    sums->sum0 = msc_smlabb(even, weights02, sums->sum0);
    sums->sum1 = msc_smlabb(odd, weights13, sums->sum1);
    sums->sum2 = msc_smlatt(even, weights02, sums->sum2);
    sums->sum3 = msc_smlatt(odd, weights13, sums->sum3);
}

/* The taps of a window that lies between the left and the right border; `step` is from tap to tap. */
static inline void msc_depthwise_inside(msc_depthwise_sums *sums, const int8_t *const *rows, int32_t offset,
                                        const msc_depthwise_conv2d_s8_parameters *p, const uint32_t *weights) {
    const int32_t step = p->dilation * p->channels;

    for (int32_t i = 0; i < p->kernel_height; i++) {
        const int8_t *pixel = &rows[i][offset];
        int32_t left = p->kernel_width;

        while (left >= 3) {
            msc_depthwise_tap(sums, msc_read_word(pixel), &weights[0]);
            msc_depthwise_tap(sums, msc_read_word(&pixel[step]), &weights[2]);
            msc_depthwise_tap(sums, msc_read_word(&pixel[2 * step]), &weights[4]);
            weights += 6;
            pixel += 3 * step;
            left -= 3;
        }
        while (left > 0) {
            msc_depthwise_tap(sums, msc_read_word(pixel), weights);
            weights += 2;
            pixel += step;
            left--;
        }
    }
}

/* The taps of a window over the border, whose first is at `column`; `first` is the first of the channels. */
static void msc_depthwise_border(msc_depthwise_sums *sums, const int8_t *const *rows, int32_t first, int32_t column,
                                 const msc_depthwise_conv2d_s8_parameters *p, const uint32_t *weights) {
    const uint32_t zero = ((uint32_t)p->input_zero_point & 0xffu) * 0x01010101u;

    for (int32_t i = 0; i < p->kernel_height; i++) {
        int32_t at = column;

        for (int32_t j = 0; j < p->kernel_width; j++) {
            const int is_inside = at >= 0 && at < p->input_width;

            msc_depthwise_tap(sums, is_inside ? msc_read_word(&rows[i][at * p->channels + first]) : zero, weights);
            weights += 2;
            at += p->dilation;
        }
    }
}

/* The weights of four channels less their zero point, doubled, as halfwords: of each tap 0 and 2, 1 and 3. */
static void msc_depthwise_widen(const msc_depthwise_conv2d_s8_parameters *p, int32_t first, uint32_t *widened) {
    const uint32_t zero = ((uint32_t)p->weights_zero_point & 0xffffu) * 0x00010001u;
    const int8_t *weights = &p->weights[first];

    for (int32_t tap = 0; tap < p->kernel_height * p->kernel_width; tap++) {
        const uint32_t word = msc_read_word(weights);
        const uint32_t even = msc_ssub16(msc_sxtb16(word), zero);
        const uint32_t odd = msc_ssub16(msc_sxtb16_ror8(word), zero);

        widened[0] = msc_sadd16(even, even);
        widened[1] = msc_sadd16(odd, odd);
        widened += 2;
        weights += p->channels;
    }
}

/*
 * Windows of any size, stride and dilation, four channels at a time, one pixel after the other.
 * Scratch: two words for each tap of the window.
 */
MSC_KERNEL void msc_depthwise_conv2d_s8__dsp(const int8_t *const *rows, int8_t *output,
                                             const msc_depthwise_conv2d_s8_parameters *p, void *scratch,
                                             int32_t row_count) {
    uint32_t *const weights = (uint32_t *)scratch;
    const int32_t last = p->input_width - (p->kernel_width - 1) * p->dilation;

    for (int32_t c = 0; c < p->channels; c += 4) {
        /* The last four overlap those before where channels are not a multiple of 4. */
        const int32_t first = c < p->channels - 4 ? c : p->channels - 4;
        const msc_depthwise_scale scale0 = msc_depthwise_scale_of(p, first);
        const msc_depthwise_scale scale1 = msc_depthwise_scale_of(p, first + 1);
        const msc_depthwise_scale scale2 = msc_depthwise_scale_of(p, first + 2);
        const msc_depthwise_scale scale3 = msc_depthwise_scale_of(p, first + 3);
        const int8_t *const *window = rows;
        int8_t *pixel = &output[first];

        msc_depthwise_widen(p, first, weights);
        for (int32_t y = 0; y < row_count; y++) {
            int32_t column = -p->pad_left;

            for (int32_t x = 0; x < p->output_width; x++) {
                msc_depthwise_sums sums = {scale0.bias, scale1.bias, scale2.bias, scale3.bias};

                if (column >= 0 && column < last) {
                    msc_depthwise_inside(&sums, window, column * p->channels + first, p, weights);
                } else {
                    msc_depthwise_border(&sums, window, first, column, p, weights);
                }
                pixel[0] = (int8_t)msc_depthwise_requantize(sums.sum0, scale0.multiplier, scale0.offset, scale0.shift);
                pixel[1] = (int8_t)msc_depthwise_requantize(sums.sum1, scale1.multiplier, scale1.offset, scale1.shift);
                pixel[2] = (int8_t)msc_depthwise_requantize(sums.sum2, scale2.multiplier, scale2.offset, scale2.shift);
                pixel[3] = (int8_t)msc_depthwise_requantize(sums.sum3, scale3.multiplier, scale3.offset, scale3.shift);
                pixel += p->channels;
                column += p->stride;
            }
            window += p->kernel_height;
        }
    }
    msc_depthwise_clamp(output, row_count * p->output_width * p->channels, p->output_minimum, p->output_maximum);
}
