/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/average_pool2d.h"
#include "msc/dsp.h"
#include "msc/dsp_bytes.h"

/* Four means, of the halfwords of two words of sums: channels 0 and 2, 1 and 3. */
static inline uint32_t msc_average_of_four(uint32_t even, uint32_t odd, int32_t count) {
    const uint32_t mean0 = (uint32_t)msc_rounded_quotient((int16_t)(even & 0xffffu), count);
    const uint32_t mean1 = (uint32_t)msc_rounded_quotient((int16_t)(odd & 0xffffu), count);
    const uint32_t mean2 = (uint32_t)msc_rounded_quotient((int16_t)(even >> 16), count);
    const uint32_t mean3 = (uint32_t)msc_rounded_quotient((int16_t)(odd >> 16), count);

    return (mean0 & 0xffu) | (mean1 & 0xffu) << 8 | (mean2 & 0xffu) << 16 | mean3 << 24;
}

/* Means of four channels at a time, over at most 256 elements: their sums fit halfwords. */
MSC_KERNEL void msc_average_pool2d_s8__dsp(const int8_t *const *rows, int8_t *output,
                                           const msc_average_pool2d_s8_parameters *p, int32_t output_row,
                                           int32_t row_count) {
    const uint32_t lowest = (uint32_t)(uint8_t)p->output_minimum * 0x01010101u;
    const uint32_t highest = (uint32_t)(uint8_t)p->output_maximum * 0x01010101u;
    const int32_t channels = p->channels;

    for (int32_t y = output_row; y < output_row + row_count; y++) {
        const int32_t height = msc_covered(y * p->stride_height - p->pad_top, p->kernel_height, p->input_height);

        for (int32_t x = 0; x < p->output_width; x++) {
            const int32_t first = x * p->stride_width - p->pad_left;
            const int32_t width = msc_covered(first, p->kernel_width, p->input_width);
            const int32_t begin = (first > 0 ? first : 0) * channels;

            for (int32_t c = 0; c < channels; c += 4) {
                /* The last four overlap those before where channels are not a multiple of 4. */
                const int32_t four = c < channels - 4 ? c : channels - 4;
                uint32_t even = 0u;
                uint32_t odd = 0u;
                uint32_t means;

                for (int32_t i = 0; i < p->kernel_height; i++) {
                    const int8_t *pixel = &rows[i][begin + four];

                    for (int32_t j = width; j > 0; j--) {
                        const uint32_t word = msc_read_word(pixel);

                        even = msc_sxtab16(even, word);
                        odd = msc_sxtab16_ror8(odd, word);
                        pixel += channels;
                    }
                }
                means = msc_average_of_four(even, odd, height * width);
                msc_write_word(&output[four], msc_min_bytes(msc_max_bytes(means, lowest), highest));
            }
            output += channels;
        }
        rows += p->kernel_height;
    }
}
