/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "msc/conv2d.h"

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/* The windows of three pixels, `next` elements apart, of which `rows` are those of the first, as columns of int16. */
__attribute__((noinline)) static void msc_conv2d_3x3x3_columns(uint32_t *columns, const int8_t *const *rows,
                                                               int32_t next) {
    register uint32_t *r0 __asm__("r0") = columns;
    register const int8_t *r1 __asm__("r1") = rows[0];
    register const int8_t *r2 __asm__("r2") = rows[1];
    register const int8_t *r3 __asm__("r3") = rows[2];
    register int32_t r12 __asm__("r12") = next;

    __asm__ volatile(".irp row, r1, r2, r3\n"
                     ".rept 2\n"
                     "ldr r9, [\\row, r12]\n"
                     "ldr r10, [\\row, r12, lsl #1]\n"
                     "ldr r8, [\\row], #4\n"
                     "sxtb16 r5, r9\n"
                     "sxtb16 r6, r10\n"
                     "sxtb16 r4, r8\n"
                     "sxtb16 r8, r8, ror #8\n"
                     "sxtb16 r9, r9, ror #8\n"
                     "sxtb16 r10, r10, ror #8\n"
                     "stm r0!, {r4, r5, r6, r8, r9, r10}\n"
                     ".endr\n"
                     ".endr\n"
                     "ldrb r4, [r1]\n"
                     "ldrb r5, [r1, r12]\n"
                     "ldrb r6, [r1, r12, lsl #1]\n"
                     "ldrb r8, [r2]\n"
                     "ldrb r9, [r2, r12]\n"
                     "ldrb r10, [r2, r12, lsl #1]\n"
                     "orr r4, r4, r8, lsl #8\n"
                     "orr r5, r5, r9, lsl #8\n"
                     "orr r6, r6, r10, lsl #8\n"
                     "ldrb r8, [r3]\n"
                     "ldrb r9, [r3, r12]\n"
                     "ldrb r10, [r3, r12, lsl #1]\n"
                     "orr r4, r4, r8, lsl #16\n"
                     "orr r5, r5, r9, lsl #16\n"
                     "orr r6, r6, r10, lsl #16\n"
                     "sxtb16 r8, r4, ror #8\n"
                     "sxtb16 r9, r5, ror #8\n"
                     "sxtb16 r10, r6, ror #8\n"
                     "sxtb16 r4, r4\n"
                     "sxtb16 r5, r5\n"
                     "sxtb16 r6, r6\n"
                     "stm r0!, {r4, r5, r6, r8, r9, r10}\n"
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
                     : "r"(r12)
                     : "r4", "r5", "r6", "r8", "r9", "r10", "memory");
}

#else

/* The windows of three pixels, `next` elements apart, of which `rows` are those of the first, as columns of int16. */
static inline void msc_conv2d_3x3x3_columns(uint32_t *columns, const int8_t *const *rows, int32_t next) {
    for (int32_t pixel = 0; pixel < 3; pixel++) {
        uint32_t ninths = 0;

        for (int32_t k = 0; k < 3; k++) {
            const int8_t *const row = rows[k] + pixel * next;

            for (int32_t quad = 0; quad < 2; quad++) {
                columns[6 * (2 * k + quad) + pixel] = msc_sxtb16(msc_read_word(row + 4 * quad));
                columns[6 * (2 * k + quad) + 3 + pixel] = msc_sxtb16_ror8(msc_read_word(row + 4 * quad));
            }
            ninths |= (uint32_t)(uint8_t)row[8] << 8 * k;
        }
        columns[36 + pixel] = msc_sxtb16(ninths);
        columns[39 + pixel] = msc_sxtb16_ror8(ninths);
    }
}

#endif

/* A row of three windows, of which the first is at `column`, to places of 12 elements. */
static void msc_conv2d_3x3x3_gather(int8_t *gathered, const int8_t *row, int32_t column,
                                    const msc_conv2d_window *window) {
    for (int32_t pixel = 0; pixel < 3; pixel++) {
        for (int32_t j = 0; j < 3; j++) {
            const int32_t at = column + j;

            if (at >= 0 && at < window->input_width) {
                memcpy(gathered + 3 * j, row + 3 * at, 3);
            } else {
                memset(gathered + 3 * j, (uint8_t)window->pad_value, 3);
            }
        }
        column += window->stride;
        gathered += 12;
    }
}

/*
 * 3 by 3 windows of three input channels, three pixels of a row at a time, from three on; the last three overlap those
 * before. A row of nine elements is two words, and one word holds the ninth elements of three rows: 28 columns in all.
 * Scratch: columns of three pixels as int16, then three rows of three windows, 12 bytes each.
 */
MSC_KERNEL void msc_conv2d_3x3x3_s8__dsp(const int8_t *const *rows, int8_t *output,
                                         const msc_conv2d_packed_s8_parameters *p, void *scratch, int32_t row_count) {
    const msc_conv2d_window *window = &p->window;
    const int32_t last_inside = window->input_width - 3 - 2 * window->stride;
    uint32_t *columns = scratch;
    int8_t *gathered = (int8_t *)(columns + 42);
    int8_t *results = output;
    msc_product_s8 product = msc_product_of_pixels_s8(&p->matrix, columns);

    for (int32_t y = 0; y < row_count; y++) {
        for (int32_t x = 0; x < window->output_width; x += 3) {
            const int8_t *windows[3];
            int32_t next = 3 * window->stride;
            int32_t column;

            if (x > window->output_width - 3) {
                x = window->output_width - 3;
            }
            column = x * window->stride - window->pad_left;
            if (column >= 0 && column <= last_inside) {
                windows[0] = rows[0] + 3 * column;
                windows[1] = rows[1] + 3 * column;
                windows[2] = rows[2] + 3 * column;
            } else {
                for (int32_t k = 0; k < 3; k++) {
                    msc_conv2d_3x3x3_gather(&gathered[36 * k], rows[k], column, window);
                    windows[k] = &gathered[36 * k];
                }
                next = 12;
            }
            msc_conv2d_3x3x3_columns(columns, windows, next);
            msc_matrix_by_pixels_s8(&product, &p->matrix, results + x * p->matrix.outputs);
        }
        results += window->output_width * p->matrix.outputs;
        rows += 3;
    }
    msc_clamp_results_s8(output, row_count * window->output_width * p->matrix.outputs, &p->matrix);
}
