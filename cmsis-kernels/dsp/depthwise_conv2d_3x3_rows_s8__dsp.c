/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/depthwise_rows.h"

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/*
 * Two outputs of a channel, whose sums s0 and s1 lack their last two columns and their last column, are finished; their
 * registers become results.
 */
#define MSC_DEPTHWISE_ROWS_FINISH_2(s0, s1, turn)                                                                      \
    "ldm.w r0!, {r10, r11, r12}\n"                                                                                     \
    MSC_DEPTHWISE_ROWS_TAKE("r7", "r5", turn)                                                                          \
    MSC_DEPTHWISE_ROWS_TAKE("r9", "r6", turn)                                                                          \
    MSC_DEPTHWISE_ROWS_TAKE("lr", "r8", turn)                                                                          \
    "smlad " s0 ", r7, r11, " s0 "\n"                                                                                  \
    "smlad " s1 ", r7, r10, " s1 "\n"                                                                                  \
    "smlabt " s0 ", lr, r12, " s0 "\n"                                                                                 \
    "smlad " s1 ", r9, r11, " s1 "\n"                                                                                  \
    "smlad " s1 ", lr, r12, " s1 "\n"                                                                                  \
    "ldm.w r0!, {r10, r11, r12}\n"                                                                                     \
    MSC_REQUANTIZE_SIGNED(s0, "r10", "r11", "r12")                                                                     \
    MSC_REQUANTIZE_SIGNED(s1, "r10", "r11", "r12")                                                                     \
    "ldrd r10, r11, [sp, #28]\n"

/* The same of one output. */
#define MSC_DEPTHWISE_ROWS_FINISH_1(s0, turn)                                                                          \
    "ldm.w r0!, {r10, r11, r12}\n"                                                                                     \
    MSC_DEPTHWISE_ROWS_TAKE("r7", "r5", turn)                                                                          \
    MSC_DEPTHWISE_ROWS_TAKE("lr", "r8", turn)                                                                          \
    "smlad " s0 ", r7, r11, " s0 "\n"                                                                                  \
    "smlabt " s0 ", lr, r12, " s0 "\n"                                                                                 \
    "ldm.w r0!, {r10, r11, r12}\n"                                                                                     \
    MSC_REQUANTIZE_SIGNED(s0, "r10", "r11", "r12")                                                                     \
    "ldr r10, [sp, #28]\n"

/* The sums of the next two outputs start with these columns. */
#define MSC_DEPTHWISE_ROWS_START_2(s0, s1)                                                                             \
    "ldm.w r0!, {" s0 ", r10, r11, r12}\n"                                                                             \
    "smlad " s1 ", r9, r10, " s0 "\n"                                                                                  \
    "smlad " s0 ", r7, r10, " s0 "\n"                                                                                  \
    "smlatb " s1 ", lr, r12, " s1 "\n"                                                                                 \
    "smlad " s0 ", r9, r11, " s0 "\n"                                                                                  \
    "smlad " s0 ", lr, r12, " s0 "\n"

/* All outputs of a row, two channels after the other. */
__attribute__((noinline)) static void msc_depthwise_row_s8(const msc_depthwise_row *row) {
    register const msc_depthwise_row *p __asm__("r0") = row;

    __asm__ volatile(MSC_DEPTHWISE_ROWS_ENTER
                     "1:\n"
                     MSC_DEPTHWISE_ROWS_FIRST_LOAD
                     "add r0, r0, #24\n"
                     MSC_DEPTHWISE_ROWS_TAKE("r7", "r5", "")
                     MSC_DEPTHWISE_ROWS_TAKE("r9", "r6", "")
                     MSC_DEPTHWISE_ROWS_TAKE("lr", "r8", "")
                     MSC_DEPTHWISE_ROWS_START_2("r1", "r2")
                     "add r0, r0, #24\n"
                     MSC_DEPTHWISE_ROWS_TAKE("r7", "r5", ", ror #8")
                     MSC_DEPTHWISE_ROWS_TAKE("r9", "r6", ", ror #8")
                     MSC_DEPTHWISE_ROWS_TAKE("lr", "r8", ", ror #8")
                     MSC_DEPTHWISE_ROWS_START_2("r3", "r4")
                     "ldr r7, [sp]\n"
                     "ldr r9, [sp, #24]\n"
                     "sub r0, r0, #80\n"
                     "cmp r7, r9\n"
                     "beq.w 5f\n"
                     "4:\n"
                     "ldm.w sp, {r7, r9, r10, r11, r12, lr}\n"
                     MSC_DEPTHWISE_ROWS_LOAD
                     "ldr r9, [sp, #24]\n"
                     "cmp r7, r9\n"
                     MSC_DEPTHWISE_ROWS_FINISH_2("r1", "r2", "")
                     "strb r1, [r10, #-1]!\n"
                     "strb r2, [r10, r11]\n"
                     MSC_DEPTHWISE_ROWS_START_2("r1", "r2")
                     MSC_DEPTHWISE_ROWS_FINISH_2("r3", "r4", ", ror #8")
                     "strb r3, [r10]\n"
                     "strb r4, [r10, r11]\n"
                     "add r10, r10, r11, lsl #1\n"
                     "str r10, [sp, #28]\n"
                     MSC_DEPTHWISE_ROWS_START_2("r3", "r4")
                     "sub r0, r0, #80\n"
                     "bne.w 4b\n"
                     "5:\n"
                     "ldr r10, [sp, #52]\n"
                     "cmp r10, #1\n"
                     "blt.w 8f\n"
                     MSC_DEPTHWISE_ROWS_LAST_LOAD
                     "cmp r10, #3\n"
                     "beq.w 6f\n"
                     MSC_DEPTHWISE_ROWS_FINISH_1("r1", "")
                     "strb r1, [r10, #-1]\n"
                     "add r0, r0, #16\n"
                     MSC_DEPTHWISE_ROWS_FINISH_1("r3", ", ror #8")
                     "strb r3, [r10]\n"
                     "sub r0, r0, #64\n"
                     "b.w 8f\n"
                     "6:\n"
                     MSC_DEPTHWISE_ROWS_FINISH_2("r1", "r2", "")
                     "strb r1, [r10, #-1]!\n"
                     "strb r2, [r10, r11]\n"
                     "add r0, r0, #16\n"
                     MSC_DEPTHWISE_ROWS_FINISH_2("r3", "r4", ", ror #8")
                     "strb r3, [r10]\n"
                     "strb r4, [r10, r11]\n"
                     "sub r0, r0, #64\n"
                     "8:\n"
                     "add r0, r0, #80\n"
                     MSC_DEPTHWISE_ROWS_NEXT
                     MSC_DEPTHWISE_ROWS_LEAVE
                     : "+r"(p)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

#endif

/*
 * 3 by 3 windows of stride 1, an even number of channels, at most one column of padding at each side. Every column of
 * two channels is read once and added to the three windows that it belongs to.
 */
MSC_KERNEL void msc_depthwise_conv2d_3x3_rows_s8__dsp(const int8_t *const *rows, int8_t *output,
                                                      const msc_depthwise_rows_s8_parameters *p, int32_t row_count) {
    const int32_t row_elements = p->output_width * p->channels;

    for (int32_t y = 0; y < row_count; y++) {
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)
        const int is_odd = (p->output_width & 1) != 0;
        const int is_padded = p->pad_right > 0;
        const int32_t tail = is_padded ? (is_odd ? MSC_DEPTHWISE_ROWS_PADDED : MSC_DEPTHWISE_ROWS_BOTH)
                                       : (is_odd ? MSC_DEPTHWISE_ROWS_INSIDE : MSC_DEPTHWISE_ROWS_NONE);
        const int32_t pairs = p->output_width / 2 - (tail == MSC_DEPTHWISE_ROWS_BOTH);
        const msc_depthwise_row row = msc_depthwise_row_of(rows, output, p, pairs, tail);

        msc_depthwise_row_s8(&row);
#else
        msc_depthwise_any_row_s8(rows, output, p, 1);
#endif
        msc_depthwise_clamp(output, row_elements, p->output_minimum, p->output_maximum);
        rows += 3;
        output += row_elements;
    }
}
