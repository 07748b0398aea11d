/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/depthwise_rows.h"

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/* An output of a channel, whose sum lacks its last column, is finished; the next one takes that column and another. */
#define MSC_DEPTHWISE_ROWS_FINISH(sum, turn)                                                                           \
    "ldm.w r0!, {r2, r4, r9, r10, r11, r12}\n"                                                                         \
    MSC_DEPTHWISE_ROWS_TAKE("r7", "r5", turn)                                                                          \
    MSC_DEPTHWISE_ROWS_TAKE("lr", "r8", turn)                                                                          \
    "smlad " sum ", r7, r4, " sum "\n"                                                                                 \
    "smlabt " sum ", lr, r9, " sum "\n"                                                                                \
    MSC_REQUANTIZE_SIGNED(sum, "r10", "r11", "r12")                                                                    \
    "ldrd r10, r11, [sp, #28]\n"

#define MSC_DEPTHWISE_ROWS_START(sum, turn)                                                                            \
    "ldm.w r0!, {" sum ", r10, r11, r12}\n"                                                                            \
    MSC_DEPTHWISE_ROWS_TAKE("r9", "r6", turn)                                                                          \
    "smlad " sum ", r7, r10, " sum "\n"                                                                                \
    "smlad " sum ", lr, r12, " sum "\n"                                                                                \
    "smlad " sum ", r9, r11, " sum "\n"

/* All outputs of a row, two channels after the other. */
__attribute__((noinline)) static void msc_depthwise_row_stride_2_s8(const msc_depthwise_row *row) {
    register const msc_depthwise_row *p __asm__("r0") = row;

    __asm__ volatile(MSC_DEPTHWISE_ROWS_ENTER
                     "1:\n"
                     MSC_DEPTHWISE_ROWS_FIRST_LOAD
                     "add r0, r0, #24\n"
                     MSC_DEPTHWISE_ROWS_TAKE("r7", "r5", "")
                     MSC_DEPTHWISE_ROWS_TAKE("lr", "r8", "")
                     MSC_DEPTHWISE_ROWS_START("r1", "")
                     "add r0, r0, #24\n"
                     MSC_DEPTHWISE_ROWS_TAKE("r7", "r5", ", ror #8")
                     MSC_DEPTHWISE_ROWS_TAKE("lr", "r8", ", ror #8")
                     MSC_DEPTHWISE_ROWS_START("r3", ", ror #8")
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
                     MSC_DEPTHWISE_ROWS_FINISH("r1", "")
                     "strb r1, [r10, #-1]\n"
                     MSC_DEPTHWISE_ROWS_START("r1", "")
                     MSC_DEPTHWISE_ROWS_FINISH("r3", ", ror #8")
                     "strb r3, [r10]\n"
                     "add r10, r10, r11\n"
                     "str r10, [sp, #28]\n"
                     MSC_DEPTHWISE_ROWS_START("r3", ", ror #8")
                     "sub r0, r0, #80\n"
                     "bne.w 4b\n"
                     "5:\n"
                     "ldr r10, [sp, #52]\n"
                     "cmp r10, #1\n"
                     MSC_DEPTHWISE_ROWS_LAST_LOAD
                     MSC_DEPTHWISE_ROWS_FINISH("r1", "")
                     "strb r1, [r10, #-1]\n"
                     "add r0, r0, #16\n"
                     MSC_DEPTHWISE_ROWS_FINISH("r3", ", ror #8")
                     "strb r3, [r10]\n"
                     "add r0, r0, #16\n"
                     MSC_DEPTHWISE_ROWS_NEXT
                     MSC_DEPTHWISE_ROWS_LEAVE
                     : "+r"(p)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

#endif

/*
 * 3 by 3 windows of stride 2, an even number of channels, at most one column of padding at each side. Every column of
 * two channels is read once and added to the windows that it belongs to.
 */
MSC_KERNEL void msc_depthwise_conv2d_3x3_stride_2_rows_s8__dsp(const int8_t *const *rows, int8_t *output,
                                                               const msc_depthwise_rows_s8_parameters *p,
                                                               int32_t row_count) {
    const int32_t row_elements = p->output_width * p->channels;

    for (int32_t y = 0; y < row_count; y++) {
#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)
        const int32_t tail = p->pad_right > 0 ? MSC_DEPTHWISE_ROWS_PADDED : MSC_DEPTHWISE_ROWS_INSIDE;
        const msc_depthwise_row row = msc_depthwise_row_of(rows, output, p, p->output_width - 1, tail);

        msc_depthwise_row_stride_2_s8(&row);
#else
        msc_depthwise_any_row_s8(rows, output, p, 2);
#endif
        msc_depthwise_clamp(output, row_elements, p->output_minimum, p->output_maximum);
        rows += 3;
        output += row_elements;
    }
}
