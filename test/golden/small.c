/* SPDX-License-Identifier: Apache-2.0
 *
 * small, made by msc 0.1.0 from small.tflite (SHA-256 9b5296aaaf2e...) for cortex-m4. Do not edit.
 *
 *   step  operator         output        kernel                        MACs  weights  arena, from -> to
 *      0  conv2d           [1, 8, 8, 4]  conv2d_s8__dsp                2304       96  300 -> 84
 *      1  max_pool2d       [1, 4, 4, 4]  max_pool2d_s8__dsp               0        0  84 -> 4
 *      2  fully_connected  [1, 3]        fully_connected_s8__portable   192      219  4 -> 0
 *      3  softmax          [1, 3]        softmax_lookup_s8__portable      0      500  0 -> 0
 */
#include "small.h"
#include <string.h>

#if SMALL_ABI != 1 || SMALL_ARENA_SIZE != 364
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

/* Helpers of the kernels: not every core needs them all. */
#if defined(__GNUC__)
#define SMALL_INLINE static inline __attribute__((unused))
#else
#define SMALL_INLINE static inline
#endif

/* ---- weights -------------------------------------------------------------------------------- */

/* step 0, features: int8 [4, 12], two channels a halfword */
static const uint32_t small_weights_0[12] SMALL_ALIGNED(4) SMALL_SECTION_WEIGHTS = {
      543594705,        1380, 2320914580U,       50153,   811534879,       48229, 3733701534U,       17291,
     1046163399,       51372, 4072785201U,        9453,
};

/* step 0, features: for two channels: first sums, factors of multiplier and shift of each */
static const int32_t small_channels_0[12] SMALL_ALIGNED(4) SMALL_SECTION_WEIGHTS = {
             -5365286,             43226, (-2147483647 - 1),          33554432,
    (-2147483647 - 1),          16777216,           -114560,            -53120,
    (-2147483647 - 1),           8388608, (-2147483647 - 1),          16777216,
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
/* sum + the high word of a * b + 2^31 */
SMALL_INLINE int32_t small_smmlar(int32_t a, int32_t b, int32_t sum) {
    int32_t result;

    __asm__("smmlar %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}
#else
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

/* A product to compute; the order is that of the stack of small_multiply_pixels_s8 and small_multiply_vector_s8. */
typedef struct {
    const void *columns; /* of three pixels: int16, two columns of the first, the second, the third, and so on */
    uint32_t entry;      /* where the unrolled loop is entered, in bytes */
    const int32_t *channels;
    int32_t zero_point;
    int8_t *output;
    int32_t pixel; /* elements from the results of one pixel to those of the next */
    const int32_t *channels_end;
    const uint32_t *weights;
    const void *columns_end;
} small_product_s8;

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)
/*
 * Four columns of three pixels by two channels: 17 instructions of 4 bytes for 24 products.
 * S in r7 to r9, A in r10 to r12.
 */
#define SMALL_STEP_3                                                                                                     \
    "ldrd r2, r3, [r1], #8\n"                                                                                          \
    "ldm.w r0!, {r4, r5, r6}\n"                                                                                        \
    "smlad r7, r2, r4, r7\n"                                                                                           \
    "smlad r8, r2, r5, r8\n"                                                                                           \
    "smlad r9, r2, r6, r9\n"                                                                                           \
    "sxtb16 r2, r2\n"                                                                                                  \
    "smlad r10, r2, r4, r10\n"                                                                                         \
    "smlad r11, r2, r5, r11\n"                                                                                         \
    "smlad r12, r2, r6, r12\n"                                                                                         \
    "ldm.w r0!, {r4, r5, r6}\n"                                                                                        \
    "smlad r7, r3, r4, r7\n"                                                                                           \
    "smlad r8, r3, r5, r8\n"                                                                                           \
    "smlad r9, r3, r6, r9\n"                                                                                           \
    "sxtb16 r3, r3\n"                                                                                                  \
    "smlad r10, r3, r4, r10\n"                                                                                         \
    "smlad r11, r3, r5, r11\n"                                                                                         \
    "smlad r12, r3, r6, r12\n"

/*
 * A sum, requantized: multiplied and rounded to nearest, shifted right and rounded to nearest, saturated. Ties go up,
 * where negative values are saturated anyway.
 */
#define SMALL_REQUANTIZE(sum, m, n, zero_point)                                                                          \
    "smmlar " sum ", " sum ", " m ", " sum "\n"                                                                        \
    "smmlar " sum ", " sum ", " n ", " zero_point "\n"                                                                 \
    "ssat " sum ", #8, " sum "\n"

/* The same for any zero point: ties go away from zero. */
#define SMALL_REQUANTIZE_SIGNED(sum, m, n, zero_point)                                                                   \
    "smmlar " sum ", " sum ", " m ", " sum "\n"                                                                        \
    "add " sum ", " sum ", " sum ", asr #31\n"                                                                         \
    "smmlar " sum ", " sum ", " n ", " zero_point "\n"                                                                 \
    "ssat " sum ", #8, " sum "\n"

/* Three pixels by all channels of the product, two at a time. */
__attribute__((noinline)) static SMALL_SECTION_CODE void small_multiply_pixels_s8(const small_product_s8 *product) {
    register const small_product_s8 *p __asm__("r0") = product;

    __asm__ volatile("push {r7}\n"
                     "ldm r0, {r1, r2, r3, r4, r5, r6, r8, r9, lr}\n"
                     "adr.w r7, 2f\n"
                     "add r2, r2, r7\n"
                     "push {r1, r2, r3, r4, r5, r6, r8}\n"
                     "mov r0, r3\n"
                     "mov r1, r9\n"
                     "b.w 1f\n"
                     ".p2align 2\n"
                     "1:\n"
                     "ldm r0!, {r7, r10}\n"
                     "str r0, [sp, #8]\n"
                     "mov r8, r7\n"
                     "mov r9, r7\n"
                     "mov r11, r10\n"
                     "mov r12, r10\n"
                     "ldrd r0, r2, [sp]\n"
                     "mov pc, r2\n"
                     ".p2align 2\n"
                     "2:\n"
                     ".rept 8\n"
                     SMALL_STEP_3
                     ".endr\n"
                     "cmp r0, lr\n"
                     "bne 2b\n"
                     "ldrd r0, r6, [sp, #8]\n"
                     "sub r7, r7, r10\n"
                     "sub r8, r8, r11\n"
                     "sub r9, r9, r12\n"
                     "ldm r0!, {r2, r3, r4, r5}\n"
                     "asr r7, r7, #8\n"
                     "asr r8, r8, #8\n"
                     "asr r9, r9, #8\n"
                     "cmn r6, #128\n"
                     "bne 4f\n"
                     SMALL_REQUANTIZE("r10", "r2", "r3", "r6")
                     SMALL_REQUANTIZE("r11", "r2", "r3", "r6")
                     SMALL_REQUANTIZE("r12", "r2", "r3", "r6")
                     SMALL_REQUANTIZE("r7", "r4", "r5", "r6")
                     SMALL_REQUANTIZE("r8", "r4", "r5", "r6")
                     SMALL_REQUANTIZE("r9", "r4", "r5", "r6")
                     "3:\n"
                     "bfi r10, r7, #8, #8\n"
                     "bfi r11, r8, #8, #8\n"
                     "bfi r12, r9, #8, #8\n"
                     "ldrd r2, r3, [sp, #16]\n"
                     "strh r11, [r2, r3]\n"
                     "strh r12, [r2, r3, lsl #1]\n"
                     "strh r10, [r2], #2\n"
                     "str r2, [sp, #16]\n"
                     "ldr r2, [sp, #24]\n"
                     "cmp r0, r2\n"
                     "bne 1b\n"
                     "b.w 5f\n"
                     "4:\n"
                     SMALL_REQUANTIZE_SIGNED("r10", "r2", "r3", "r6")
                     SMALL_REQUANTIZE_SIGNED("r11", "r2", "r3", "r6")
                     SMALL_REQUANTIZE_SIGNED("r12", "r2", "r3", "r6")
                     SMALL_REQUANTIZE_SIGNED("r7", "r4", "r5", "r6")
                     SMALL_REQUANTIZE_SIGNED("r8", "r4", "r5", "r6")
                     SMALL_REQUANTIZE_SIGNED("r9", "r4", "r5", "r6")
                     "b 3b\n"
                     "5:\n"
                     "add sp, sp, #28\n"
                     "pop {r7}\n"
                     : "+r"(p)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}
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

/* Adds the products of two columns, x, to the sums S and A of two channels. */
SMALL_INLINE void small_multiply_pair(int32_t *sums, uint32_t weights, uint32_t x) {
    sums[0] = small_smlad(weights, x, sums[0]);
    sums[1] = small_smlad(small_sxtb16(weights), x, sums[1]);
}

/* Requantizes the sums S and A of two channels. */
SMALL_INLINE void small_requantize_pair(const int32_t *sums, const int32_t *channel, int32_t zero_point,
                                       int8_t *output) {
    const int32_t odd = (int32_t)((uint32_t)sums[0] - (uint32_t)sums[1]) >> 8;

    output[0] = small_requantize_sum(sums[1], &channel[2], zero_point);
    output[1] = small_requantize_sum(odd, &channel[4], zero_point);
}

/* Three pixels by all channels of the product, two at a time. */
static SMALL_SECTION_CODE void small_multiply_pixels_s8(const small_product_s8 *product) {
    const uint32_t *weights = product->weights;
    int8_t *output = product->output;

    for (const int32_t *channel = product->channels; channel != product->channels_end; channel += 6) {
        int32_t sums[3][2] = {{channel[0], channel[1]}, {channel[0], channel[1]}, {channel[0], channel[1]}};

        for (const uint32_t *x = product->columns; x != product->columns_end; x += 3) {
            for (int32_t pixel = 0; pixel < 3; pixel++) {
                small_multiply_pair(sums[pixel], *weights, x[pixel]);
            }
            weights++;
        }
        for (int32_t pixel = 0; pixel < 3; pixel++) {
            small_requantize_pair(sums[pixel], channel, product->zero_point, output + pixel * product->pixel);
        }
        output += 2;
    }
}
#endif

/* The product of as many whole pairs of channels as there are by three pixels whose columns are at `columns`. */
SMALL_INLINE small_product_s8 small_product_of_pixels_s8(const small_matrix_s8 *matrix, const uint32_t *columns) {
    const int32_t quads = matrix->columns >> 2;
    const small_product_s8 product = {
        columns,         (uint32_t)((-quads) & 7) * 68u,
        matrix->channels, matrix->zero_point,
        0,               matrix->outputs,
        matrix->channels + 6 * (matrix->outputs >> 1),
        matrix->weights, columns + 6 * quads,
    };

    return product;
}

/* All channels of three pixels. */
SMALL_INLINE void small_matrix_by_pixels_s8(small_product_s8 *product, const small_matrix_s8 *matrix, int8_t *output) {
    product->output = output;
    if (matrix->outputs > 1) {
        small_multiply_pixels_s8(product);
    }
    if (matrix->outputs & 1) {
        small_product_s8 last = *product;
        int8_t results[6];

        last.channels = product->channels_end;
        last.channels_end = last.channels + 6;
        last.weights += (matrix->outputs >> 1) * (matrix->columns >> 1);
        last.output = results;
        last.pixel = 2;
        small_multiply_pixels_s8(&last);
        output += matrix->outputs - 1;
        output[0] = results[0];
        output[product->pixel] = results[2];
        output[2 * product->pixel] = results[4];
    }
}

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__) && defined(__OPTIMIZE__)
SMALL_INLINE uint32_t *small_expand_pixels_s8(uint32_t *columns, const int8_t *a, const int8_t *b, const int8_t *c,
                                             int32_t quads) {
    /* gcc stores word by word: 18 instructions instead of 12 */
    __asm__ volatile("1:\n"
                     "ldr r8, [%1], #4\n"
                     "sxtb16 r4, r8\n"
                     "sxtb16 r8, r8, ror #8\n"
                     "ldr r9, [%2], #4\n"
                     "sxtb16 r5, r9\n"
                     "sxtb16 r9, r9, ror #8\n"
                     "ldr r10, [%3], #4\n"
                     "sxtb16 r6, r10\n"
                     "sxtb16 r10, r10, ror #8\n"
                     "subs %4, %4, #1\n"
                     "stm %0!, {r4, r5, r6, r8, r9, r10}\n"
                     "bne 1b\n"
                     : "+r"(columns), "+r"(a), "+r"(b), "+r"(c), "+r"(quads)
                     :
                     : "r4", "r5", "r6", "r8", "r9", "r10", "cc", "memory");
    return columns;
}
#else
SMALL_INLINE uint32_t *small_expand_pixels_s8(uint32_t *columns, const int8_t *a, const int8_t *b, const int8_t *c,
                                             int32_t quads) {
    for (int32_t i = 0; i < 4 * quads; i += 4) {
        columns[0] = small_sxtb16(small_read_word(a + i));
        columns[1] = small_sxtb16(small_read_word(b + i));
        columns[2] = small_sxtb16(small_read_word(c + i));
        columns[3] = small_sxtb16_ror8(small_read_word(a + i));
        columns[4] = small_sxtb16_ror8(small_read_word(b + i));
        columns[5] = small_sxtb16_ror8(small_read_word(c + i));
        columns += 6;
    }
    return columns;
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

/* Weights as a matrix of the window's columns: every row of the window is filled up with zeros to a multiple of 4. */
typedef struct {
    small_conv2d_window window;
    small_matrix_s8 matrix;
} small_conv2d_packed_s8_parameters;

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

/* One row of the window at `column`, gathered at `gathered`, or where it stands if it can be read in whole words. */
static SMALL_SECTION_CODE const int8_t *small_conv2d_window_row_s8(const int8_t *row, const small_conv2d_window *window, int32_t column,
                                              int8_t *gathered) {
    const int32_t channels = window->input_channels;

    if (column >= 0 && column <= window->last_column) {
        return row + column * channels;
    }
    if (window->kernel_width * channels <= 4 && window->dilation == 1 && window->input_width * channels >= 4) {
        small_write_word(gathered, small_conv2d_window_word_s8(row, window, column));
        return gathered;
    }
    for (int32_t j = 0; j < window->kernel_width; j++) {
        if (column >= 0 && column < window->input_width) {
            memcpy(gathered + j * channels, row + column * channels, (uint32_t)channels);
        } else {
            memset(gathered + j * channels, (uint8_t)window->pad_value, (uint32_t)channels);
        }
        column += window->dilation;
    }
    return gathered;
}

/* The windows of three pixels, from pixel i of the rows on, `next` apart, as columns of int16. */
static SMALL_SECTION_CODE void small_conv2d_columns_s8(uint32_t *columns, int8_t *gathered, const int8_t *const *rows,
                                  const small_conv2d_window *window, int32_t i, int32_t next) {
    const int32_t y = i / window->output_width;
    const int32_t x = i - y * window->output_width;
    const int32_t first = x * window->stride - window->pad_left;
    const int32_t last = first + 2 * next * window->stride;
    const int32_t quads = (window->kernel_width * window->input_channels + 3) >> 2;

    rows += y * window->kernel_height;
    if (first >= 0 && last <= window->last_column && x + 2 * next < window->output_width) {
        const int32_t distance = next * window->stride * window->input_channels;

        for (int32_t k = 0; k < window->kernel_height; k++) {
            const int8_t *row = rows[k] + first * window->input_channels;

            columns = small_expand_pixels_s8(columns, row, row + distance, row + 2 * distance, quads);
        }
        return;
    }
    for (int32_t k = 0; k < window->kernel_height; k++) {
        const int8_t *pixels[3];
        const int8_t *const *row = &rows[k];
        int32_t at = x;

        for (int32_t j = 0; j < 3; j++) {
            pixels[j] = small_conv2d_window_row_s8(*row, window, at * window->stride - window->pad_left,
                                                 gathered + 4 * quads * j);
            at += next;
            if (at == window->output_width) {
                at = 0;
                row += window->kernel_height;
            }
        }
        columns = small_expand_pixels_s8(columns, pixels[0], pixels[1], pixels[2], quads);
    }
}

/*
 * How many of some pixels are multiplied by threes; the others follow in pairs. One pixel too many makes two pairs of
 * the last four. One pixel alone is a pair of the same pixel; the result is negative then.
 */
SMALL_INLINE int32_t small_pixels_in_threes(int32_t pixels) {
    const int32_t rest = pixels % 3;

    return rest == 0 ? pixels : pixels - 6 + 2 * rest;
}

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__)
/*
 * Four columns of two pixels by two channels: 12 instructions of 4 bytes for 16 products.
 * S in r7 and r8, A in r9 and r10.
 */
#define SMALL_STEP_2                                                                                                     \
    "ldrd r2, r3, [r1], #8\n"                                                                                          \
    "ldm.w r0!, {r4, r5, r6, r11}\n"                                                                                   \
    "smlad r7, r2, r4, r7\n"                                                                                           \
    "smlad r8, r2, r5, r8\n"                                                                                           \
    "sxtb16 r2, r2\n"                                                                                                  \
    "smlad r9, r2, r4, r9\n"                                                                                           \
    "smlad r10, r2, r5, r10\n"                                                                                         \
    "smlad r7, r3, r6, r7\n"                                                                                           \
    "smlad r8, r3, r11, r8\n"                                                                                          \
    "sxtb16 r3, r3\n"                                                                                                  \
    "smlad r9, r3, r6, r9\n"                                                                                           \
    "smlad r10, r3, r11, r10\n"

/*
 * Two pixels by all channels of the product, two at a time. The columns are two of the first pixel, two of the second,
 * and so on. Registers and stack are used as by small_multiply_pixels_s8.
 */
__attribute__((noinline)) static void small_multiply_two_pixels_s8(const small_product_s8 *product) {
    register const small_product_s8 *p __asm__("r0") = product;

    __asm__ volatile("push {r7}\n"
                     "ldm r0, {r1, r2, r3, r4, r5, r6, r8, r9, lr}\n"
                     "adr.w r7, 2f\n"
                     "add r2, r2, r7\n"
                     "push {r1, r2, r3, r4, r5, r6, r8}\n"
                     "mov r0, r3\n"
                     "mov r1, r9\n"
                     "b.w 1f\n"
                     ".p2align 2\n"
                     "1:\n"
                     "ldm r0!, {r7, r9}\n"
                     "str r0, [sp, #8]\n"
                     "mov r8, r7\n"
                     "mov r10, r9\n"
                     "ldrd r0, r2, [sp]\n"
                     "mov pc, r2\n"
                     ".p2align 2\n"
                     "2:\n"
                     ".rept 8\n"
                     SMALL_STEP_2
                     ".endr\n"
                     "cmp r0, lr\n"
                     "bne 2b\n"
                     "ldrd r0, r6, [sp, #8]\n"
                     "sub r7, r7, r9\n"
                     "sub r8, r8, r10\n"
                     "ldm r0!, {r2, r3, r4, r5}\n"
                     "asr r7, r7, #8\n"
                     "asr r8, r8, #8\n"
                     "cmn r6, #128\n"
                     "bne 4f\n"
                     SMALL_REQUANTIZE("r9", "r2", "r3", "r6")
                     SMALL_REQUANTIZE("r10", "r2", "r3", "r6")
                     SMALL_REQUANTIZE("r7", "r4", "r5", "r6")
                     SMALL_REQUANTIZE("r8", "r4", "r5", "r6")
                     "3:\n"
                     "bfi r9, r7, #8, #8\n"
                     "bfi r10, r8, #8, #8\n"
                     "ldrd r2, r3, [sp, #16]\n"
                     "strh r10, [r2, r3]\n"
                     "strh r9, [r2], #2\n"
                     "str r2, [sp, #16]\n"
                     "ldr r2, [sp, #24]\n"
                     "cmp r0, r2\n"
                     "bne 1b\n"
                     "b.w 5f\n"
                     "4:\n"
                     SMALL_REQUANTIZE_SIGNED("r9", "r2", "r3", "r6")
                     SMALL_REQUANTIZE_SIGNED("r10", "r2", "r3", "r6")
                     SMALL_REQUANTIZE_SIGNED("r7", "r4", "r5", "r6")
                     SMALL_REQUANTIZE_SIGNED("r8", "r4", "r5", "r6")
                     "b 3b\n"
                     "5:\n"
                     "add sp, sp, #28\n"
                     "pop {r7}\n"
                     : "+r"(p)
                     :
                     : "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "r12", "lr", "cc", "memory");
}
#else
/* Two pixels by all channels of the product, two at a time. */
static void small_multiply_two_pixels_s8(const small_product_s8 *product) {
    const uint32_t *weights = product->weights;
    int8_t *output = product->output;

    for (const int32_t *channel = product->channels; channel != product->channels_end; channel += 6) {
        int32_t first[2] = {channel[0], channel[1]};
        int32_t second[2] = {channel[0], channel[1]};

        for (const uint32_t *x = product->columns; x != product->columns_end; x += 2) {
            small_multiply_pair(first, *weights, x[0]);
            small_multiply_pair(second, *weights, x[1]);
            weights++;
        }
        small_requantize_pair(second, channel, product->zero_point, output + product->pixel);
        small_requantize_pair(first, channel, product->zero_point, output);
        output += 2;
    }
}
#endif

/* Makes the product of three pixels, at the same columns, one of two; `distance` elements are between their results. */
SMALL_INLINE void small_product_of_two_pixels_s8(small_product_s8 *product, const small_matrix_s8 *matrix, int32_t distance) {
    const int32_t quads = matrix->columns >> 2;

    product->entry = (uint32_t)((-quads) & 7) * 48u;
    product->columns_end = (const uint32_t *)product->columns + 4 * quads;
    product->pixel = distance;
}

/* All channels of two pixels. */
SMALL_INLINE void small_matrix_by_two_pixels_s8(small_product_s8 *product, const small_matrix_s8 *matrix, int8_t *output) {
    product->output = output;
    if (matrix->outputs > 1) {
        small_multiply_two_pixels_s8(product);
    }
    if (matrix->outputs & 1) {
        small_product_s8 last = *product;
        int8_t results[4];

        last.channels = product->channels_end;
        last.channels_end = last.channels + 6;
        last.weights += (matrix->outputs >> 1) * (matrix->columns >> 1);
        last.output = results;
        last.pixel = 2;
        small_multiply_two_pixels_s8(&last);
        output += matrix->outputs - 1;
        output[product->pixel] = results[2];
        output[0] = results[0];
    }
}

#if defined(__ARM_FEATURE_DSP) && __ARM_FEATURE_DSP && defined(__thumb2__) && defined(__OPTIMIZE__)
SMALL_INLINE uint32_t *small_expand_two_pixels_s8(uint32_t *columns, const int8_t *a, const int8_t *b, int32_t quads) {
    __asm__ volatile("1:\n"
                     "ldr r6, [%1], #4\n"
                     "sxtb16 r4, r6\n"
                     "sxtb16 r6, r6, ror #8\n"
                     "ldr r8, [%2], #4\n"
                     "sxtb16 r5, r8\n"
                     "sxtb16 r8, r8, ror #8\n"
                     "subs %3, %3, #1\n"
                     "stm %0!, {r4, r5, r6, r8}\n"
                     "bne 1b\n"
                     : "+r"(columns), "+r"(a), "+r"(b), "+r"(quads)
                     :
                     : "r4", "r5", "r6", "r8", "cc", "memory");
    return columns;
}
#else
SMALL_INLINE uint32_t *small_expand_two_pixels_s8(uint32_t *columns, const int8_t *a, const int8_t *b, int32_t quads) {
    for (int32_t i = 0; i < 4 * quads; i += 4) {
        columns[0] = small_sxtb16(small_read_word(a + i));
        columns[1] = small_sxtb16(small_read_word(b + i));
        columns[2] = small_sxtb16_ror8(small_read_word(a + i));
        columns[3] = small_sxtb16_ror8(small_read_word(b + i));
        columns += 4;
    }
    return columns;
}
#endif

/*
 * One row of the window at `column`, where it stands or gathered. Not small_conv2d_window_row_s8: with two callers that
 * is no longer inlined, which costs a first layer of ten rows 2 %.
 */
static const int8_t *small_conv2d_single_window_row_s8(const int8_t *row, const small_conv2d_window *window, int32_t column,
                                                     int8_t *gathered) {
    const int32_t channels = window->input_channels;
    int8_t *to = gathered;

    if (column >= 0 && column <= window->last_column) {
        return row + column * channels;
    }
    for (int32_t j = 0; j < window->kernel_width; j++) {
        if (column >= 0 && column < window->input_width) {
            memcpy(to, row + column * channels, (uint32_t)channels);
        } else {
            memset(to, (uint8_t)window->pad_value, (uint32_t)channels);
        }
        to += channels;
        column += window->dilation;
    }
    return gathered;
}

/* The windows of pixel i of the rows and of pixel i + next as columns of int16. */
static void small_conv2d_pair_columns_s8(uint32_t *columns, int8_t *gathered, const int8_t *const *rows,
                                       const small_conv2d_window *window, int32_t i, int32_t next) {
    const int32_t y = i / window->output_width;
    const int32_t x = i - y * window->output_width;
    const int32_t first = x * window->stride - window->pad_left;
    const int32_t quads = (window->kernel_width * window->input_channels + 3) >> 2;
    int32_t second = first + next * window->stride;
    int32_t below = 0;

    if (x + next == window->output_width) {
        second = -window->pad_left;
        below = window->kernel_height;
    }
    rows += y * window->kernel_height;
    for (int32_t k = 0; k < window->kernel_height; k++) {
        const int8_t *a = small_conv2d_single_window_row_s8(rows[k], window, first, gathered);
        const int8_t *b = small_conv2d_single_window_row_s8(rows[k + below], window, second, gathered + 4 * quads);

        columns = small_expand_two_pixels_s8(columns, a, b, quads);
    }
}

/*
 * A convolution in one group: the windows of three pixels, next to each other in the output, are expanded to int16 once
 * and multiplied by all channels; then those of two.
 */
static SMALL_SECTION_CODE void small_conv2d_s8__dsp(const int8_t *const *rows, int8_t *output, const small_conv2d_packed_s8_parameters *p,
                                   void *scratch, int32_t row_count) {
    const int32_t pixels = row_count * p->window.output_width;
    const int32_t in_threes = small_pixels_in_threes(pixels);
    uint32_t *columns = scratch;
    int8_t *gathered = (int8_t *)(columns + p->matrix.columns / 2 * 3);
    int8_t *const results = output;
    small_product_s8 product = small_product_of_pixels_s8(&p->matrix, columns);
    int32_t i = 0;

    for (; i < in_threes; i += 3) {
        small_conv2d_columns_s8(columns, gathered, rows, &p->window, i, 1);
        small_matrix_by_pixels_s8(&product, &p->matrix, output);
        output += 3 * p->matrix.outputs;
    }
    for (; i < pixels; i += 2) {
        const int32_t next = pixels == 1 ? 0 : 1;

        small_conv2d_pair_columns_s8(columns, gathered, rows, &p->window, i, next);
        small_product_of_two_pixels_s8(&product, &p->matrix, next * p->matrix.outputs);
        small_matrix_by_two_pixels_s8(&product, &p->matrix, output);
        output += 2 * p->matrix.outputs;
    }
    small_clamp_results_s8(results, pixels * p->matrix.outputs, &p->matrix);
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

/* conv2d_s8__dsp for rows of an image. */
static SMALL_SECTION_CODE void small_conv2d_s8__dsp_rows(
    const int8_t *input, int8_t *output, const small_rows *rows, const int8_t *outside,
    const small_conv2d_packed_s8_parameters *p, void *scratch, int32_t begin, int32_t end) {
    for (int32_t y = begin; y < end;) {
        const int8_t *window[9];
        int32_t count = small_ring_run(&rows->output, y, end);

        count = count < rows->rows_per_call ? count : rows->rows_per_call;
        for (int32_t i = 0; i < count; i++) {
            small_window_s8(&window[i * rows->kernel_height], input, rows, y + i, outside);
        }
        small_conv2d_s8__dsp(window, &output[small_ring_at(&rows->output, y)], p, scratch, count);
        y += count;
    }
}

/* max_pool2d_s8__dsp for rows of an image. */
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

static const small_conv2d_packed_s8_parameters small_layer_0 = {
    .window = {.input_width = 8, .input_channels = 1, .output_width = 8, .kernel_height = 3, .kernel_width = 3, .stride = 1, .dilation = 1, .pad_left = 1, .pad_value = -128, .last_column = 4},
    .matrix = {.weights = small_weights_0, .channels = small_channels_0, .columns = 12, .outputs = 4, .zero_point = -128, .output_minimum = -128, .output_maximum = 127}};
static const small_rows small_rows_0 = {
    .batches = 1, .input_height = 8, .output_height = 8, .input = {8, 8, 0}, .output = {32, 8, 0}, .kernel_height = 3,
    .stride = 1, .dilation = 1, .pad_top = 1, .rows_per_call = 3};
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

static SMALL_ALIGNED(8) uint8_t small_arena[SMALL_ARENA_SIZE] SMALL_SECTION_ARENA;

/* The tensor at this place of the arena. */
#define SMALL_AT(type, offset) ((type *)(void *)&small_arena[offset])

int8_t *small_input(void) {
    return SMALL_AT(int8_t, 300);
}

const int8_t *small_output(void) {
    return SMALL_AT(const int8_t, 0);
}

SMALL_SECTION_CODE small_status small_run(void) {
    /* 0 features: conv2d + relu, int8 [1, 8, 8, 1] -> int8 [1, 8, 8, 4], 2304 MACs */
    small_conv2d_s8__dsp_rows(
        SMALL_AT(const int8_t, 300), SMALL_AT(int8_t, 84), &small_rows_0, small_outside_s8_minus_128, &small_layer_0,
        SMALL_AT(void, 0), 0, 8);
    SMALL_STEP(0);

    /* 1 pooled: max_pool2d, int8 [1, 8, 8, 4] -> int8 [1, 4, 4, 4] */
    small_max_pool2d_s8__dsp_rows(
        SMALL_AT(const int8_t, 84), SMALL_AT(int8_t, 4), &small_rows_1, 0, &small_layer_1, 0, 4);
    SMALL_STEP(1);

    /* 2 scores: fully_connected, int8 [1, 64] -> int8 [1, 3], 192 MACs */
    small_fully_connected_s8__portable(SMALL_AT(const int8_t, 4), SMALL_AT(int8_t, 0), &small_layer_2, 1);
    SMALL_STEP(2);

    /* 3 probabilities: softmax, int8 [1, 3] -> int8 [1, 3] */
    small_softmax_lookup_s8__portable(SMALL_AT(const int8_t, 0), SMALL_AT(int8_t, 0), &small_layer_3, 1);
    SMALL_STEP(3);

    return SMALL_OK;
}
