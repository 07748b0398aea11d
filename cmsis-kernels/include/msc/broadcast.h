/* SPDX-License-Identifier: Apache-2.0 */
/* NumPy's broadcasting of two operands as a nest of loops. */
#ifndef MSC_BROADCAST_H
#define MSC_BROADCAST_H

#include "msc/base.h"

#define MSC_BROADCAST_RANK 6

/* The loops, outermost first. An operand that repeats along a loop has stride 0 there. */
typedef struct {
    int32_t rank; /* 1 to MSC_BROADCAST_RANK */
    int32_t extents[MSC_BROADCAST_RANK];
    int32_t a_strides[MSC_BROADCAST_RANK];
    int32_t b_strides[MSC_BROADCAST_RANK];
} msc_broadcast;

/* Where both operands stand: offsets in elements, and the steps taken of every loop but the innermost. */
typedef struct {
    int32_t a;
    int32_t b;
    int32_t steps[MSC_BROADCAST_RANK];
} msc_broadcast_position;

/* Elements of the innermost loop, when `count` steps of the outermost are to be done. */
static inline int32_t msc_broadcast_length(const msc_broadcast *loops, int32_t count) {
    return loops->rank == 1 ? count : loops->extents[loops->rank - 1];
}

/* How often the innermost loop runs. */
static inline int32_t msc_broadcast_runs(const msc_broadcast *loops, int32_t count) {
    int32_t runs = loops->rank == 1 ? 1 : count;

    for (int32_t d = 1; d < loops->rank - 1; d++) {
        runs *= loops->extents[d];
    }
    return runs;
}

/* Moves on to the next run of the innermost loop. */
static inline void msc_broadcast_next(const msc_broadcast *loops, msc_broadcast_position *at) {
    for (int32_t d = loops->rank - 2; d >= 0; d--) {
        at->a += loops->a_strides[d];
        at->b += loops->b_strides[d];
        at->steps[d]++;
        if (d == 0 || at->steps[d] < loops->extents[d]) {
            return;
        }
        at->a -= loops->a_strides[d] * loops->extents[d];
        at->b -= loops->b_strides[d] * loops->extents[d];
        at->steps[d] = 0;
    }
}

#endif
