/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_STRIDED_COPY_H
#define MSC_STRIDED_COPY_H

#include "msc/base.h"

#include <string.h>

/* A block of runs of bytes, from one array to another; strides and offsets in bytes, outermost dimension first. */
typedef struct {
    int32_t dimensions; /* at most 8 */
    int32_t run;        /* bytes that stand together on both sides */
    int32_t input_offset;
    int32_t output_offset;
    int32_t sizes[8];
    int32_t input_strides[8];
    int32_t output_strides[8];
} msc_strided_copy_parameters;

static inline void msc_strided_copy(const uint8_t *input, uint8_t *output, const msc_strided_copy_parameters *p) {
    int32_t index[8] = {0};
    int32_t from = p->input_offset;
    int32_t to = p->output_offset;
    int32_t axis = 0;

    while (axis >= 0) {
        if (p->run == 1) {
            output[to] = input[from];
        } else {
            memcpy(&output[to], &input[from], (uint32_t)p->run);
        }
        /* the next index, the last dimension fastest */
        for (axis = p->dimensions - 1; axis >= 0; axis--) {
            index[axis]++;
            from += p->input_strides[axis];
            to += p->output_strides[axis];
            if (index[axis] < p->sizes[axis]) {
                break;
            }
            from -= p->sizes[axis] * p->input_strides[axis];
            to -= p->sizes[axis] * p->output_strides[axis];
            index[axis] = 0;
        }
    }
}

#endif
