/* SPDX-License-Identifier: Apache-2.0 */
/* Depthwise 3 by 3 convolutions of single rows of int8 for Armv7E-M: two channels at a time, pixel after pixel. */
#ifndef MSC_DEPTHWISE_ROWS_H
#define MSC_DEPTHWISE_ROWS_H

#include "msc/base.h"
#include "msc/depthwise_dsp.h"
#include "msc/matrix_s8.h"

/* Words of a channel in the table below. */
#define MSC_DEPTHWISE_ROWS_WORDS 10

typedef struct {
    /*
     * For each channel: weights as pairs of int16, without their zero point, w(i, j) of row i and column j of the window:
     * w(0, 1) and w(1, 1); w(0, 2) and w(1, 2); w(2, 1) and w(2, 2); then the factors 2 m - 2^32 and 2^(32 - n) of a
     * multiplier of m / 2^31 and a right shift of n, and the output's zero point; then the bias with the input's zero
     * point folded in; w(0, 0) and w(1, 0); w(0, 1) and w(1, 1) again; w(2, 0) and w(2, 1).
     */
    const int32_t *table;
    int32_t channels; /* a multiple of 2 */
    int32_t input_width;
    int32_t output_width;
    int32_t pad_left;  /* 0 or 1 */
    int32_t pad_right; /* 1 if the last window reaches over the image by 1, else 0 or less */
    int32_t input_zero_point;
    int32_t output_minimum;
    int32_t output_maximum;
} msc_depthwise_rows_s8_parameters;

/*
 * rows: for each output row three pointers; a row outside of the image holds the input's zero point.
 * Byte (x, c) of each of a row's three input rows is read before byte (x, c) of the row of the result is written, and
 * not again: a row of the result may start exactly where one of its input rows starts, if later rows do not need that.
 */
MSC_KERNEL void msc_depthwise_conv2d_3x3_rows_s8__dsp(const int8_t *const *rows, int8_t *output,
                                                      const msc_depthwise_rows_s8_parameters *p, int32_t row_count);
MSC_KERNEL void msc_depthwise_conv2d_3x3_stride_2_rows_s8__dsp(const int8_t *const *rows, int8_t *output,
                                                               const msc_depthwise_rows_s8_parameters *p,
                                                               int32_t row_count);

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/* Where the last outputs of a row find their last columns. */
#define MSC_DEPTHWISE_ROWS_NONE 0   /* there is no output left */
#define MSC_DEPTHWISE_ROWS_PADDED 1 /* one output, over the border */
#define MSC_DEPTHWISE_ROWS_INSIDE 2 /* one output, inside of the image */
#define MSC_DEPTHWISE_ROWS_BOTH 3   /* one inside, one over the border */

/* A row to compute; the order is that of the stack of the loops, which know the offsets. */
typedef struct {
    const int8_t *pixel; /* 0: the next of the first row */
    uint32_t second_row; /* 4: bytes from the first row */
    uint32_t third_row;  /* 8 */
    int32_t channels;    /* 12 */
    uint32_t second_row_next;   /* 16: second_row + channels */
    uint32_t third_row_next;    /* 20: third_row + channels */
    const int8_t *pixels_end;   /* 24: behind the last whole pair of columns */
    int8_t *output;             /* 28: the next of the second channel */
    int32_t output_channels;    /* 32: channels */
    const int8_t *first_pixel;  /* 36 */
    int8_t *first_output;       /* 40 */
    const int32_t *table_end;   /* 44 */
    uint32_t padding;           /* 48: four times the zero point */
    int32_t tail;               /* 52 */
    int32_t pad_left;           /* 56 */
    const int32_t *table;       /* 60 */
} msc_depthwise_row;

/* The row of p with `pairs` whole pairs of columns after the first pair. */
static inline msc_depthwise_row msc_depthwise_row_of(const int8_t *const *rows, int8_t *output,
                                                     const msc_depthwise_rows_s8_parameters *p, int32_t pairs,
                                                     int32_t tail) {
    const uint32_t second_row = (uint32_t)rows[1] - (uint32_t)rows[0];
    const uint32_t third_row = (uint32_t)rows[2] - (uint32_t)rows[0];
    const uint32_t channels = (uint32_t)p->channels;
    const msc_depthwise_row row = {
        rows[0],
        second_row,
        third_row,
        p->channels,
        second_row + channels,
        third_row + channels,
        rows[0] + (2 * pairs + 2 - p->pad_left) * p->channels,
        output + 1,
        p->channels,
        rows[0],
        output + 1,
        p->table + MSC_DEPTHWISE_ROWS_WORDS * p->channels,
        (uint32_t)(uint8_t)p->input_zero_point * 0x01010101u,
        tail,
        p->pad_left,
        p->table,
    };

    return row;
}

/*
 * Registers: r0 table, r1 to r4 sums, r5 and r6 two columns of rows 0 and 1, r8 row 2 of both; of each two bytes of two
 * channels. r7, r9 and lr take these for one channel, r10 to r12 weights and factors.
 */

#define MSC_DEPTHWISE_ROWS_ENTER                                                                                       \
    "push {r7}\n"                                                                                                      \
    "add r0, r0, #32\n"                                                                                                \
    "ldm r0, {r1, r2, r3, r4, r5, r6, r7, r8}\n"                                                                       \
    "push {r1, r2, r3, r4, r5, r6, r7, r8}\n"                                                                          \
    "ldmdb r0, {r1, r2, r3, r4, r5, r6, r7, r8}\n"                                                                     \
    "push {r1, r2, r3, r4, r5, r6, r7, r8}\n"                                                                          \
    "ldr r0, [sp, #60]\n"

#define MSC_DEPTHWISE_ROWS_LEAVE                                                                                       \
    "add sp, sp, #64\n"                                                                                                \
    "pop {r7}\n"

/* Two columns; r7 is the pixel behind them then. */
#define MSC_DEPTHWISE_ROWS_LOAD                                                                                        \
    "ldrh.w r5, [r7]\n"                                                                                                \
    "ldrh.w r6, [r7, r9]\n"                                                                                            \
    "orr r5, r5, r6, lsl #16\n"                                                                                        \
    "ldrh.w r6, [r7, r11]\n"                                                                                           \
    "ldrh.w r9, [r7, r12]\n"                                                                                           \
    "orr r6, r6, r9, lsl #16\n"                                                                                        \
    "ldrh.w r8, [r7, r10]\n"                                                                                           \
    "ldrh.w r9, [r7, lr]\n"                                                                                            \
    "add r7, r7, r11, lsl #1\n"                                                                                        \
    "orr r8, r8, r9, lsl #16\n"                                                                                        \
    "str r7, [sp]\n"

/* The first two columns, of which the first may be padding. Label 2 is used. */
#define MSC_DEPTHWISE_ROWS_FIRST_LOAD                                                                                  \
    "ldm.w sp, {r7, r9, r10, r11, r12, lr}\n"                                                                          \
    "ldr r5, [sp, #56]\n"                                                                                              \
    "cmp r5, #0\n"                                                                                                     \
    "beq 2f\n"                                                                                                         \
    "ldrh.w r6, [r7]\n"                                                                                                \
    "ldrh.w r9, [r7, r9]\n"                                                                                            \
    "ldrh.w r8, [r7, r10]\n"                                                                                           \
    "add r7, r7, r11\n"                                                                                                \
    "ldr r5, [sp, #48]\n"                                                                                              \
    "orr r6, r6, r9, lsl #16\n"                                                                                        \
    "pkhbt r8, r5, r8, lsl #16\n"                                                                                      \
    "str r7, [sp]\n"                                                                                                   \
    "b.w 3f\n"                                                                                                         \
    "2:\n" MSC_DEPTHWISE_ROWS_LOAD                                                                                     \
    "3:\n"

/* The last column and padding, or padding alone if the flags say that r10 is 1. Label 7 is used. */
#define MSC_DEPTHWISE_ROWS_LAST_LOAD                                                                                   \
    "ldr r6, [sp, #48]\n"                                                                                              \
    "mov r5, r6\n"                                                                                                     \
    "mov r8, r6\n"                                                                                                     \
    "beq 7f\n"                                                                                                         \
    "ldm.w sp, {r7, r9, r12}\n"                                                                                        \
    "ldrh.w r5, [r7]\n"                                                                                                \
    "ldrh.w r9, [r7, r9]\n"                                                                                            \
    "ldrh.w r8, [r7, r12]\n"                                                                                           \
    "orr r5, r5, r9, lsl #16\n"                                                                                        \
    "pkhbt r8, r8, r6, lsl #16\n"                                                                                      \
    "7:\n"

/* To label 1 for the next two channels: two bytes behind the first pixel and output of these. */
#define MSC_DEPTHWISE_ROWS_NEXT                                                                                        \
    "ldrd r7, r9, [sp, #36]\n"                                                                                         \
    "ldr r10, [sp, #24]\n"                                                                                             \
    "ldr r11, [sp, #44]\n"                                                                                             \
    "add r7, r7, #2\n"                                                                                                 \
    "add r9, r9, #2\n"                                                                                                 \
    "add r10, r10, #2\n"                                                                                               \
    "strd r7, r9, [sp, #36]\n"                                                                                         \
    "strd r10, r9, [sp, #24]\n"                                                                                        \
    "str r7, [sp]\n"                                                                                                   \
    "cmp r0, r11\n"                                                                                                    \
    "bne.w 1b\n"

/* One channel's bytes of the columns: `turn` is empty for the first channel, ", ror #8" for the second. */
#define MSC_DEPTHWISE_ROWS_TAKE(to, from, turn) "sxtb16 " to ", " from turn "\n"

#else

/* Any stride, one channel after the other: the sums of the windows that a column belongs to go along the row. */
static void msc_depthwise_any_row_s8(const int8_t *const *rows, int8_t *output,
                                     const msc_depthwise_rows_s8_parameters *p, int32_t stride) {
    const int32_t last = (p->output_width - 1) * stride + 2;

    for (int32_t c = 0; c < p->channels; c++) {
        const int32_t *table = &p->table[MSC_DEPTHWISE_ROWS_WORDS * c];
        int32_t ready = 0;
        int32_t next = 0;

        for (int32_t at = 0; at <= last; at++) {
            const int32_t column = at - p->pad_left;
            const int is_inside = column >= 0 && column < p->input_width;
            const int32_t pixel = column * p->channels + c;
            const uint32_t first = (uint32_t)(is_inside ? rows[0][pixel] : p->input_zero_point);
            const uint32_t second = (uint32_t)(is_inside ? rows[1][pixel] : p->input_zero_point);
            const uint32_t third = (uint32_t)(is_inside ? rows[2][pixel] : p->input_zero_point);
            const uint32_t pair = msc_pack_low(first, second);
            int32_t sum = msc_smlabt(third, (uint32_t)table[2], msc_smlad(pair, (uint32_t)table[1], ready));

            ready = msc_smlabt(third, (uint32_t)table[9], msc_smlad(pair, (uint32_t)table[8], next));
            next = msc_smlabb(third, (uint32_t)table[9], msc_smlad(pair, (uint32_t)table[7], table[6]));
            if (at >= 2 && at % stride == 0) {
                sum = msc_requantize_sum(sum, &table[3], table[5]);
                output[(at - 2) / stride * p->channels + c] = (int8_t)sum;
            }
        }
    }
}

#endif

#endif
