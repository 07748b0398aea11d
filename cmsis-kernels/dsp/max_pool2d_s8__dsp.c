/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/dsp.h"
#include "msc/dsp_bytes.h"
#include "msc/max_pool2d.h"

/* The largest elements of four channels at a time. */
MSC_KERNEL void msc_max_pool2d_s8__dsp(const int8_t *const *rows, int8_t *output,
                                       const msc_max_pool2d_s8_parameters *p, int32_t row_count) {
    const uint32_t lowest = (uint32_t)(uint8_t)p->output_minimum * 0x01010101u;
    const uint32_t highest = (uint32_t)(uint8_t)p->output_maximum * 0x01010101u;
    const int32_t channels = p->channels;

    for (int32_t y = 0; y < row_count; y++) {
        for (int32_t x = 0; x < p->output_width; x++) {
            const int32_t first = x * p->stride - p->pad_left;
            const int32_t begin = first > 0 ? first : 0;
            const int32_t end = first + p->kernel_width < p->input_width ? first + p->kernel_width : p->input_width;

            for (int32_t c = 0; c < channels; c += 4) {
                /* The last four overlap those before where channels are not a multiple of 4. */
                const int32_t four = c < channels - 4 ? c : channels - 4;
                uint32_t largest = lowest;

                for (int32_t i = 0; i < p->kernel_height; i++) {
                    const int8_t *pixel = &rows[i][begin * channels + four];

                    for (int32_t j = begin; j < end; j++) {
                        largest = msc_max_bytes(largest, msc_read_word(pixel));
                        pixel += channels;
                    }
                }
                msc_write_word(&output[four], msc_min_bytes(largest, highest));
            }
            output += channels;
        }
        rows += p->kernel_height;
    }
}
