/* SPDX-License-Identifier: Apache-2.0 */
/* Means of every channel over a whole image, whose rows come one after another: sums are kept from call to call. */
#ifndef MSC_GLOBAL_MEAN_H
#define MSC_GLOBAL_MEAN_H

#include "msc/base.h"
#include "msc/dsp.h"
#include "msc/dsp_bytes.h"

/* The average of an image NHWC; halves are rounded away from zero. */
typedef struct {
    int32_t channels;
    int32_t width;
    int32_t height;
    int32_t output_minimum;
    int32_t output_maximum;
} msc_average_pool2d_global_s8_parameters;

typedef struct {
    int32_t channels;
    int32_t width;
    int32_t height;
    float output_minimum;
    float output_maximum;
} msc_average_pool2d_global_f32_parameters;

/* The mean over height and width of an image NHWC, requantized. */
typedef struct {
    int32_t channels;
    int32_t width;
    int32_t height;
    int32_t zero_points; /* the input's zero point, times the elements of a mean */
    int32_t multiplier;  /* 31 fractional bits; holds the division by the elements */
    int32_t shift;
    int32_t output_zero_point;
} msc_mean_global_s8_parameters;

typedef struct {
    int32_t channels;
    int32_t width;
    int32_t height;
} msc_mean_global_f32_parameters;

/*
 * input: row_count rows from row `row` of the image on, one behind the other. Calls are made for all rows in ascending
 * order. The call of row 0 clears the sums, the call of the last row writes the result; nothing is written to output
 * before, and then no row is read any more: it may lie in the place of rows.
 * Sums of __portable: a word for each channel. Sums of __dsp: two words for every four channels begun; at least 4
 * channels and at most 256 elements a mean, so that sums fit halfwords.
 */
MSC_KERNEL void msc_average_pool2d_global_s8__portable(const int8_t *input, int8_t *output,
                                                       const msc_average_pool2d_global_s8_parameters *p, void *sums,
                                                       int32_t row, int32_t row_count);
MSC_KERNEL void msc_average_pool2d_global_s8__dsp(const int8_t *input, int8_t *output,
                                                  const msc_average_pool2d_global_s8_parameters *p, void *sums,
                                                  int32_t row, int32_t row_count);
MSC_KERNEL void msc_average_pool2d_global_f32__portable(const float *input, float *output,
                                                        const msc_average_pool2d_global_f32_parameters *p, void *sums,
                                                        int32_t row, int32_t row_count);
MSC_KERNEL void msc_mean_global_s8__portable(const int8_t *input, int8_t *output,
                                             const msc_mean_global_s8_parameters *p, void *sums, int32_t row,
                                             int32_t row_count);
MSC_KERNEL void msc_mean_global_s8__dsp(const int8_t *input, int8_t *output, const msc_mean_global_s8_parameters *p,
                                        void *sums, int32_t row, int32_t row_count);
MSC_KERNEL void msc_mean_global_f32__portable(const float *input, float *output,
                                              const msc_mean_global_f32_parameters *p, void *sums, int32_t row,
                                              int32_t row_count);

/* Adds pixels to the sums of their channels, which start at 0 if `is_first`. */
static inline void msc_add_pixels_s8(int32_t *sums, const int8_t *input, int32_t pixels, int32_t channels,
                                     int is_first) {
    for (int32_t c = 0; c < channels; c++) {
        int32_t sum = is_first ? 0 : sums[c];

        for (int32_t i = 0; i < pixels; i++) {
            sum += input[i * channels + c];
        }
        sums[c] = sum;
    }
}

/* The same of floats: added one by one, in the order of the image. */
static inline void msc_add_pixels_f32(float *sums, const float *input, int32_t pixels, int32_t channels,
                                      int is_first) {
    for (int32_t c = 0; c < channels; c++) {
        float sum = is_first ? 0.0f : sums[c];

        for (int32_t i = 0; i < pixels; i++) {
            sum += input[i * channels + c];
        }
        sums[c] = sum;
    }
}

/* Where the four channels start that are summed up from c on: the last four overlap those before. */
static inline int32_t msc_four_channels(int32_t c, int32_t channels) {
    return c < channels - 4 ? c : channels - 4;
}

/*
 * Adds pixels to the sums of four channels at a time, as halfwords of two words: channels 0 and 2, then 1 and 3. Two
 * pixels a turn.
 */
static inline void msc_add_pixels_by_four_s8(uint32_t *sums, const int8_t *input, int32_t pixels, int32_t channels,
                                             int is_first) {
    for (int32_t c = 0; c < channels; c += 4) {
        const int8_t *pixel = &input[msc_four_channels(c, channels)];
        uint32_t even = is_first ? 0u : sums[0];
        uint32_t odd = is_first ? 0u : sums[1];

        for (int32_t left = pixels >> 1; left > 0; left--) {
            const uint32_t word0 = msc_read_word(pixel);
            const uint32_t word1 = msc_read_word(&pixel[channels]);

            even = msc_sxtab16(msc_sxtab16(even, word0), word1);
            odd = msc_sxtab16_ror8(msc_sxtab16_ror8(odd, word0), word1);
            pixel += 2 * channels;
        }
        if ((pixels & 1) != 0) {
            const uint32_t word = msc_read_word(pixel);

            even = msc_sxtab16(even, word);
            odd = msc_sxtab16_ror8(odd, word);
        }
        sums[0] = even;
        sums[1] = odd;
        sums += 2;
    }
}

/* One of the sums that two words hold of four channels. */
static inline int32_t msc_sum_of_four(const uint32_t *sums, int32_t channel) {
    const uint32_t word = sums[channel & 1];

    return (channel & 2) != 0 ? (int16_t)(word >> 16) : (int16_t)(word & 0xffffu);
}

#endif
