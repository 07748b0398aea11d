/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "msc/conv2d.h"
#include "msc/dsp.h"
#include "msc/dsp_halfwords.h"
#include "msc/matrix_s8.h"

/*
 * Winograd's F(2 x 2, 3 x 3): 2 by 2 outputs of a 3 by 3 window by 16 products instead of 36. A tile d of 4 by 4 inputs
 * becomes B' d B, a filter g becomes 4 G g G', computed offline; the outputs are A' m A / 4 of their products m with
 *     B' = 1  0 -1  0    2 G = 2  0  0    A' = 1  1  1  0
 *          0  1  1  0          1  1  1         0  1 -1 -1
 *          0 -1  1  0          1 -1  1
 *          0  1  0 -1          0  0  2
 * All are integers, the division is exact, and sums may wrap on the way: the result is that of the definition.
 * Two tiles beside each other by two channels at a time.
 */

/* Two tiles by all channels; the order is that of the stack of msc_winograd_multiply. */
typedef struct {
    const uint32_t *inputs;
    const uint32_t *weights;
    const int32_t *channels;
    int32_t zero_point;
    int8_t *output[2]; /* the first pixel of either row */
    int32_t pixel;     /* elements from pixel to pixel */
    const int32_t *channels_end;
} msc_winograd_product;

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/* The word before the transformed inputs of a place in the tile, of so many steps: how far back the loop is entered. */
static inline uint32_t msc_winograd_entry(int32_t steps) {
    return (uint32_t)(-40 * steps - 10);
}

/*
 * Four channels of two tiles. Six columns of four pixels, of which `pixels` holds the addresses, are transformed down
 * (B' d), their words stored on the stack, and then along (d B). `stride` bytes lie between places in the tile, which are
 * counted from top to bottom, then from left to right.
 */
__attribute__((noinline)) static void msc_winograd_transform(const int8_t *const *pixels, int32_t channel,
                                                             uint32_t *transformed, int32_t stride) {
    register const int8_t *const *r0 __asm__("r0") = pixels;
    register int32_t r1 __asm__("r1") = channel;
    register uint32_t *r2 __asm__("r2") = transformed;
    register int32_t r3 __asm__("r3") = stride;

    __asm__ volatile("push {r2, r3, r7}\n"
                     ".rept 6\n"
                     "ldm r0!, {r2, r3, r4, r5}\n"
                     "ldr r2, [r2, r1]\n"
                     "ldr r3, [r3, r1]\n"
                     "ldr r4, [r4, r1]\n"
                     "ldr r5, [r5, r1]\n"
                     "sxtb16 r6, r2\n"
                     "sxtb16 r7, r2, ror #8\n"
                     "sxtb16 r8, r3\n"
                     "sxtb16 r9, r3, ror #8\n"
                     "sxtb16 r10, r4\n"
                     "sxtb16 r11, r4, ror #8\n"
                     "sxtb16 r12, r5\n"
                     "sxtb16 lr, r5, ror #8\n"
                     "ssub16 r2, r6, r10\n"
                     "ssub16 r3, r7, r11\n"
                     "sadd16 r4, r8, r10\n"
                     "sadd16 r5, r9, r11\n"
                     "ssub16 r10, r10, r8\n"
                     "ssub16 r11, r11, r9\n"
                     "ssub16 r12, r8, r12\n"
                     "ssub16 lr, r9, lr\n"
                     "push {r2, r3, r4, r5, r10, r11, r12, lr}\n"
                     ".endr\n"
                     "ldrd r0, r1, [sp, #192]\n"
                     /* the first and the third row from left to right, the others back */
                     ".irp row, 0, 16\n"
                     "ldrd r2, r3, [sp, #160 + \\row]\n"
                     "ldrd r4, r5, [sp, #128 + \\row]\n"
                     "ldrd r6, r7, [sp, #96 + \\row]\n"
                     "ldrd r8, r9, [sp, #64 + \\row]\n"
                     "ldrd r10, r11, [sp, #32 + \\row]\n"
                     "ldrd r12, lr, [sp, #0 + \\row]\n"
                     "ssub16 r2, r2, r6\n"
                     "ssub16 r3, r3, r7\n"
                     "strd r2, r3, [r0]\n"
                     "ssub16 r2, r6, r10\n"
                     "ssub16 r3, r7, r11\n"
                     "strd r2, r3, [r0, #8]\n"
                     "add r0, r0, r1, lsl #2\n"
                     "sadd16 r2, r4, r6\n"
                     "sadd16 r3, r5, r7\n"
                     "strd r2, r3, [r0]\n"
                     "sadd16 r2, r8, r10\n"
                     "sadd16 r3, r9, r11\n"
                     "strd r2, r3, [r0, #8]\n"
                     "add r0, r0, r1, lsl #2\n"
                     "ssub16 r6, r6, r4\n"
                     "ssub16 r7, r7, r5\n"
                     "strd r6, r7, [r0]\n"
                     "ssub16 r10, r10, r8\n"
                     "ssub16 r11, r11, r9\n"
                     "strd r10, r11, [r0, #8]\n"
                     "add r0, r0, r1, lsl #2\n"
                     "ssub16 r4, r4, r8\n"
                     "ssub16 r5, r5, r9\n"
                     "strd r4, r5, [r0]\n"
                     "ssub16 r8, r8, r12\n"
                     "ssub16 r9, r9, lr\n"
                     "strd r8, r9, [r0, #8]\n"
                     "add r0, r0, r1\n"
                     "ldrd r2, r3, [sp, #168 + \\row]\n"
                     "ldrd r4, r5, [sp, #136 + \\row]\n"
                     "ldrd r6, r7, [sp, #104 + \\row]\n"
                     "ldrd r8, r9, [sp, #72 + \\row]\n"
                     "ldrd r10, r11, [sp, #40 + \\row]\n"
                     "ldrd r12, lr, [sp, #8 + \\row]\n"
                     "ssub16 r12, r8, r12\n"
                     "ssub16 lr, r9, lr\n"
                     "strd r12, lr, [r0, #8]\n"
                     "ssub16 r12, r4, r8\n"
                     "ssub16 lr, r5, r9\n"
                     "strd r12, lr, [r0]\n"
                     "sub r0, r0, r1, lsl #2\n"
                     "ssub16 r12, r6, r4\n"
                     "ssub16 lr, r7, r5\n"
                     "strd r12, lr, [r0]\n"
                     "ssub16 r12, r10, r8\n"
                     "ssub16 lr, r11, r9\n"
                     "strd r12, lr, [r0, #8]\n"
                     "sub r0, r0, r1, lsl #2\n"
                     "sadd16 r4, r4, r6\n"
                     "sadd16 r5, r5, r7\n"
                     "strd r4, r5, [r0]\n"
                     "sadd16 r8, r8, r10\n"
                     "sadd16 r9, r9, r11\n"
                     "strd r8, r9, [r0, #8]\n"
                     "sub r0, r0, r1, lsl #2\n"
                     "ssub16 r2, r2, r6\n"
                     "ssub16 r3, r3, r7\n"
                     "strd r2, r3, [r0]\n"
                     "ssub16 r6, r6, r10\n"
                     "ssub16 r7, r7, r11\n"
                     "strd r6, r7, [r0, #8]\n"
                     "add r0, r0, r1\n"
                     ".endr\n"
                     "add sp, sp, #200\n"
                     "pop {r7}\n"
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
                     :
                     : "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

/*
 * Outputs of one tile by two channels, from the words [sp, tile], [sp, tile + 16] and so on, the last place first. What
 * they hold runs on: sums over all places so far. Of a column x0 to x3, with x3 of the column before as x', A' m is
 * x2 - x' above and 2 x1 - x0 - x3 below. r0 to r7: above left, above right, below left, below right.
 */
#define MSC_WINOGRAD_OUTPUTS(tile)                                                                                     \
    "ldrd r10, r11, [sp, #240 + " tile "]\n"                                                                           \
    "ldrd r12, lr, [sp, #224 + " tile "]\n"                                                                            \
    "rsb r10, r10, r12, lsl #1\n"                                                                                      \
    "rsb r11, r11, lr, lsl #1\n"                                                                                       \
    "ldrd r0, r1, [sp, #208 + " tile "]\n"                                                                             \
    "ldrd r8, r9, [sp, #192 + " tile "]\n"                                                                             \
    "sub r4, r10, r8\n"                                                                                                \
    "sub r5, r11, r9\n"                                                                                                \
    "ldrd r2, r3, [sp, #144 + " tile "]\n"                                                                             \
    "sub r2, r2, r8\n"                                                                                                 \
    "sub r3, r3, r9\n"                                                                                                 \
    "ldrd r10, r11, [sp, #176 + " tile "]\n"                                                                           \
    "ldrd r12, lr, [sp, #160 + " tile "]\n"                                                                            \
    "add r0, r0, r2\n"                                                                                                 \
    "add r1, r1, r3\n"                                                                                                 \
    "rsb r10, r10, r12, lsl #1\n"                                                                                      \
    "rsb r11, r11, lr, lsl #1\n"                                                                                       \
    "ldrd r8, r9, [sp, #128 + " tile "]\n"                                                                             \
    "sub r6, r10, r8\n"                                                                                                \
    "sub r7, r11, r9\n"                                                                                                \
    "add r4, r4, r6\n"                                                                                                 \
    "add r5, r5, r7\n"                                                                                                 \
    "ldrd r12, lr, [sp, #80 + " tile "]\n"                                                                             \
    "sub r12, r12, r8\n"                                                                                               \
    "sub lr, lr, r9\n"                                                                                                 \
    "add r0, r0, r12\n"                                                                                                \
    "add r1, r1, lr\n"                                                                                                 \
    "sub r2, r2, r12\n"                                                                                                \
    "sub r3, r3, lr\n"                                                                                                 \
    "ldrd r10, r11, [sp, #112 + " tile "]\n"                                                                           \
    "ldrd r12, lr, [sp, #96 + " tile "]\n"                                                                             \
    "rsb r10, r10, r12, lsl #1\n"                                                                                      \
    "rsb r11, r11, lr, lsl #1\n"                                                                                       \
    "ldrd r8, r9, [sp, #64 + " tile "]\n"                                                                              \
    "sub r10, r10, r8\n"                                                                                               \
    "sub r11, r11, r9\n"                                                                                               \
    "add r4, r4, r10\n"                                                                                                \
    "add r5, r5, r11\n"                                                                                                \
    "sub r6, r6, r10\n"                                                                                                \
    "sub r7, r7, r11\n"                                                                                                \
    "ldrd r12, lr, [sp, #16 + " tile "]\n"                                                                             \
    "sub r12, r12, r8\n"                                                                                               \
    "sub lr, lr, r9\n"                                                                                                 \
    "sub r2, r2, r12\n"                                                                                                \
    "sub r3, r3, lr\n"                                                                                                 \
    "ldrd r10, r11, [sp, #48 + " tile "]\n"                                                                            \
    "ldrd r12, lr, [sp, #32 + " tile "]\n"                                                                             \
    "rsb r10, r10, r12, lsl #1\n"                                                                                      \
    "rsb r11, r11, lr, lsl #1\n"                                                                                       \
    "ldrd r8, r9, [sp, #0 + " tile "]\n"                                                                               \
    "sub r10, r10, r8\n"                                                                                               \
    "sub r11, r11, r9\n"                                                                                               \
    "sub r6, r6, r10\n"                                                                                                \
    "sub r7, r7, r11\n"

/* A quarter of a sum, exactly, and the bias of its channel; then int8. */
#define MSC_WINOGRAD_REQUANTIZE(sum)                                                                                   \
    "add " sum ", r8, " sum ", asr #2\n"                                                                               \
    MSC_REQUANTIZE_SIGNED(sum, "r9", "r10", "lr")

/* Four pixels of two channels to r0, r2, r4, r6; the addresses of the rows to r8 and r9, the distance to r10. */
#define MSC_WINOGRAD_RESULTS                                                                                           \
    "ldrd r12, lr, [sp, #264]\n"                                                                                       \
    "ldm r12!, {r8, r9, r10}\n"                                                                                        \
    MSC_WINOGRAD_REQUANTIZE("r0")                                                                                      \
    MSC_WINOGRAD_REQUANTIZE("r2")                                                                                      \
    MSC_WINOGRAD_REQUANTIZE("r4")                                                                                      \
    MSC_WINOGRAD_REQUANTIZE("r6")                                                                                      \
    "ldm r12!, {r8, r9, r10}\n"                                                                                        \
    MSC_WINOGRAD_REQUANTIZE("r1")                                                                                      \
    MSC_WINOGRAD_REQUANTIZE("r3")                                                                                      \
    MSC_WINOGRAD_REQUANTIZE("r5")                                                                                      \
    MSC_WINOGRAD_REQUANTIZE("r7")                                                                                      \
    "bfi r0, r1, #8, #8\n"                                                                                             \
    "bfi r2, r3, #8, #8\n"                                                                                             \
    "bfi r4, r5, #8, #8\n"                                                                                             \
    "bfi r6, r7, #8, #8\n"                                                                                             \
    "add r10, sp, #272\n"                                                                                              \
    "ldm r10, {r8, r9, r10}\n"

/* All channels of two tiles, two at a time. */
__attribute__((noinline)) static void msc_winograd_multiply(const msc_winograd_product *product) {
    register const msc_winograd_product *p __asm__("r0") = product;

    __asm__ volatile("push {r7}\n"
                     "ldm r0, {r1, r2, r3, r4, r5, r6, r8, r9}\n"
                     "push {r1, r2, r3, r4, r5, r6, r8, r9}\n"
                     "b.w 1f\n"
                     ".p2align 2\n"
                     "1:\n"
                     "ldrd r0, r1, [sp]\n"
                     "movs r2, #0\n"
                     "movs r3, #0\n"
                     "movs r4, #0\n"
                     "movs r5, #0\n"
                     "b.w 3f\n"
                     ".p2align 2\n"
                     /* four channels of the input: 10 instructions of 4 bytes for 16 products */
                     ".rept 16\n"
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
                     "push {r2, r3, r4, r5}\n"
                     "3:\n"
                     "ldr.w r6, [r0], #4\n"
                     "add pc, r6\n"
                     "nop\n"
                     "str r1, [sp, #260]\n"
                     MSC_WINOGRAD_OUTPUTS("0")
                     MSC_WINOGRAD_RESULTS
                     "strh r6, [r9, r10]\n"
                     "strh r4, [r9]\n"
                     "strh r2, [r8, r10]\n"
                     "strh r0, [r8]\n"
                     MSC_WINOGRAD_OUTPUTS("8")
                     MSC_WINOGRAD_RESULTS
                     "str r12, [sp, #264]\n"
                     "add r11, r9, #2\n"
                     "add r9, r9, r10, lsl #1\n"
                     "strh r6, [r9, r10]\n"
                     "strh r4, [r9]\n"
                     "add r9, r8, r10, lsl #1\n"
                     "strh r2, [r9, r10]\n"
                     "strh r0, [r9]\n"
                     "adds r8, #2\n"
                     "strd r8, r11, [sp, #272]\n"
                     "ldr r1, [sp, #284]\n"
                     "add sp, sp, #256\n"
                     "cmp r12, r1\n"
                     "bne.w 1b\n"
                     "add sp, sp, #32\n"
                     "pop {r7}\n"
                     : "+r"(p)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

#else

/* The word before the transformed inputs of a place in the tile, of so many steps. */
static inline uint32_t msc_winograd_entry(int32_t steps) {
    return (uint32_t)steps;
}

/* One row or column of a tile, transformed in place. */
static inline void msc_winograd_transform_line(uint32_t *line, int32_t step) {
    const uint32_t d1 = line[step];
    const uint32_t d2 = line[2 * step];

    line[0] = msc_ssub16(line[0], d2);
    line[step] = msc_sadd16(d1, d2);
    line[2 * step] = msc_ssub16(d2, d1);
    line[3 * step] = msc_ssub16(d1, line[3 * step]);
}

/*
 * Four channels of two tiles, of six columns of four pixels whose addresses are `pixels`. `stride` bytes lie between
 * places in the tile, which are counted from top to bottom, then from left to right.
 */
static void msc_winograd_transform(const int8_t *const *pixels, int32_t channel, uint32_t *transformed,
                                   int32_t stride) {
    for (int32_t part = 0; part < 4; part++) {
        uint32_t tile[16];

        for (int32_t i = 0; i < 16; i++) {
            const uint32_t word = msc_read_word(pixels[(part & 2) * 4 + i] + channel);

            tile[i] = (part & 1) ? msc_sxtb16_ror8(word) : msc_sxtb16(word);
        }
        for (int32_t i = 0; i < 4; i++) {
            msc_winograd_transform_line(&tile[4 * i], 1);
        }
        for (int32_t i = 0; i < 4; i++) {
            msc_winograd_transform_line(&tile[i], 4);
        }
        for (int32_t i = 0; i < 16; i++) {
            transformed[i * stride / 4 + part] = tile[i];
        }
    }
}

/* Four outputs of a channel from the products of a tile, `step` apart, to `output` row by row. */
static void msc_winograd_outputs(const uint32_t *products, int32_t step, const msc_winograd_product *product,
                                 const int32_t *channel, int32_t tile, int32_t o) {
    for (int32_t y = 1; y >= 0; y--) {
        uint32_t columns[4];

        for (int32_t j = 0; j < 4; j++) {
            const uint32_t *const m = &products[4 * step * j];

            columns[j] = y == 0 ? m[0] + m[step] + m[2 * step] : m[step] - m[2 * step] - m[3 * step];
        }
        for (int32_t x = 0; x < 2; x++) {
            const uint32_t sum =
                x == 0 ? columns[0] + columns[1] + columns[2] : columns[1] - columns[2] - columns[3];

            product->output[y][(2 * tile + x) * product->pixel + o] =
                msc_requantize_sum(channel[0] + ((int32_t)sum >> 2), &channel[1], product->zero_point);
        }
    }
}

/* All channels of two tiles, two at a time. */
static void msc_winograd_multiply(const msc_winograd_product *product) {
    const uint32_t *weights = product->weights;
    int32_t o = 0;

    for (const int32_t *channel = product->channels; channel != product->channels_end; channel += 6) {
        const uint32_t *x = product->inputs;
        uint32_t products[16][4];

        for (int32_t place = 0; place < 16; place++) {
            int32_t sums[4] = {0, 0, 0, 0};

            for (int32_t steps = (int32_t)*x++; steps > 0; steps--) {
                for (int32_t i = 0; i < 4; i++) {
                    sums[i] = msc_smlad(x[i & 2], weights[2 * (i & 1)], sums[i]);
                    sums[i] = msc_smlad(x[(i & 2) + 1], weights[2 * (i & 1) + 1], sums[i]);
                }
                x += 4;
                weights += 4;
            }
            for (int32_t i = 0; i < 4; i++) {
                products[place][i] = (uint32_t)sums[i];
            }
        }
        for (int32_t i = 0; i < 4; i++) {
            msc_winograd_outputs(&products[0][i], 4, product, channel + 3 * (i & 1), i >> 1, o + (i & 1));
        }
        o += 2;
    }
}

#endif

/* The addresses of six columns of four pixels from `column` on; `last` has room for a copy of the last column. */
static void msc_winograd_pixels(const int8_t **pixels, const int8_t *const *rows, int32_t column,
                                const msc_conv2d_winograd_s8_parameters *p, int8_t (*last)[4]) {
    for (int32_t j = 0; j < 6; j++) {
        const int is_inside = column >= 0 && column < p->input_width;

        for (int32_t i = 0; i < 4; i++) {
            pixels[i] = is_inside ? rows[i] + column * p->input_channels : p->outside;
        }
        if (p->input_channels < 4 && column == p->input_width - 1) {
            /* whole words are read: those of the last pixels would reach behind the rows */
            for (int32_t i = 0; i < 4; i++) {
                memcpy(last[i], pixels[i], (uint32_t)p->input_channels);
                pixels[i] = last[i];
            }
        }
        pixels += 4;
        column++;
    }
}

/*
 * 3 by 3 windows of stride 1, from 4 columns of output on, one or two rows a call. The last four columns overlap those
 * before. Scratch: the transformed inputs of two tiles, for each of their 16 places a word and int16 by four channels,
 * and a word.
 */
MSC_KERNEL void msc_conv2d_winograd_s8__dsp(const int8_t *const *rows, int8_t *output,
                                            const msc_conv2d_winograd_s8_parameters *p, void *scratch,
                                            int32_t row_count) {
    const int32_t steps = (p->input_channels + 3) >> 2;
    const int32_t words = 4 * steps + 1;
    /* of one row alone the second one is computed too, and overwritten */
    const int32_t second = row_count > 1 ? p->output_width * p->matrix.outputs : 0;
    const int8_t *const four[4] = {rows[0], rows[1], rows[2], rows[3 * row_count - 1]};
    uint32_t *const inputs = scratch;
    int8_t last[4][4] = {{0}};
    const int8_t *pixels[24];

    for (int32_t place = 0; place < 16; place++) {
        inputs[place * words] = msc_winograd_entry(steps);
    }
    inputs[16 * words] = 0;
    for (int32_t x = 0; x < p->output_width; x += 4) {
        if (x > p->output_width - 4) {
            x = p->output_width - 4;
        }
        msc_winograd_pixels(pixels, four, x - p->pad_left, p, last);
        for (int32_t step = 0; step < steps; step++) {
            msc_winograd_transform(pixels, 4 * step, &inputs[4 * step + 1], 4 * words);
        }
        {
            const int32_t at = x * p->matrix.outputs;
            const msc_winograd_product product = {
                inputs,
                p->matrix.weights,
                p->matrix.channels,
                p->matrix.zero_point,
                {output + at, output + at + second},
                p->matrix.outputs,
                p->matrix.channels + 3 * p->matrix.outputs,
            };

            msc_winograd_multiply(&product);
        }
    }
    msc_clamp_results_s8(output, row_count * p->output_width * p->matrix.outputs, &p->matrix);
}
