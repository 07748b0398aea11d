/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MSC_MOVEMENT_H
#define MSC_MOVEMENT_H

#include "msc/base.h"
#include "msc/strided_copy.h"

/* The whole output is set to one element first, then the input is copied into it. */
typedef struct {
    uint8_t element[4];
    int32_t element_size;
    int32_t output_size; /* bytes */
    msc_strided_copy_parameters copy;
} msc_pad_parameters;

/* Operand k gives `runs[k]` bytes to each piece of the output. */
typedef struct {
    int32_t inputs;
    const int32_t *runs;
} msc_concat_parameters;

MSC_KERNEL void msc_transpose__portable(const void *input, void *output, const msc_strided_copy_parameters *p);
MSC_KERNEL void msc_slice__portable(const void *input, void *output, const msc_strided_copy_parameters *p);
MSC_KERNEL void msc_pad__portable(const void *input, void *output, const msc_pad_parameters *p);
MSC_KERNEL void msc_concat__portable(const void *const *inputs, void *output, const msc_concat_parameters *p,
                                     int32_t outer);

#endif
