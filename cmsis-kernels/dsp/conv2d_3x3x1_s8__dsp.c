/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/conv2d.h"
#include "msc/conv2d_columns.h"
#include "msc/dsp.h"
#include "msc/dsp_halfwords.h"

/* Pixels of a row, their windows `step` elements apart; the order is that of the stack of msc_conv2d_3x3x1_run. */
typedef struct {
    const int8_t *rows[3];
    int32_t column; /* the first window's */
    const int32_t *channels;
    const int32_t *channels_end;
    int32_t step;
    int32_t column_end;
    int8_t *output;
} msc_conv2d_3x3x1_pixels;

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/* All channels of the pixels, whose windows are read in whole words: 14 instructions an output, 19 a pixel. */
__attribute__((noinline)) static void msc_conv2d_3x3x1_run(const msc_conv2d_3x3x1_pixels *pixels) {
    register const msc_conv2d_3x3x1_pixels *p __asm__("r0") = pixels;

    __asm__ volatile("push {r7}\n"
                     "ldm r0, {r1, r2, r3, r4, r5, r6, r8, r9, r12}\n"
                     "mov lr, r6\n"
                     "push {r1, r2, r3, r4, r5, r6, r8, r9}\n"
                     "1:\n"
                     "ldm.w sp, {r0, r1, r2, r3}\n"
                     "ldr r11, [sp, #16]\n"
                     "ldr r4, [sp, #24]\n"
                     "add r4, r4, r3\n"
                     "str r4, [sp, #12]\n"
                     "ldr r0, [r0, r3]\n"
                     "ldr r1, [r1, r3]\n"
                     "ldr r2, [r2, r3]\n"
                     "sxtb16 r3, r0, ror #8\n"
                     "sxtb16 r5, r1, ror #8\n"
                     "sxtb16 r4, r2, ror #8\n"
                     "pkhbt r3, r3, r5, lsl #16\n"
                     "sxtb16 r0, r0\n"
                     "sxtb16 r1, r1\n"
                     "sxtb16 r2, r2\n"
                     "2:\n"
                     "ldm r11!, {r5, r6, r7, r8, r9, r10}\n"
                     "smlad r5, r6, r0, r5\n"
                     "smlad r5, r7, r1, r5\n"
                     "smlad r5, r8, r2, r5\n"
                     "smlad r5, r9, r3, r5\n"
                     "smlad r5, r10, r4, r5\n"
                     "ldm r11!, {r6, r7, r8}\n"
                     MSC_REQUANTIZE_SIGNED("r5", "r6", "r7", "r8")
                     "cmp r11, lr\n"
                     "strb r5, [r12], #1\n"
                     "bne 2b\n"
                     "ldr r3, [sp, #12]\n"
                     "ldr r4, [sp, #28]\n"
                     "cmp r3, r4\n"
                     "bne 1b\n"
                     "add sp, sp, #32\n"
                     "pop {r7}\n"
                     : "+r"(p)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

#else

/* All channels of the pixels, whose windows are read in whole words. */
static void msc_conv2d_3x3x1_run(const msc_conv2d_3x3x1_pixels *pixels) {
    int8_t *output = pixels->output;

    for (int32_t column = pixels->column; column != pixels->column_end; column += pixels->step) {
        const uint32_t row0 = msc_read_word(pixels->rows[0] + column);
        const uint32_t row1 = msc_read_word(pixels->rows[1] + column);
        const uint32_t row2 = msc_read_word(pixels->rows[2] + column);
        const uint32_t middle = msc_pack_low(msc_sxtb16_ror8(row0), msc_sxtb16_ror8(row1));

        for (const int32_t *channel = pixels->channels; channel != pixels->channels_end; channel += 9) {
            int32_t sum = msc_smlad((uint32_t)channel[1], msc_sxtb16(row0), channel[0]);

            sum = msc_smlad((uint32_t)channel[2], msc_sxtb16(row1), sum);
            sum = msc_smlad((uint32_t)channel[3], msc_sxtb16(row2), sum);
            sum = msc_smlad((uint32_t)channel[4], middle, sum);
            sum = msc_smlad((uint32_t)channel[5], msc_sxtb16_ror8(row2), sum);
            *output++ = msc_requantize_sum(sum, &channel[6], channel[8]);
        }
    }
}

#endif

/* 3 by 3 windows of one input channel, pixel by pixel: a pixel's window stays in five registers for all channels. */
MSC_KERNEL void msc_conv2d_3x3x1_s8__dsp(const int8_t *const *rows, int8_t *output,
                                         const msc_conv2d_3x3x1_s8_parameters *p, int32_t row_count) {
    const msc_conv2d_window *window = &p->window;
    msc_conv2d_3x3x1_pixels pixels;

    pixels.channels = p->matrix.channels;
    pixels.channels_end = p->matrix.channels + 9 * p->matrix.outputs;
    pixels.step = window->stride;
    pixels.output = output;
    for (int32_t y = 0; y < row_count; y++) {
        int32_t left = window->output_width;
        int32_t column = -window->pad_left;

        while (left > 0) {
            int32_t count = 1;
            uint32_t gathered[3];

            if (column >= 0 && column <= window->last_column) {
                const int32_t inside = (window->last_column - column) / window->stride + 1;

                count = inside < left ? inside : left;
                pixels.column = column;
                for (int32_t k = 0; k < 3; k++) {
                    pixels.rows[k] = rows[k];
                }
            } else {
                pixels.column = 0;
                for (int32_t k = 0; k < 3; k++) {
                    gathered[k] = msc_conv2d_window_word_s8(rows[k], window, column);
                    pixels.rows[k] = (const int8_t *)&gathered[k];
                }
            }
            pixels.column_end = pixels.column + count * window->stride;
            msc_conv2d_3x3x1_run(&pixels);
            pixels.output += count * p->matrix.outputs;
            column += count * window->stride;
            left -= count;
        }
        rows += 3;
    }
    msc_clamp_results_s8(output, row_count * window->output_width * p->matrix.outputs, &p->matrix);
}
