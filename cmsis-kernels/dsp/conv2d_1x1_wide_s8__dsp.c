/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "msc/conv2d.h"
#include "msc/dsp.h"
#include "msc/matrix_s8.h"

/* Pairs of pixels by all channels; the order is that of the stack of msc_multiply_pairs_s8. */
typedef struct {
    uint32_t *columns; /* of two pixels: four of the first, four of the second, and so on; 0 and 2 before 1 and 3 */
    uint32_t entry;    /* where the unrolled loop is entered, in bytes */
    int8_t *output;
    int32_t pixel; /* elements from the results of one pixel to those of the other */
    const uint32_t *weights_end;
    const uint32_t *weights;
    const int8_t *input;
    int32_t next;    /* elements from one pixel to the other */
    int32_t quads;   /* fours of input channels, whole words */
    int32_t advance; /* elements from behind the words of a pixel to the next pair */
    const int8_t *input_end;
} msc_pairs_s8;

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/* Two pixels by two channels at a time: by four columns 10 instructions for 16 products. */
__attribute__((noinline)) static void msc_multiply_pairs_s8(const msc_pairs_s8 *pairs) {
    register const msc_pairs_s8 *p __asm__("r0") = pairs;

    __asm__ volatile("push {r7}\n"
                     "ldm r0, {r1, r2, r3, r4, r5, r6, r8, r9, r10, r11, r12}\n"
                     "adr.w r7, 4f\n"
                     "add r2, r2, r7\n"
                     "push {r1, r2, r3, r4, r5, r6, r8, r9, r10, r11, r12}\n"
                     "b.w 1f\n"
                     ".p2align 2\n"
                     "1:\n"
                     "ldrd r2, r3, [sp, #24]\n"
                     "ldr r0, [sp]\n"
                     "ldr r9, [sp, #32]\n"
                     "2:\n"
                     "ldr r6, [r2, r3]\n"
                     "ldr r4, [r2], #4\n"
                     "sxtb16 r8, r6, ror #8\n"
                     "sxtb16 r5, r4, ror #8\n"
                     "sxtb16 r6, r6\n"
                     "sxtb16 r4, r4\n"
                     "subs r9, r9, #1\n"
                     "stm r0!, {r4, r5, r6, r8}\n"
                     "bne 2b\n"
                     "ldr r1, [sp, #20]\n"
                     "ldr r3, [sp, #36]\n"
                     "add r2, r2, r3\n"
                     "str r2, [sp, #24]\n"
                     "3:\n"
                     "ldrd r2, r3, [r1], #8\n"
                     "ldrd r0, r6, [sp]\n"
                     "movs r4, r2\n"
                     "movs r5, r3\n"
                     "mov pc, r6\n"
                     ".p2align 2\n"
                     "4:\n"
                     ".rept 8\n"
                     "ldm r0!, {r6, r7, r8, r9}\n"
                     "ldm r1!, {r10, r11, r12, lr}\n"
                     "smlad r2, r6, r10, r2\n"
                     "smlad r3, r6, r12, r3\n"
                     "smlad r4, r8, r10, r4\n"
                     "smlad r5, r8, r12, r5\n"
                     "smlad r2, r7, r11, r2\n"
                     "smlad r3, r7, lr, r3\n"
                     "smlad r4, r9, r11, r4\n"
                     "smlad r5, r9, lr, r5\n"
                     ".endr\n"
                     "ldm r1!, {r6, r7, r8, r9, r10}\n"
                     "cmn r10, #128\n"
                     "bne 6f\n"
                     MSC_REQUANTIZE("r2", "r6", "r7", "r10")
                     MSC_REQUANTIZE("r4", "r6", "r7", "r10")
                     MSC_REQUANTIZE("r3", "r8", "r9", "r10")
                     MSC_REQUANTIZE("r5", "r8", "r9", "r10")
                     "5:\n"
                     "bfi r2, r3, #8, #8\n"
                     "bfi r4, r5, #8, #8\n"
                     "ldrd r6, r7, [sp, #8]\n"
                     "ldr r3, [sp, #16]\n"
                     "strh r4, [r6, r7]\n"
                     "strh r2, [r6], #2\n"
                     "str r6, [sp, #8]\n"
                     "cmp r1, r3\n"
                     "bne 3b\n"
                     "ldr r2, [sp, #24]\n"
                     "ldr r3, [sp, #40]\n"
                     "add r6, r6, r7\n"
                     "str r6, [sp, #8]\n"
                     "cmp r2, r3\n"
                     "bne.w 1b\n"
                     "b 7f\n"
                     "6:\n"
                     MSC_REQUANTIZE_SIGNED("r2", "r6", "r7", "r10")
                     MSC_REQUANTIZE_SIGNED("r4", "r6", "r7", "r10")
                     MSC_REQUANTIZE_SIGNED("r3", "r8", "r9", "r10")
                     MSC_REQUANTIZE_SIGNED("r5", "r8", "r9", "r10")
                     "b 5b\n"
                     "7:\n"
                     "add sp, sp, #44\n"
                     "pop {r7}\n"
                     : "+r"(p)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

#else

/* Two pixels by two channels at a time. */
static void msc_multiply_pairs_s8(const msc_pairs_s8 *pairs) {
    int8_t *output = pairs->output;

    for (const int8_t *input = pairs->input; input != pairs->input_end;
         input += 4 * pairs->quads + pairs->advance) {
        const uint32_t *weights = pairs->weights;

        for (int32_t i = 0; i < pairs->quads; i++) {
            for (int32_t pixel = 0; pixel < 2; pixel++) {
                const uint32_t word = msc_read_word(input + pixel * pairs->next + 4 * i);

                pairs->columns[4 * i + 2 * pixel] = msc_sxtb16(word);
                pairs->columns[4 * i + 2 * pixel + 1] = msc_sxtb16_ror8(word);
            }
        }
        while (weights != pairs->weights_end) {
            const uint32_t *const factors = weights + 2 + 4 * pairs->quads;

            for (int32_t i = 3; i >= 0; i--) {
                const int32_t pixel = i >> 1;
                const int32_t channel = i & 1;
                const int32_t scale[2] = {(int32_t)factors[2 * channel], (int32_t)factors[2 * channel + 1]};
                int32_t sum = (int32_t)weights[channel];

                for (int32_t quad = 0; quad < pairs->quads; quad++) {
                    const uint32_t *const x = &pairs->columns[4 * quad + 2 * pixel];
                    const uint32_t *const w = &weights[2 + 4 * quad + 2 * channel];

                    sum = msc_smlad(x[0], w[0], sum);
                    sum = msc_smlad(x[1], w[1], sum);
                }
                output[pixel * pairs->pixel + channel] = msc_requantize_sum(sum, scale, (int32_t)factors[4]);
            }
            output += 2;
            weights = factors + 5;
        }
        output += pairs->pixel;
    }
}

#endif

/*
 * A convolution of every pixel for itself, two pixels at a time, of 2 to 32 input channels. The weights are int16:
 * fewer instructions than if two channels were packed, where there are few inputs. Pixels come in ascending order, and
 * those that are computed at once are read before their results are written.
 */
MSC_KERNEL void msc_conv2d_1x1_wide_s8__dsp(const int8_t *input, int8_t *output,
                                            const msc_conv2d_1x1_wide_s8_parameters *p, void *scratch,
                                            int32_t pixels) {
    const int32_t channels = p->channels;
    const int32_t outputs = p->matrix.outputs;
    const int32_t quads = (channels + 3) >> 2;
    /* whole words are read: those of the last pixel would reach behind the input if channels do not come in fours */
    const int32_t paired = (channels & 3) == 0 ? pixels & ~1 : (pixels - 1) & ~1;
    int8_t *const gathered = (int8_t *)scratch + 16 * quads;
    msc_pairs_s8 pairs = {
        scratch,
        (uint32_t)(8 - quads) * 40u,
        output,
        outputs,
        p->matrix.weights + (outputs >> 1) * (4 * quads + 7),
        p->matrix.weights,
        input,
        channels,
        quads,
        2 * channels - 4 * quads,
        input + paired * channels,
    };

    if (paired > 0) {
        msc_multiply_pairs_s8(&pairs);
    }
    /* the others one by one, each twice in the same place */
    pairs.pixel = 0;
    pairs.next = 0;
    pairs.advance = 0;
    for (int32_t i = paired; i < pixels; i++) {
        memcpy(gathered, input + i * channels, (uint32_t)channels);
        pairs.input = gathered;
        pairs.input_end = gathered + 4 * quads;
        pairs.output = output + i * outputs;
        msc_multiply_pairs_s8(&pairs);
    }
    msc_clamp_results_s8(output, pixels * outputs, &p->matrix);
}
