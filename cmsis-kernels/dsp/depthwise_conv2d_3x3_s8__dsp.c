/* SPDX-License-Identifier: Apache-2.0 */
#include "msc/depthwise_dsp.h"

/* A channel, and how its outputs are made row by row. The assembly below knows the offsets on the right. */
typedef struct {
    uint32_t weights[3][2];    /* 0: for each row of the window weights 0 and 1, then 1 and 2, doubled */
    msc_depthwise_scale scale; /* 24: the shift is negative if ties of negative results matter */
    int32_t output_step;       /* 40: elements from row to row of the output */
    int32_t rows;              /* 44: rows left */
    int32_t pixel;             /* 48: elements from pixel to pixel of the output */
    int32_t last;              /* 52: of six outputs, elements from the fifth to the sixth; 0 if there are five */
} msc_depthwise_3x3_channel;

/*
 * How rows of four channels become four planes of int16, two pixels a word: a word of padding and the first pixel where
 * the left padding is odd, pairs of pixels, and a word of the last pixel and padding where one is left.
 */
typedef struct {
    int32_t channel;          /* 0: the first of the four */
    int32_t pairs;            /* 4 */
    uint32_t zero;            /* 8: the zero point twice */
    int32_t row_step;         /* 12: bytes from behind the last pair of a row to the first word of the next */
    int32_t has_first;        /* 16 */
    int32_t has_last;         /* 20 */
    const int8_t *const *end; /* 24: behind the last row */
} msc_depthwise_unzipping;

/* Most rows of a call. */
#define MSC_DEPTHWISE_ROWS 16

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)

/* Rows to planes, `words` words each; words of padding alone are there already. */
static void msc_depthwise_unzip(const int8_t *const *rows, const msc_depthwise_unzipping *how, int32_t channels,
                                uint32_t *planes, int32_t words) {
    const int8_t *row;
    int32_t left;
    uint32_t u;
    uint32_t v;
    uint32_t x;
    uint32_t y;

    __asm__ volatile("1:\n"
                     "ldr %[row], [%[rows]], #4\n"
                     "ldrd %[x], %[left], [%[how]]\n"
                     "add %[row], %[row], %[x]\n"
                     "ldr %[x], [%[how], #16]\n"
                     "cmp %[x], #0\n"
                     "beq 2f\n"
                     "ldr %[x], [%[row]]\n"
                     "ldr %[v], [%[how], #8]\n"
                     "add %[row], %[row], %[channels]\n"
                     "sxtb16 %[y], %[x]\n"
                     "sxtb16 %[x], %[x], ror #8\n"
                     "pkhbt %[u], %[v], %[y], lsl #16\n"
                     "pkhtb %[y], %[y], %[v]\n"
                     "str %[y], [%[planes], %[words], lsl #3]\n"
                     "pkhbt %[y], %[v], %[x], lsl #16\n"
                     "pkhtb %[x], %[x], %[v]\n"
                     "str %[y], [%[planes], %[words], lsl #2]\n"
                     "str %[x], [%[planes], %[words12]]\n"
                     "str %[u], [%[planes]], #4\n"
                     "2:\n"
                     "subs %[left], %[left], #1\n"
                     "bmi 4f\n"
                     "3:\n"
                     "ldr %[y], [%[row], %[channels]]\n"
                     "ldr %[x], [%[row]]\n"
                     "add %[row], %[row], %[channels], lsl #1\n"
                     "pkhbt %[u], %[x], %[y], lsl #16\n"
                     "pkhtb %[v], %[y], %[x], asr #16\n"
                     "sxtb16 %[x], %[u], ror #8\n"
                     "sxtb16 %[y], %[v]\n"
                     "sxtb16 %[v], %[v], ror #8\n"
                     "str %[x], [%[planes], %[words], lsl #2]\n"
                     "sxtb16 %[u], %[u]\n"
                     "str %[y], [%[planes], %[words], lsl #3]\n"
                     "str %[v], [%[planes], %[words12]]\n"
                     "subs %[left], %[left], #1\n"
                     "str %[u], [%[planes]], #4\n"
                     "bpl 3b\n"
                     "4:\n"
                     "ldr %[x], [%[how], #20]\n"
                     "cmp %[x], #0\n"
                     "beq 5f\n"
                     "ldr %[x], [%[row]]\n"
                     "ldr %[v], [%[how], #8]\n"
                     "sxtb16 %[y], %[x]\n"
                     "sxtb16 %[x], %[x], ror #8\n"
                     "pkhbt %[u], %[y], %[v], lsl #16\n"
                     "str %[u], [%[planes]]\n"
                     "pkhtb %[u], %[v], %[y], asr #16\n"
                     "str %[u], [%[planes], %[words], lsl #3]\n"
                     "pkhbt %[u], %[x], %[v], lsl #16\n"
                     "str %[u], [%[planes], %[words], lsl #2]\n"
                     "pkhtb %[u], %[v], %[x], asr #16\n"
                     "str %[u], [%[planes], %[words12]]\n"
                     "5:\n"
                     "ldr %[x], [%[how], #12]\n"
                     "ldr %[y], [%[how], #24]\n"
                     "add %[planes], %[planes], %[x]\n"
                     "cmp %[rows], %[y]\n"
                     "bne 1b\n"
                     : [rows] "+&r"(rows), [planes] "+&r"(planes), [row] "=&r"(row), [left] "=&r"(left),
                       [u] "=&r"(u), [v] "=&r"(v), [x] "=&r"(x), [y] "=&r"(y)
                     : [how] "r"(how), [channels] "r"(channels), [words] "r"(words), [words12] "r"(12 * words)
                     : "cc", "memory");
}

/*
 * A row of the window over four outputs of stride 1: w01 and w12 are the weights, x and y two pixels each, s0 to s3 the
 * sums. The first row finds the bias in s3.
 */
#define MSC_DEPTHWISE_BY_4_STRIDE_1(at, s0, s1, s2)                                                                    \
    "ldrd %[w01], %[w12], [%[channel], #" at "]\n"                                                                     \
    "ldrd %[x], %[y], [%[plane]]\n"                                                                                    \
    "smlad %[s0], %[x], %[w01], %[" s0 "]\n"                                                                           \
    "smlatb %[s1], %[x], %[w01], %[" s1 "]\n"                                                                          \
    "ldr %[x], [%[plane], #8]\n"                                                                                       \
    "smlad %[s2], %[y], %[w01], %[" s2 "]\n"                                                                           \
    "smlatb %[s3], %[y], %[w01], %[s3]\n"                                                                              \
    "smlabt %[s0], %[y], %[w12], %[s0]\n"                                                                              \
    "smlad %[s1], %[y], %[w12], %[s1]\n"                                                                               \
    "smlabt %[s2], %[x], %[w12], %[s2]\n"                                                                              \
    "smlad %[s3], %[x], %[w12], %[s3]\n"

/* The same of stride 2. */
#define MSC_DEPTHWISE_BY_4_STRIDE_2(at, s0, s1, s2)                                                                    \
    "ldrd %[w01], %[w12], [%[channel], #" at "]\n"                                                                     \
    "ldrd %[x], %[y], [%[plane]]\n"                                                                                    \
    "smlad %[s0], %[x], %[w01], %[" s0 "]\n"                                                                           \
    "ldr %[x], [%[plane], #8]\n"                                                                                       \
    "smlabt %[s0], %[y], %[w12], %[s0]\n"                                                                              \
    "smlad %[s1], %[y], %[w01], %[" s1 "]\n"                                                                           \
    "ldr %[y], [%[plane], #12]\n"                                                                                      \
    "smlabt %[s1], %[x], %[w12], %[s1]\n"                                                                              \
    "smlad %[s2], %[x], %[w01], %[" s2 "]\n"                                                                           \
    "ldr %[x], [%[plane], #16]\n"                                                                                      \
    "smlabt %[s2], %[y], %[w12], %[s2]\n"                                                                              \
    "smlad %[s3], %[y], %[w01], %[s3]\n"                                                                               \
    "smlabt %[s3], %[x], %[w12], %[s3]\n"

/* A row of the window over two outputs of stride 1. The first row finds the bias in s1. */
#define MSC_DEPTHWISE_BY_2_STRIDE_1(at, s0)                                                                            \
    "ldrd %[w01], %[w12], [%[channel], #" at "]\n"                                                                     \
    "ldrd %[x], %[y], [%[plane]]\n"                                                                                    \
    "smlad %[s0], %[x], %[w01], %[" s0 "]\n"                                                                           \
    "smlatb %[s1], %[x], %[w01], %[s1]\n"                                                                              \
    "smlabt %[s0], %[y], %[w12], %[s0]\n"                                                                              \
    "smlad %[s1], %[y], %[w12], %[s1]\n"

/* The same of stride 2. */
#define MSC_DEPTHWISE_BY_2_STRIDE_2(at, s0)                                                                            \
    "ldrd %[w01], %[w12], [%[channel], #" at "]\n"                                                                     \
    "ldrd %[x], %[y], [%[plane]]\n"                                                                                    \
    "smlad %[s0], %[x], %[w01], %[" s0 "]\n"                                                                           \
    "ldr %[x], [%[plane], #8]\n"                                                                                       \
    "smlabt %[s0], %[y], %[w12], %[s0]\n"                                                                              \
    "smlad %[s1], %[y], %[w01], %[s1]\n"                                                                               \
    "smlabt %[s1], %[x], %[w12], %[s1]\n"

/* A row of the window over one output. */
#define MSC_DEPTHWISE_BY_1(at)                                                                                         \
    "ldrd %[w01], %[w12], [%[channel], #" at "]\n"                                                                     \
    "ldrd %[x], %[y], [%[plane]]\n"                                                                                    \
    "smlad %[s0], %[x], %[w01], %[s0]\n"                                                                               \
    "smlabt %[s0], %[y], %[w12], %[s0]\n"

/* The multiplier to w01, the offset to w12, the shift to x. */
#define MSC_DEPTHWISE_SCALE                                                                                            \
    "ldrd %[w01], %[w12], [%[channel], #28]\n"                                                                         \
    "ldr %[x], [%[channel], #36]\n"

/* msc_depthwise_requantize */
#define MSC_DEPTHWISE_REQUANTIZE(sum)                                                                                  \
    "smmlar %[y], %[" sum "], %[w01], %[w12]\n"                                                                        \
    "add %[" sum "], %[y], %[" sum "], asr #31\n"                                                                      \
    "asr %[" sum "], %[" sum "], %[x]\n"                                                                               \
    "ssat %[" sum "], #8, %[" sum "]\n"

/* The same for results of the zero point -128: negative ones are saturated, however their ties are rounded. */
#define MSC_DEPTHWISE_REQUANTIZE_UP(sum)                                                                               \
    "smmlar %[" sum "], %[" sum "], %[w01], %[w12]\n"                                                                  \
    "asr %[" sum "], %[" sum "], %[x]\n"                                                                               \
    "ssat %[" sum "], #8, %[" sum "]\n"

/* Four sums. */
#define MSC_DEPTHWISE_REQUANTIZE_4                                                                                     \
    MSC_DEPTHWISE_SCALE                                                                                                \
    "cmp %[x], #0\n"                                                                                                   \
    "blt 2f\n"                                                                                                         \
    MSC_DEPTHWISE_REQUANTIZE_UP("s0")                                                                                  \
    MSC_DEPTHWISE_REQUANTIZE_UP("s1")                                                                                  \
    MSC_DEPTHWISE_REQUANTIZE_UP("s2")                                                                                  \
    MSC_DEPTHWISE_REQUANTIZE_UP("s3")                                                                                  \
    "b 3f\n"                                                                                                           \
    "2:\n"                                                                                                             \
    MSC_DEPTHWISE_REQUANTIZE("s0")                                                                                     \
    MSC_DEPTHWISE_REQUANTIZE("s1")                                                                                     \
    MSC_DEPTHWISE_REQUANTIZE("s2")                                                                                     \
    MSC_DEPTHWISE_REQUANTIZE("s3")                                                                                     \
    "3:\n"

/* To label 1 for the next row. */
#define MSC_DEPTHWISE_NEXT_ROW                                                                                         \
    "ldrd %[x], %[y], [%[channel], #40]\n"                                                                             \
    "add %[output], %[output], %[x]\n"                                                                                 \
    "subs %[y], %[y], #1\n"                                                                                            \
    "str %[y], [%[channel], #44]\n"                                                                                    \
    "bne 1b\n"

/* A row of the window over six outputs of stride 1: sums r4 to r9, pixels r10 and r11, weights r12 and lr. */
#define MSC_DEPTHWISE_BY_6(at, r4, r5, r6, r7, r8)                                                                     \
    "ldrd r12, lr, [r0, #" at "]\n"                                                                                    \
    "ldrd r10, r11, [r1]\n"                                                                                            \
    "smlad r4, r10, r12, " r4 "\n"                                                                                     \
    "smlatb r5, r10, r12, " r5 "\n"                                                                                    \
    "ldr r10, [r1, #8]\n"                                                                                              \
    "smlad r6, r11, r12, " r6 "\n"                                                                                     \
    "smlatb r7, r11, r12, " r7 "\n"                                                                                    \
    "smlabt r4, r11, lr, r4\n"                                                                                         \
    "smlad r5, r11, lr, r5\n"                                                                                          \
    "ldr r11, [r1, #12]\n"                                                                                             \
    "smlad r8, r10, r12, " r8 "\n"                                                                                     \
    "smlatb r9, r10, r12, r9\n"                                                                                        \
    "smlabt r6, r10, lr, r6\n"                                                                                         \
    "smlad r7, r10, lr, r7\n"                                                                                          \
    "smlabt r8, r11, lr, r8\n"                                                                                         \
    "smlad r9, r11, lr, r9\n"

/* Multiplier r10, offset r11, shift r12. */
#define MSC_DEPTHWISE_REQUANTIZE_6(sum)                                                                                \
    "smmlar lr, " sum ", r10, r11\n"                                                                                   \
    "add " sum ", lr, " sum ", asr #31\n"                                                                              \
    "asr " sum ", " sum ", r12\n"                                                                                      \
    "ssat " sum ", #8, " sum "\n"

/* The same for results of the zero point -128. */
#define MSC_DEPTHWISE_REQUANTIZE_UP_6(sum)                                                                             \
    "smmlar " sum ", " sum ", r10, r11\n"                                                                              \
    "asr " sum ", " sum ", r12\n"                                                                                      \
    "ssat " sum ", #8, " sum "\n"

/* Six neighbouring outputs of each row, stride 1, or five: 88 instructions of which 36 multiply. */
__attribute__((noinline)) static void msc_depthwise_3x3_by_6(msc_depthwise_3x3_channel *channel, const uint32_t *plane,
                                                             int8_t *output, int32_t pitch) {
    register msc_depthwise_3x3_channel *r0 __asm__("r0") = channel;
    register const uint32_t *r1 __asm__("r1") = plane;
    register int8_t *r2 __asm__("r2") = output;
    register int32_t r3 __asm__("r3") = pitch;

    __asm__ volatile("push {r7}\n"
                     "1:\n"
                     "ldr r9, [r0, #24]\n"
                     MSC_DEPTHWISE_BY_6("0", "r9", "r9", "r9", "r9", "r9")
                     "add r1, r1, r3\n"
                     MSC_DEPTHWISE_BY_6("8", "r4", "r5", "r6", "r7", "r8")
                     "add r1, r1, r3\n"
                     MSC_DEPTHWISE_BY_6("16", "r4", "r5", "r6", "r7", "r8")
                     "sub r1, r1, r3\n"
                     "ldrd r10, r11, [r0, #28]\n"
                     "ldr r12, [r0, #36]\n"
                     "cmp r12, #0\n"
                     "blt 3f\n"
                     MSC_DEPTHWISE_REQUANTIZE_UP_6("r4")
                     MSC_DEPTHWISE_REQUANTIZE_UP_6("r5")
                     MSC_DEPTHWISE_REQUANTIZE_UP_6("r6")
                     MSC_DEPTHWISE_REQUANTIZE_UP_6("r7")
                     MSC_DEPTHWISE_REQUANTIZE_UP_6("r8")
                     MSC_DEPTHWISE_REQUANTIZE_UP_6("r9")
                     "2:\n"
                     "ldrd r10, lr, [r0, #48]\n"
                     "strb r4, [r2]\n"
                     "strb r5, [r2, r10]\n"
                     "add r11, r2, r10, lsl #1\n"
                     "strb r6, [r11]\n"
                     "strb r7, [r11, r10]\n"
                     "add r11, r11, r10, lsl #1\n"
                     "strb r9, [r11, lr]\n"
                     "strb r8, [r11]\n"
                     "ldrd r10, r11, [r0, #40]\n"
                     "add r2, r2, r10\n"
                     "subs r11, r11, #1\n"
                     "str r11, [r0, #44]\n"
                     "bne.w 1b\n"
                     "b.w 4f\n"
                     "3:\n"
                     MSC_DEPTHWISE_REQUANTIZE_6("r4")
                     MSC_DEPTHWISE_REQUANTIZE_6("r5")
                     MSC_DEPTHWISE_REQUANTIZE_6("r6")
                     MSC_DEPTHWISE_REQUANTIZE_6("r7")
                     MSC_DEPTHWISE_REQUANTIZE_6("r8")
                     MSC_DEPTHWISE_REQUANTIZE_6("r9")
                     "b 2b\n"
                     "4:\n"
                     "pop {r7}\n"
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
                     :
                     : "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}

/* Four neighbouring outputs of each row, stride 1. */
static void msc_depthwise_3x3_by_4_stride_1(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                            int32_t pitch, int32_t channels) {
    int32_t s0;
    int32_t s1;
    int32_t s2;
    int32_t s3;
    uint32_t x;
    uint32_t y;
    uint32_t w01;
    uint32_t w12;

    __asm__ volatile("1:\n"
                     "ldr %[s3], [%[channel], #24]\n"
                     MSC_DEPTHWISE_BY_4_STRIDE_1("0", "s3", "s3", "s3")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_4_STRIDE_1("8", "s0", "s1", "s2")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_4_STRIDE_1("16", "s0", "s1", "s2")
                     "sub %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_REQUANTIZE_4
                     "strb %[s0], [%[output]]\n"
                     "strb %[s1], [%[output], %[channels]]\n"
                     "add %[x], %[output], %[channels], lsl #1\n"
                     "strb %[s2], [%[x]]\n"
                     "strb %[s3], [%[x], %[channels]]\n"
                     MSC_DEPTHWISE_NEXT_ROW
                     : [s0] "=&r"(s0), [s1] "=&r"(s1), [s2] "=&r"(s2), [s3] "=&r"(s3), [x] "=&r"(x), [y] "=&r"(y),
                       [w01] "=&r"(w01), [w12] "=&r"(w12), [plane] "+&r"(plane), [output] "+&r"(output)
                     : [channel] "r"(channel), [pitch] "r"(pitch), [channels] "r"(channels)
                     : "cc", "memory");
}

/* Four neighbouring outputs of each row, stride 2. */
static void msc_depthwise_3x3_by_4_stride_2(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                            int32_t pitch, int32_t channels) {
    int32_t s0;
    int32_t s1;
    int32_t s2;
    int32_t s3;
    uint32_t x;
    uint32_t y;
    uint32_t w01;
    uint32_t w12;

    __asm__ volatile("1:\n"
                     "ldr %[s3], [%[channel], #24]\n"
                     MSC_DEPTHWISE_BY_4_STRIDE_2("0", "s3", "s3", "s3")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_4_STRIDE_2("8", "s0", "s1", "s2")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_4_STRIDE_2("16", "s0", "s1", "s2")
                     MSC_DEPTHWISE_REQUANTIZE_4
                     "strb %[s0], [%[output]]\n"
                     "strb %[s1], [%[output], %[channels]]\n"
                     "add %[x], %[output], %[channels], lsl #1\n"
                     "strb %[s2], [%[x]]\n"
                     "strb %[s3], [%[x], %[channels]]\n"
                     MSC_DEPTHWISE_NEXT_ROW
                     : [s0] "=&r"(s0), [s1] "=&r"(s1), [s2] "=&r"(s2), [s3] "=&r"(s3), [x] "=&r"(x), [y] "=&r"(y),
                       [w01] "=&r"(w01), [w12] "=&r"(w12), [plane] "+&r"(plane), [output] "+&r"(output)
                     : [channel] "r"(channel), [pitch] "r"(pitch), [channels] "r"(channels)
                     : "cc", "memory");
}

/* Two neighbouring outputs of each row, stride 1. */
static void msc_depthwise_3x3_by_2_stride_1(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                            int32_t pitch, int32_t channels) {
    int32_t s0;
    int32_t s1;
    uint32_t x;
    uint32_t y;
    uint32_t w01;
    uint32_t w12;

    __asm__ volatile("1:\n"
                     "ldr %[s1], [%[channel], #24]\n"
                     MSC_DEPTHWISE_BY_2_STRIDE_1("0", "s1")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_2_STRIDE_1("8", "s0")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_2_STRIDE_1("16", "s0")
                     "sub %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_SCALE
                     MSC_DEPTHWISE_REQUANTIZE("s0")
                     MSC_DEPTHWISE_REQUANTIZE("s1")
                     "strb %[s0], [%[output]]\n"
                     "strb %[s1], [%[output], %[channels]]\n"
                     MSC_DEPTHWISE_NEXT_ROW
                     : [s0] "=&r"(s0), [s1] "=&r"(s1), [x] "=&r"(x), [y] "=&r"(y), [w01] "=&r"(w01), [w12] "=&r"(w12),
                       [plane] "+&r"(plane), [output] "+&r"(output)
                     : [channel] "r"(channel), [pitch] "r"(pitch), [channels] "r"(channels)
                     : "cc", "memory");
}

/* Two neighbouring outputs of each row, stride 2. */
static void msc_depthwise_3x3_by_2_stride_2(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                            int32_t pitch, int32_t channels) {
    int32_t s0;
    int32_t s1;
    uint32_t x;
    uint32_t y;
    uint32_t w01;
    uint32_t w12;

    __asm__ volatile("1:\n"
                     "ldr %[s1], [%[channel], #24]\n"
                     MSC_DEPTHWISE_BY_2_STRIDE_2("0", "s1")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_2_STRIDE_2("8", "s0")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_2_STRIDE_2("16", "s0")
                     MSC_DEPTHWISE_SCALE
                     MSC_DEPTHWISE_REQUANTIZE("s0")
                     MSC_DEPTHWISE_REQUANTIZE("s1")
                     "strb %[s0], [%[output]]\n"
                     "strb %[s1], [%[output], %[channels]]\n"
                     MSC_DEPTHWISE_NEXT_ROW
                     : [s0] "=&r"(s0), [s1] "=&r"(s1), [x] "=&r"(x), [y] "=&r"(y), [w01] "=&r"(w01), [w12] "=&r"(w12),
                       [plane] "+&r"(plane), [output] "+&r"(output)
                     : [channel] "r"(channel), [pitch] "r"(pitch), [channels] "r"(channels)
                     : "cc", "memory");
}

/* One output of each row, any stride. */
static void msc_depthwise_3x3_by_1(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                   int32_t pitch, int32_t advance) {
    int32_t s0;
    uint32_t x;
    uint32_t y;
    uint32_t w01;
    uint32_t w12;

    __asm__ volatile("1:\n"
                     "ldr %[s0], [%[channel], #24]\n"
                     MSC_DEPTHWISE_BY_1("0")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_1("8")
                     "add %[plane], %[plane], %[pitch]\n"
                     MSC_DEPTHWISE_BY_1("16")
                     "add %[plane], %[plane], %[advance]\n"
                     MSC_DEPTHWISE_SCALE
                     MSC_DEPTHWISE_REQUANTIZE("s0")
                     "strb %[s0], [%[output]]\n"
                     MSC_DEPTHWISE_NEXT_ROW
                     : [s0] "=&r"(s0), [x] "=&r"(x), [y] "=&r"(y), [w01] "=&r"(w01), [w12] "=&r"(w12),
                       [plane] "+&r"(plane), [output] "+&r"(output)
                     : [channel] "r"(channel), [pitch] "r"(pitch), [advance] "r"(advance)
                     : "cc", "memory");
}

#else

/* Rows to planes, `words` words each; words of padding alone are there already. */
static void msc_depthwise_unzip(const int8_t *const *rows, const msc_depthwise_unzipping *how, int32_t channels,
                                uint32_t *planes, int32_t words) {
    const int32_t count = how->has_first + 2 * how->pairs + how->has_last;

    for (; rows < how->end; rows++) {
        const int8_t *row = &(*rows)[how->channel];

        for (int32_t c = 0; c < 4; c++) {
            uint32_t *plane = &planes[c * words];
            uint32_t low = how->zero;

            for (int32_t i = 0; i < count; i++) {
                const uint32_t pixel = (uint32_t)row[i * channels + c];

                if ((i + how->has_first) % 2 == 0) {
                    low = pixel;
                    *plane = msc_pack_low(pixel, how->zero);
                } else {
                    *plane++ = msc_pack_low(low, pixel);
                }
            }
        }
        planes += how->has_first + how->pairs + how->row_step / 4;
    }
}

/* `count` neighbouring outputs of each row; after the last row of a window the plane moves by `advance` bytes. */
static void msc_depthwise_3x3_by(const msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                 int32_t pitch, int32_t advance, int32_t channels, int32_t count, int32_t stride) {
    const msc_depthwise_scale *const scale = &channel->scale;

    for (int32_t y = 0; y < channel->rows; y++) {
        for (int32_t n = 0; n < count; n++) {
            const int32_t at = n * stride;
            const uint32_t *pixels = &plane[at / 2];
            int32_t sum = scale->bias;

            for (int32_t i = 0; i < 3; i++) {
                const uint32_t pixels01 = at % 2 == 0 ? pixels[0] : pixels[0] >> 16 | pixels[1] << 16;
                const uint32_t pixel2 = at % 2 == 0 ? pixels[1] : pixels[1] >> 16;

                sum = msc_smlad(pixels01, channel->weights[i][0], sum);
                sum = msc_smlabt(pixel2, channel->weights[i][1], sum);
                pixels += pitch / 4;
            }
            output[n * channels] =
                (int8_t)msc_depthwise_requantize(sum, scale->multiplier, scale->offset, scale->shift & 31);
        }
        plane += (2 * pitch + advance) / 4;
        output += channel->output_step;
    }
}

static void msc_depthwise_3x3_by_6(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                   int32_t pitch) {
    msc_depthwise_3x3_by(channel, plane, output, pitch, -pitch, channel->pixel, channel->last ? 6 : 5, 1);
}

static void msc_depthwise_3x3_by_4_stride_1(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                            int32_t pitch, int32_t channels) {
    msc_depthwise_3x3_by(channel, plane, output, pitch, -pitch, channels, 4, 1);
}

static void msc_depthwise_3x3_by_4_stride_2(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                            int32_t pitch, int32_t channels) {
    msc_depthwise_3x3_by(channel, plane, output, pitch, 0, channels, 4, 2);
}

static void msc_depthwise_3x3_by_2_stride_1(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                            int32_t pitch, int32_t channels) {
    msc_depthwise_3x3_by(channel, plane, output, pitch, -pitch, channels, 2, 1);
}

static void msc_depthwise_3x3_by_2_stride_2(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                            int32_t pitch, int32_t channels) {
    msc_depthwise_3x3_by(channel, plane, output, pitch, 0, channels, 2, 2);
}

static void msc_depthwise_3x3_by_1(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                   int32_t pitch, int32_t advance) {
    msc_depthwise_3x3_by(channel, plane, output, pitch, advance, 0, 1, 1);
}

#endif

/* Weights less their zero point, doubled. */
static inline uint32_t msc_depthwise_doubled(uint32_t weights, uint32_t zero) {
    const uint32_t difference = msc_ssub16(weights, zero);

    return msc_sadd16(difference, difference);
}

/* The pairs of weights of four channels. */
static inline void msc_depthwise_3x3_weights(msc_depthwise_3x3_channel *four,
                                             const msc_depthwise_conv2d_s8_parameters *p, const int8_t *weights) {
    const uint32_t zero = msc_pack_low((uint32_t)p->weights_zero_point, (uint32_t)p->weights_zero_point);

    for (int32_t i = 0; i < 3; i++) {
        const uint32_t word0 = msc_read_word(weights);
        const uint32_t word1 = msc_read_word(&weights[p->channels]);
        const uint32_t word2 = msc_read_word(&weights[2 * p->channels]);
        const uint32_t even0 = msc_depthwise_doubled(msc_sxtb16(word0), zero);
        const uint32_t even1 = msc_depthwise_doubled(msc_sxtb16(word1), zero);
        const uint32_t even2 = msc_depthwise_doubled(msc_sxtb16(word2), zero);
        const uint32_t odd0 = msc_depthwise_doubled(msc_sxtb16_ror8(word0), zero);
        const uint32_t odd1 = msc_depthwise_doubled(msc_sxtb16_ror8(word1), zero);
        const uint32_t odd2 = msc_depthwise_doubled(msc_sxtb16_ror8(word2), zero);

        four[0].weights[i][0] = msc_pack_low(even0, even1);
        four[0].weights[i][1] = msc_pack_low(even1, even2);
        four[1].weights[i][0] = msc_pack_low(odd0, odd1);
        four[1].weights[i][1] = msc_pack_low(odd1, odd2);
        four[2].weights[i][0] = msc_pack_high(even0, even1);
        four[2].weights[i][1] = msc_pack_high(even1, even2);
        four[3].weights[i][0] = msc_pack_high(odd0, odd1);
        four[3].weights[i][1] = msc_pack_high(odd1, odd2);
        weights += 3 * p->channels;
    }
}

/* All outputs of a channel, groups of columns from top to bottom; `pitch` are the bytes from row to row of a plane. */
static void msc_depthwise_3x3_plane(msc_depthwise_3x3_channel *channel, const uint32_t *plane, int8_t *output,
                                    int32_t pitch, const msc_depthwise_conv2d_s8_parameters *p, int32_t row_count) {
    const int32_t channels = p->channels;
    int32_t left = p->output_width;

    if (p->stride == 1) {
        /* eight are made in two fours */
        for (; left >= 5 && left != 8; left -= 6) {
            channel->rows = row_count;
            channel->last = left == 5 ? 0 : channels;
            msc_depthwise_3x3_by_6(channel, plane, output, pitch);
            plane += 3;
            output += 6 * channels;
        }
    }
    for (; left >= 4; left -= 4) {
        channel->rows = row_count;
        if (p->stride == 1) {
            msc_depthwise_3x3_by_4_stride_1(channel, plane, output, pitch, channels);
            plane += 2;
        } else {
            msc_depthwise_3x3_by_4_stride_2(channel, plane, output, pitch, channels);
            plane += 4;
        }
        output += 4 * channels;
    }
    if (left >= 2) {
        channel->rows = row_count;
        if (p->stride == 1) {
            msc_depthwise_3x3_by_2_stride_1(channel, plane, output, pitch, channels);
            plane += 1;
        } else {
            msc_depthwise_3x3_by_2_stride_2(channel, plane, output, pitch, channels);
            plane += 2;
        }
        output += 2 * channels;
    }
    if (left > 0 && (left & 1) != 0) {
        channel->rows = row_count;
        msc_depthwise_3x3_by_1(channel, plane, output, pitch, (p->stride - 2) * pitch);
    }
}

/*
 * 3 by 3 windows of stride 1 or 2, four channels at a time: their rows are unzipped into planes of int16, so that one
 * multiplication serves two neighbouring pixels. At most MSC_DEPTHWISE_ROWS rows. Scratch: for each of the
 * stride * (row_count - 1) + 3 rows of the input four planes, of (output_width + 3) / 2 words for stride 1, of
 * output_width + 2 words for stride 2.
 * Where channels are a multiple of 4, all rows of four channels are read before any result of these four is written, and
 * writing them touches no byte of others; what an activation clamps is clamped after all rows were read.
 */
MSC_KERNEL void msc_depthwise_conv2d_3x3_s8__dsp(const int8_t *const *rows, int8_t *output,
                                                 const msc_depthwise_conv2d_s8_parameters *p, void *scratch,
                                                 int32_t row_count) {
    const int32_t words = p->stride == 1 ? (p->output_width + 3) / 2 : p->output_width + 2;
    const int32_t input_rows = p->stride * (row_count - 1) + 3;
    const int8_t *inputs[2 * MSC_DEPTHWISE_ROWS + 1];
    const int32_t signed_ties = p->output_zero_point == -128 ? 0 : INT32_MIN;
    uint32_t *const planes = (uint32_t *)scratch;
    msc_depthwise_unzipping how;
    msc_depthwise_3x3_channel four[4];

    for (int32_t i = 0; i < input_rows; i++) {
        const int32_t y = i / p->stride < row_count ? i / p->stride : row_count - 1;

        inputs[i] = rows[3 * y + i - y * p->stride];
    }
    how.has_first = p->pad_left & 1;
    how.pairs = (p->input_width - how.has_first) / 2;
    how.has_last = (p->input_width - how.has_first) & 1;
    how.zero = msc_pack_low((uint32_t)p->input_zero_point, (uint32_t)p->input_zero_point);
    how.row_step = 16 * words - 4 * (how.has_first + how.pairs);
    how.end = &inputs[input_rows];
    for (int32_t i = 0; i < input_rows * 4; i++) {
        for (int32_t word = 0; word < p->pad_left / 2; word++) {
            planes[i * words + word] = how.zero;
        }
        for (int32_t word = (p->pad_left + p->input_width + 1) / 2; word < words; word++) {
            planes[i * words + word] = how.zero;
        }
    }
    for (int32_t i = 0; i < 4; i++) {
        four[i].output_step = p->output_width * p->channels;
        four[i].pixel = p->channels;
    }
    for (int32_t c = 0; c < p->channels; c += 4) {
        /* The last four overlap those before where channels are not a multiple of 4. */
        how.channel = c < p->channels - 4 ? c : p->channels - 4;
        msc_depthwise_unzip(inputs, &how, p->channels, &planes[p->pad_left / 2], words);
        msc_depthwise_3x3_weights(four, p, &p->weights[how.channel]);
        for (int32_t i = 0; i < 4; i++) {
            four[i].scale = msc_depthwise_scale_of(p, how.channel + i);
            four[i].scale.shift |= signed_ties;
            msc_depthwise_3x3_plane(&four[i], &planes[i * words], &output[how.channel + i], 16 * words, p, row_count);
        }
    }
    msc_depthwise_clamp(output, row_count * p->output_width * p->channels, p->output_minimum, p->output_maximum);
}
