/* SPDX-License-Identifier: Apache-2.0
 *
 * small, made by msc 0.1.0 from small.tflite (SHA-256 9b5296aaaf2e...) for cortex-m4. Do not edit.
 *
 *   step  operator         output        kernel                        MACs  weights  arena, from -> to
 *      0  conv2d           [1, 8, 8, 4]  conv2d_3x3x1_s8__dsp          2304      144  224 -> 16
 *      1  max_pool2d       [1, 4, 4, 4]  max_pool2d_s8__dsp               0        0  16 -> 0
 *      2  fully_connected  [1, 3]        fully_connected_s8__portable   192      219  0 -> 64
 *      3  softmax          [1, 3]        softmax_lookup_s8__portable      0      500  64 -> 0
 */
#include "small.h"
#include <string.h>

#if SMALL_ABI != 1 || SMALL_ARENA_SIZE != 288
#error "small.c and small.h come from different runs of msc"
#endif

/* What may be set from outside: where things lie, and what to do after a step (read a cycle counter, toggle a pin). */
#ifndef SMALL_SECTION_ARENA
#define SMALL_SECTION_ARENA
#endif
#ifndef SMALL_SECTION_WEIGHTS
#define SMALL_SECTION_WEIGHTS
#endif
#ifndef SMALL_SECTION_CODE
#define SMALL_SECTION_CODE
#endif
#ifndef SMALL_STEP
#define SMALL_STEP(step) ((void)0)
#endif
#ifndef SMALL_ALIGNED
#if defined(__GNUC__)
#define SMALL_ALIGNED(bytes) __attribute__((aligned(bytes)))
#else
#error "define SMALL_ALIGNED(bytes) for this compiler"
#endif
#endif

/*
 * Helpers of the kernels: not every core needs them all. What run() calls stays a function of its own, so that the
 * stack of one layer is free again when the next one runs.
 */
#if defined(__GNUC__)
#define SMALL_INLINE static inline __attribute__((unused))
#if defined(__arm__) || defined(__clang__)
#define SMALL_NOINLINE __attribute__((noinline))
#else
/* gcc 12 for x86-64 takes copies of such functions for constant arguments for ones without effects, and drops their calls. */
#define SMALL_NOINLINE __attribute__((noinline, noclone))
#endif
#else
#define SMALL_INLINE static inline
#define SMALL_NOINLINE
#endif

/* ---- weights -------------------------------------------------------------------------------- */

/* step 0, features: bias, weights, factors of multiplier and shift, zero point of each channel */
static const int32_t small_channels_0[36] SMALL_ALIGNED(4) SMALL_SECTION_WEIGHTS = {
                43226,           6750161,           5701524,           6225951,
             -1507228,               101, (-2147483647 - 1),          33554432,
                 -128,            -21127,           2162585,          -7733159,
              3145738,          -3932155,             65468, (-2147483647 - 1),
             16777216,              -128,            -53120,          -7602274,
              6029255,          -4128719,          -5439605,             65517,
    (-2147483647 - 1),           8388608,              -128,              -240,
             -2097212,           4063280,           -786491,          -3604412,
                   37, (-2147483647 - 1),          16777216,              -128,
};

/* step 2, scores: int8 [3, 64] */
static const int8_t small_weights_2[192] SMALL_ALIGNED(4) SMALL_SECTION_WEIGHTS = {
      83, -111,    6,  106,  -29,   83,  -41,  117,   66,  -35,  -89,  -13,   75,  -51,   74,   12,
    -115,    2,   28,   -1,   91, -109, -125,  -47,  -35,    7,   58,   14,  -70, -107,  -43,  -45,
     -73,  -21,  -34,   38,  -15,  124,  -27,  -15,  -58, -113,  -86, -117,  -67,    0,   26,  -43,
      19,  -97,  -83,  -87,  -83,  -23,  124,   63,  102,   56, -104,  -46,   -6,   15,  -75,  -40,
      78,  -54,   51,  -60,   41,  -18,   98,   27,    4,   40, -117,   67,  -39,  -87,   90,   57,
      77,  115,  100,  -87,   -7,   50,  -27,   64,  125,  -95,  -31,   65, -103, -117,  -67,   69,
     -99,   78,   13,  -65,   12,  -64,  -11,   76,   27,  -54, -102,  127,   15, -101,   85,  -83,
      63,  127,  -65,   67,  116,   14,  114,  -88,   14,   25, -124, -127,  111,   54,   -7,  103,
      34,  125,   69, -100,  -67,   97,   30,  108,   38,   82,   55, -118,  -56,   67,  -69,  -33,
      53, -124,  -40,    6,   -4,  -29, -126,   78,   32,  127,  -84,  126,  -27,  123, -107,  -54,
     -49,   12,   13,   19,  -37,   43,  105,  -87,  101,   91,   91,  -85,   71,   74,    1,   77,
     -14,  100,  -33,   78,   96,  -27,  -71,  -78,  101,   11,   34, -100,   35,  106,   33,   40,
};

/* step 2, scores: with the input's zero point folded in */
static const int32_t small_bias_2[3] SMALL_ALIGNED(4) SMALL_SECTION_WEIGHTS = {
    -126720,   71680,  123264,
};

/* step 2, scores: 31 fractional bits */
static const int32_t small_multipliers_2[3] SMALL_ALIGNED(4) SMALL_SECTION_WEIGHTS = {
    1073741824, 1073741824, 1073741824,
};

/* step 2, scores: to the left if positive */
static const int8_t small_shifts_2[3] SMALL_ALIGNED(4) SMALL_SECTION_WEIGHTS = {
    -7, -7, -7,
};

/* step 3, probabilities: int32 [125], exp(-d * beta * scale) with 31 fractional bits */
static const int32_t small_exponentials_3[125] SMALL_ALIGNED(4) SMALL_SECTION_WEIGHTS = {
    2147483647, 1895147668, 1672462419, 1475942488, 1302515042, 1149465166, 1014399735,  895204371,
     790015308,  697185865,  615264540,  542968897,  479168506,  422864603,  373176807,  329327284,
     290630390,  256480347,  226343175,  199747095,  176276242,  155563194,  137284076,  121152737,
     106916946,   94353847,   83267001,   73482850,   64848406,   57228501,   50503989,   44569601,
      39332546,   34710840,   30632218,   27032830,   23856395,   21053189,   18579379,   16396240,
      14469635,   12769405,   11268963,    9944822,    8776277,    7745035,    6834972,    6031840,
       5323081,    4697601,    4145620,    3658496,    3228612,    2849239,    2514446,    2218990,
       1958252,    1728151,    1525088,    1345885,    1187740,    1048177,     925013,     816321,
        720401,     635752,     561049,     495124,     436945,     385603,     340293,     300308,
        265021,     233880,     206398,     182146,     160743,     141855,     125187,     110477,
         97496,      86040,      75930,      67008,      59134,      52186,      46054,      40642,
         35867,      31652,      27933,      24651,      21754,      19198,      16942,      14951,
         13195,      11644,      10276,       9069,       8003,       7063,       6233,       5500,
          4854,       4284,       3780,       3336,       2944,       2598,       2293,       2023,
          1786,       1576,       1391,       1227,       1083,        956,        844,        744,
           657,        580,        512,        451,        398,
};

/* a row outside of an image */
static const int8_t small_outside_s8_minus_128[8] SMALL_ALIGNED(4) SMALL_SECTION_WEIGHTS = {
    -128, -128, -128, -128, -128, -128, -128, -128,
};

/* ---- kernels -------------------------------------------------------------------------------- */

/* Where the rows of an image lie: row y in slot (y + phase) % slots. With as many slots as rows the image is whole. */
typedef struct {
    int32_t row; /* elements */
    int32_t slots;
    int32_t phase;
} small_ring;

/* How a kernel is driven over the rows of an image. */
typedef struct {
    int32_t batches;
    int32_t input_height;
    int32_t output_height;
    small_ring input;
    small_ring output;
    int32_t kernel_height;
    int32_t stride;
    int32_t dilation;
    int32_t pad_top;
    int32_t rows_per_call;
} small_rows;

/* The first element of row y, counted from the start of the ring. */
SMALL_INLINE int32_t small_ring_at(const small_ring *ring, int32_t y) {
    return (y + ring->phase) % ring->slots * ring->row;
}

/* How many of the rows from y to `end` lie one after another. */
SMALL_INLINE int32_t small_ring_run(const small_ring *ring, int32_t y, int32_t end) {
    const int32_t most = ring->slots - (y + ring->phase) % ring->slots;

    return end - y < most ? end - y : most;
}

/* The input rows of output row y, as pointers; a row outside of the image is `outside`. */
SMALL_INLINE void small_window_s8(const int8_t **window, const int8_t *input, const small_rows *rows, int32_t y,
                                 const int8_t *outside) {
    int32_t row = y * rows->stride - rows->pad_top;

    for (int32_t k = 0; k < rows->kernel_height; k++) {
        window[k] = row >= 0 && row < rows->input_height ? &input[small_ring_at(&rows->input, row)] : outside;
        row += rows->dilation;
    }
}

/* Four int8 as a word, the first in the lowest byte, from any address. */
SMALL_INLINE uint32_t small_read_word(const int8_t *from) {
    uint32_t word;

    memcpy(&word, from, sizeof word);
    return word;
}

/* Four int8 of a word to any address. */
SMALL_INLINE void small_write_word(int8_t *to, uint32_t word) {
    memcpy(to, &word, sizeof word);
}

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* Bytes 0 and 2, sign-extended to halfwords. */
SMALL_INLINE uint32_t small_sxtb16(uint32_t word) {
    uint32_t result;

    __asm__("sxtb16 %0, %1" : "=r"(result) : "r"(word));
    return result;
}

/* Bytes 1 and 3, sign-extended to halfwords. */
SMALL_INLINE uint32_t small_sxtb16_ror8(uint32_t word) {
    uint32_t result;

    __asm__("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(word));
    return result;
}

/* sum + x.low * y.low + x.high * y.high, modulo 2^32 */
SMALL_INLINE int32_t small_smlad(uint32_t x, uint32_t y, int32_t sum) {
    int32_t result;

    __asm__("smlad %0, %1, %2, %3" : "=r"(result) : "r"(x), "r"(y), "r"(sum));
    return result;
}
#else
SMALL_INLINE uint32_t small_sxtb16(uint32_t word) {
    return ((uint32_t)(int32_t)(int8_t)(word & 0xffu) & 0xffffu) | (uint32_t)(int32_t)(int8_t)(word >> 16 & 0xffu) << 16;
}

SMALL_INLINE uint32_t small_sxtb16_ror8(uint32_t word) {
    return small_sxtb16(word >> 8);
}

SMALL_INLINE int32_t small_smlad(uint32_t x, uint32_t y, int32_t sum) {
    const int32_t low = (int16_t)(x & 0xffffu) * (int16_t)(y & 0xffffu);
    const int32_t high = (int16_t)(x >> 16) * (int16_t)(y >> 16);

    return (int32_t)((uint32_t)sum + (uint32_t)low + (uint32_t)high);
}
#endif

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* The low halfwords of two words: that of `low` below that of `high`. */
SMALL_INLINE uint32_t small_pack_low(uint32_t low, uint32_t high) {
    uint32_t result;

    __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(result) : "r"(low), "r"(high));
    return result;
}

/* sum + the high word of a * b + 2^31 */
SMALL_INLINE int32_t small_smmlar(int32_t a, int32_t b, int32_t sum) {
    int32_t result;

    __asm__("smmlar %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}
#else
SMALL_INLINE uint32_t small_pack_low(uint32_t low, uint32_t high) {
    return (low & 0xffffu) | high << 16;
}

SMALL_INLINE int32_t small_smmlar(int32_t a, int32_t b, int32_t sum) {
    return sum + (int32_t)(((int64_t)a * b + (INT64_C(1) << 31)) >> 32);
}
#endif

/*
 * A matrix whose rows, the output channels, are packed two by two: a halfword holds 256 b + a for the weights a and b
 * of two channels, so that one multiplication serves both. With S = sum of (256 b + a) x and A = sum of a x,
 * both modulo 2^32, the sum of b x is (S - A) / 256; it was checked offline to fit 24 bits.
 */
typedef struct {
    /*
     * For every two channels (of a matrix for small_multiply_vector_s8: every four) and every two columns a word for each
     * pair. Of four columns, 0 and 2 come first, then 1 and 3: the order in which SXTB16 unpacks bytes.
     */
    const uint32_t *weights;
    /*
     * For every two channels six words: first values of S and A (the biases), then for each channel the factors
     * 2 m - 2^32 and 2^(32 - n) of a multiplier of m / 2^31 and a right shift of n.
     */
    const int32_t *channels;
    int32_t columns; /* a multiple of 4 */
    int32_t outputs;
    int32_t zero_point; /* of the output */
    int32_t output_minimum;
    int32_t output_maximum;
} small_matrix_s8;

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)
/* The same for any zero point: ties go away from zero. */
#define SMALL_REQUANTIZE_SIGNED(sum, m, n, zero_point)                                                                   \
    "smmlar " sum ", " sum ", " m ", " sum "\n"                                                                        \
    "add " sum ", " sum ", " sum ", asr #31\n"                                                                         \
    "smmlar " sum ", " sum ", " n ", " zero_point "\n"                                                                 \
    "ssat " sum ", #8, " sum "\n"
#else
/* What the assembly makes of a sum: see SMALL_REQUANTIZE_SIGNED. */
SMALL_INLINE int8_t small_requantize_sum(int32_t sum, const int32_t *factors, int32_t zero_point) {
    const int32_t high = small_smmlar(sum, factors[0], sum);
    const int32_t value = small_smmlar(high + (high >> 31), factors[1], zero_point);

    if (value < -128) {
        return -128;
    }
    return (int8_t)(value > 127 ? 127 : value);
}
#endif

/* Moves results into the range of an activation that is narrower than int8. */
SMALL_INLINE void small_clamp_results_s8(int8_t *results, int32_t count, const small_matrix_s8 *matrix) {
    if (matrix->output_minimum > -128 || matrix->output_maximum < 127) {
        for (int32_t i = 0; i < count; i++) {
            const int32_t value = results[i] < matrix->output_minimum ? matrix->output_minimum : results[i];

            results[i] = (int8_t)(value > matrix->output_maximum ? matrix->output_maximum : value);
        }
    }
}

/* How a window slides along a row. */
typedef struct {
    int32_t input_width;
    int32_t input_channels;
    int32_t output_width;
    int32_t kernel_height;
    int32_t kernel_width;
    int32_t stride;
    int32_t dilation;
    int32_t pad_left;
    int32_t pad_value;   /* of the elements left and right of the image */
    int32_t last_column; /* where a row of the window can still be read at once, in whole words; -1 if nowhere */
} small_conv2d_window;

/*
 * Windows of 3 by 3 by 1. The channels of the matrix hold all, nine words each: the bias, weights as int16 of the elements
 * 0 and 2, 3 and 5, 6 and 8, 1 and 4, 7 and none, the factors of matrix_s8.h, and the zero point of the output.
 */
typedef struct {
    small_conv2d_window window;
    small_matrix_s8 matrix;
} small_conv2d_3x3x1_s8_parameters;

/* One row of the window at `column`, of at most four elements, in a word; the row of the image has four or more. */
SMALL_INLINE uint32_t small_conv2d_window_word_s8(const int8_t *row, const small_conv2d_window *window, int32_t column) {
    const int32_t end = window->input_width * window->input_channels;
    const int32_t at = column * window->input_channels;
    const uint32_t padding = 0x01010101u * (uint8_t)window->pad_value;

    if (at <= -4 || at >= end) {
        return padding;
    }
    if (at < 0) {
        return small_read_word(row) << -8 * at | padding >> (32 + 8 * at);
    }
    if (at > end - 4) {
        return small_read_word(row + end - 4) >> 8 * (at + 4 - end) | padding << 8 * (end - at);
    }
    return small_read_word(row + at);
}

/* Pixels of a row, their windows `step` elements apart; the order is that of the stack of small_conv2d_3x3x1_run. */
typedef struct {
    const int8_t *rows[3];
    int32_t column; /* the first window's */
    const int32_t *channels;
    const int32_t *channels_end;
    int32_t step;
    int32_t column_end;
    int8_t *output;
} small_conv2d_3x3x1_pixels;

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)
/* All channels of the pixels, whose windows are read in whole words: 14 instructions an output, 19 a pixel. */
__attribute__((noinline)) static SMALL_SECTION_CODE void small_conv2d_3x3x1_run(const small_conv2d_3x3x1_pixels *pixels) {
    register const small_conv2d_3x3x1_pixels *p __asm__("r0") = pixels;

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
                     SMALL_REQUANTIZE_SIGNED("r5", "r6", "r7", "r8")
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
static SMALL_SECTION_CODE void small_conv2d_3x3x1_run(const small_conv2d_3x3x1_pixels *pixels) {
    int8_t *output = pixels->output;

    for (int32_t column = pixels->column; column != pixels->column_end; column += pixels->step) {
        const uint32_t row0 = small_read_word(pixels->rows[0] + column);
        const uint32_t row1 = small_read_word(pixels->rows[1] + column);
        const uint32_t row2 = small_read_word(pixels->rows[2] + column);
        const uint32_t middle = small_pack_low(small_sxtb16_ror8(row0), small_sxtb16_ror8(row1));

        for (const int32_t *channel = pixels->channels; channel != pixels->channels_end; channel += 9) {
            int32_t sum = small_smlad((uint32_t)channel[1], small_sxtb16(row0), channel[0]);

            sum = small_smlad((uint32_t)channel[2], small_sxtb16(row1), sum);
            sum = small_smlad((uint32_t)channel[3], small_sxtb16(row2), sum);
            sum = small_smlad((uint32_t)channel[4], middle, sum);
            sum = small_smlad((uint32_t)channel[5], small_sxtb16_ror8(row2), sum);
            *output++ = small_requantize_sum(sum, &channel[6], channel[8]);
        }
    }
}
#endif

/* 3 by 3 windows of one input channel, pixel by pixel: a pixel's window stays in five registers for all channels. */
static SMALL_SECTION_CODE void small_conv2d_3x3x1_s8__dsp(const int8_t *const *rows, int8_t *output,
                                         const small_conv2d_3x3x1_s8_parameters *p, int32_t row_count) {
    const small_conv2d_window *window = &p->window;
    small_conv2d_3x3x1_pixels pixels;

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
                    gathered[k] = small_conv2d_window_word_s8(rows[k], window, column);
                    pixels.rows[k] = (const int8_t *)&gathered[k];
                }
            }
            pixels.column_end = pixels.column + count * window->stride;
            small_conv2d_3x3x1_run(&pixels);
            pixels.output += count * p->matrix.outputs;
            column += count * window->stride;
            left -= count;
        }
        rows += 3;
    }
    small_clamp_results_s8(output, row_count * window->output_width * p->matrix.outputs, &p->matrix);
}

/* Weights [outputs, inputs]; the input's zero point is folded into the bias. */
typedef struct {
    const int8_t *weights;
    const int32_t *bias;
    const int32_t *multipliers; /* one an output, 31 fractional bits */
    const int8_t *shifts;       /* to the left if positive */
    int32_t inputs;
    int32_t outputs;
    int32_t weights_zero_point;
    int32_t output_zero_point;
    int32_t output_minimum;
    int32_t output_maximum;
} small_fully_connected_s8_parameters;

/*
 * accumulator * multiplier * 2^(shift - 31), rounded twice as TensorFlow Lite's reference kernels do: the high half of
 * 2 * accumulator * multiplier to nearest, then the right shift to nearest, ties away from zero. shift in -31..30.
 */
SMALL_INLINE int32_t small_requantize(int32_t accumulator, int32_t multiplier, int32_t shift) {
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t right = shift > 0 ? 0 : -shift;
    const int64_t product = (int64_t)(int32_t)((uint32_t)accumulator << left) * multiplier;
    const int32_t high = (int32_t)((product + (INT64_C(1) << 30)) >> 31);

    if (right == 0) {
        return high;
    }
    return (int32_t)(((int64_t)high + (high >> 31) + (INT64_C(1) << (right - 1))) >> right);
}

/* value, moved into [minimum, maximum] */
SMALL_INLINE int32_t small_clamp(int32_t value, int32_t minimum, int32_t maximum) {
    if (value < minimum) {
        return minimum;
    }
    if (value > maximum) {
        return maximum;
    }
    return value;
}

/* output[n, o] = requantize(bias[o] + sum over i of (weights[o, i] - weights_zero_point) * input[n, i]), clamped */
SMALL_NOINLINE
static SMALL_SECTION_CODE void small_fully_connected_s8__portable(const int8_t *input, int8_t *output,
                                                 const small_fully_connected_s8_parameters *p, int32_t batches) {
    for (int32_t n = 0; n < batches; n++) {
        const int8_t *weights = p->weights;

        for (int32_t o = 0; o < p->outputs; o++) {
            int32_t sum = p->bias[o];

            for (int32_t i = 0; i < p->inputs; i++) {
                sum += input[i] * (weights[i] - p->weights_zero_point);
            }
            sum = small_requantize(sum, p->multipliers[o], p->shifts[o]) + p->output_zero_point;
            output[o] = (int8_t)small_clamp(sum, p->output_minimum, p->output_maximum);
            weights += p->inputs;
        }
        input += p->inputs;
        output += p->outputs;
    }
}

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP
/* The larger of each two signed bytes. */
SMALL_INLINE uint32_t small_max_bytes(uint32_t a, uint32_t b) {
    uint32_t result;

    __asm__("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(result) : "r"(a), "r"(b) : "cc");
    return result;
}

/* The smaller of each two signed bytes. */
SMALL_INLINE uint32_t small_min_bytes(uint32_t a, uint32_t b) {
    uint32_t result;

    __asm__("ssub8 %0, %1, %2\n\tsel %0, %2, %1" : "=&r"(result) : "r"(a), "r"(b) : "cc");
    return result;
}
#else
SMALL_INLINE uint32_t small_max_bytes(uint32_t a, uint32_t b) {
    uint32_t result = 0u;

    for (uint32_t shift = 0u; shift < 32u; shift += 8u) {
        const uint32_t x = (a >> shift) & 0xffu;
        const uint32_t y = (b >> shift) & 0xffu;

        result |= ((int8_t)x > (int8_t)y ? x : y) << shift;
    }
    return result;
}

SMALL_INLINE uint32_t small_min_bytes(uint32_t a, uint32_t b) {
    uint32_t result = 0u;

    for (uint32_t shift = 0u; shift < 32u; shift += 8u) {
        const uint32_t x = (a >> shift) & 0xffu;
        const uint32_t y = (b >> shift) & 0xffu;

        result |= ((int8_t)x < (int8_t)y ? x : y) << shift;
    }
    return result;
}
#endif

/* Windows over NHWC images. */
typedef struct {
    int32_t channels;
    int32_t kernel_height;
    int32_t kernel_width;
    int32_t stride; /* horizontal, as all that follow */
    int32_t pad_left;
    int32_t input_width;
    int32_t output_width;
    int32_t output_minimum;
    int32_t output_maximum;
} small_max_pool2d_s8_parameters;

/* The largest elements of four channels at a time. */
static SMALL_SECTION_CODE void small_max_pool2d_s8__dsp(const int8_t *const *rows, int8_t *output,
                                       const small_max_pool2d_s8_parameters *p, int32_t row_count) {
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
                        largest = small_max_bytes(largest, small_read_word(pixel));
                        pixel += channels;
                    }
                }
                small_write_word(&output[four], small_min_bytes(largest, highest));
            }
            output += channels;
        }
        rows += p->kernel_height;
    }
}

/* The high half of 2ab, to nearest; not for both -2^31. */
SMALL_INLINE int32_t small_multiply_high(int32_t a, int32_t b) {
    return (int32_t)(((int64_t)a * b + (INT64_C(1) << 30)) >> 31);
}

/* x / 2^exponent to nearest, ties away from zero; exponent 1 to 31. */
SMALL_INLINE int32_t small_divide_by_power_of_two(int32_t x, int32_t exponent) {
    return (int32_t)(((int64_t)x + (x >> 31) + (INT64_C(1) << (exponent - 1))) >> exponent);
}

/* x * 2^bits, saturated */
SMALL_INLINE int32_t small_shift_left_saturating(int32_t x, int32_t bits) {
    if (x > (INT32_MAX >> bits)) {
        return INT32_MAX;
    }
    if (x < -(INT32_MAX >> bits)) {
        return INT32_MIN;
    }
    return x * (1 << bits);
}

/* 1 / (1 + x) in Q0 for x in [0, 1] in Q0, by three steps of Newton's method. */
SMALL_INLINE int32_t small_one_over_one_plus(int32_t x) {
    const int32_t half_denominator = (int32_t)(((int64_t)x + INT32_MAX + 1) >> 1);
    /* 48/17 - 32/17 * half_denominator, in Q2 */
    int32_t quotient = 1515870810 + small_multiply_high(half_denominator, -1010580540);

    for (int32_t step = 0; step < 3; step++) {
        const int32_t error = (1 << 29) - small_multiply_high(half_denominator, quotient);

        quotient += small_shift_left_saturating(small_multiply_high(quotient, error), 2);
    }
    return small_shift_left_saturating(quotient, 1);
}

/* Exponentials looked up by the distance from the largest element; past the table, exp is 0. */
typedef struct {
    int32_t depth;
    int32_t inner;
    const int32_t *exponentials;
    int32_t exponential_count;
} small_softmax_lookup_s8_parameters;

/* 1 / sum as a fixed-point number: share * reciprocal / 2^right_shift is the result. */
typedef struct {
    int32_t reciprocal; /* Q0 */
    int32_t right_shift;
} small_softmax_scale;

/* sum > 0 has 12 integer bits; the result has `bits` fractional bits. */
SMALL_INLINE small_softmax_scale small_softmax_scale_of(int32_t sum, int32_t bits) {
    small_softmax_scale scale;
    uint32_t fraction = (uint32_t)sum;

    scale.right_shift = 12 + 31 - bits;
    do {
        scale.right_shift--;
        fraction <<= 1;
    } while ((fraction & 0x80000000u) == 0u);
    scale.reciprocal = small_one_over_one_plus((int32_t)(fraction & 0x7fffffffu));
    return scale;
}

/* The share of one exponential in Q0, with as many fractional bits as the scale was made for. */
SMALL_INLINE int32_t small_softmax_share(int32_t exponential, small_softmax_scale scale) {
    if (scale.right_shift > 31) {
        return 0;
    }
    return small_divide_by_power_of_two(small_multiply_high(scale.reciprocal, exponential), scale.right_shift);
}

/* output = 256 * exp(input) / sum of exp(input) - 128 along the axis */
SMALL_NOINLINE
static SMALL_SECTION_CODE void small_softmax_lookup_s8__portable(const int8_t *input, int8_t *output,
                                                const small_softmax_lookup_s8_parameters *p, int32_t outer) {
    const int32_t end = p->depth * p->inner;

    for (int32_t o = 0; o < outer; o++) {
        for (int32_t i = 0; i < p->inner; i++) {
            small_softmax_scale scale;
            int32_t largest = input[i];
            int32_t sum = 0;

            for (int32_t c = i; c < end; c += p->inner) {
                largest = input[c] > largest ? input[c] : largest;
            }
            for (int32_t c = i; c < end; c += p->inner) {
                const int32_t distance = largest - input[c];

                if (distance < p->exponential_count) {
                    sum += small_divide_by_power_of_two(p->exponentials[distance], 12);
                }
            }
            scale = small_softmax_scale_of(sum, 8);
            for (int32_t c = i; c < end; c += p->inner) {
                const int32_t distance = largest - input[c];
                const int32_t exponential = distance < p->exponential_count ? p->exponentials[distance] : 0;

                output[c] = (int8_t)small_clamp(small_softmax_share(exponential, scale) - 128, -128, 127);
            }
        }
        input += end;
        output += end;
    }
}

/* conv2d_3x3x1_s8__dsp for rows of an image. */
SMALL_NOINLINE
static SMALL_SECTION_CODE void small_conv2d_3x3x1_s8__dsp_rows(
    const int8_t *input, int8_t *output, const small_rows *rows, const int8_t *outside,
    const small_conv2d_3x3x1_s8_parameters *p, int32_t begin, int32_t end) {
    for (int32_t y = begin; y < end;) {
        const int8_t *window[3];
        int32_t count = small_ring_run(&rows->output, y, end);

        count = count < rows->rows_per_call ? count : rows->rows_per_call;
        for (int32_t i = 0; i < count; i++) {
            small_window_s8(&window[i * rows->kernel_height], input, rows, y + i, outside);
        }
        small_conv2d_3x3x1_s8__dsp(window, &output[small_ring_at(&rows->output, y)], p, count);
        y += count;
    }
}

/* max_pool2d_s8__dsp for rows of an image. */
SMALL_NOINLINE
static SMALL_SECTION_CODE void small_max_pool2d_s8__dsp_rows(
    const int8_t *input, int8_t *output, const small_rows *rows, const int8_t *outside,
    const small_max_pool2d_s8_parameters *p, int32_t begin, int32_t end) {
    for (int32_t y = begin; y < end;) {
        const int8_t *window[2];
        int32_t count = small_ring_run(&rows->output, y, end);

        count = count < rows->rows_per_call ? count : rows->rows_per_call;
        for (int32_t i = 0; i < count; i++) {
            small_window_s8(&window[i * rows->kernel_height], input, rows, y + i, outside);
        }
        small_max_pool2d_s8__dsp(window, &output[small_ring_at(&rows->output, y)], p, count);
        y += count;
    }
}

/* ---- the network ---------------------------------------------------------------------------- */

static const small_conv2d_3x3x1_s8_parameters small_layer_0 = {
    .window = {.input_width = 8, .input_channels = 1, .output_width = 8, .kernel_height = 3, .kernel_width = 3, .stride = 1, .dilation = 1, .pad_left = 1, .pad_value = -128, .last_column = 4},
    .matrix = {.weights = 0, .channels = small_channels_0, .columns = 12, .outputs = 4, .zero_point = -128, .output_minimum = -128, .output_maximum = 127}};
static const small_rows small_rows_0 = {
    .batches = 1, .input_height = 8, .output_height = 8, .input = {8, 8, 0}, .output = {32, 8, 0}, .kernel_height = 3,
    .stride = 1, .dilation = 1, .pad_top = 1, .rows_per_call = 1};
static const small_max_pool2d_s8_parameters small_layer_1 = {
    .channels = 4, .kernel_height = 2, .kernel_width = 2, .stride = 2, .pad_left = 0, .input_width = 8,
    .output_width = 4, .output_minimum = -128, .output_maximum = 127};
static const small_rows small_rows_1 = {
    .batches = 1, .input_height = 8, .output_height = 4, .input = {32, 8, 0}, .output = {16, 4, 0}, .kernel_height = 2,
    .stride = 2, .dilation = 1, .pad_top = 0, .rows_per_call = 1};
static const small_fully_connected_s8_parameters small_layer_2 = {
    .weights = small_weights_2, .bias = small_bias_2, .multipliers = small_multipliers_2, .shifts = small_shifts_2,
    .inputs = 64, .outputs = 3, .weights_zero_point = 0, .output_zero_point = 5, .output_minimum = -128,
    .output_maximum = 127};
static const small_softmax_lookup_s8_parameters small_layer_3 = {
    .depth = 3, .inner = 1, .exponentials = small_exponentials_3, .exponential_count = 125};

static SMALL_ALIGNED(4) uint8_t small_arena[SMALL_ARENA_SIZE] SMALL_SECTION_ARENA;

/* The tensor at this place of the arena. */
#define SMALL_AT(type, offset) ((type *)(void *)&small_arena[offset])

int8_t *small_input(void) {
    return SMALL_AT(int8_t, 224);
}

const int8_t *small_output(void) {
    return SMALL_AT(const int8_t, 0);
}

SMALL_SECTION_CODE small_status small_run(void) {
    /* 0 features: conv2d + relu, int8 [1, 8, 8, 1] -> int8 [1, 8, 8, 4], 2304 MACs */
    small_conv2d_3x3x1_s8__dsp_rows(
        SMALL_AT(const int8_t, 224), SMALL_AT(int8_t, 16), &small_rows_0, small_outside_s8_minus_128, &small_layer_0, 0,
        8);
    SMALL_STEP(0);

    /* 1 pooled: max_pool2d, int8 [1, 8, 8, 4] -> int8 [1, 4, 4, 4] */
    small_max_pool2d_s8__dsp_rows(
        SMALL_AT(const int8_t, 16), SMALL_AT(int8_t, 0), &small_rows_1, 0, &small_layer_1, 0, 4);
    SMALL_STEP(1);

    /* 2 scores: fully_connected, int8 [1, 64] -> int8 [1, 3], 192 MACs */
    small_fully_connected_s8__portable(SMALL_AT(const int8_t, 0), SMALL_AT(int8_t, 64), &small_layer_2, 1);
    SMALL_STEP(2);

    /* 3 probabilities: softmax, int8 [1, 3] -> int8 [1, 3] */
    small_softmax_lookup_s8__portable(SMALL_AT(const int8_t, 64), SMALL_AT(int8_t, 0), &small_layer_3, 1);
    SMALL_STEP(3);

    return SMALL_OK;
}
