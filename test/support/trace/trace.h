/* SPDX-License-Identifier: Apache-2.0
 *
 * Traces the accesses of generated code to its arena, and compares two placements of one model access by access.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdint.h>

/* Bytes of the separate arena that belong together: a tensor and its views, or the scratch of a step. */
typedef struct {
    uint32_t offset;
    uint32_t size;
    int32_t scratch_of; /* step, or -1 for tensors */
    int32_t is_kept;    /* a scratch whose content lasts from call to call */
} trace_region;

/* Steps that run in turn, so many times. */
typedef struct {
    int32_t first;
    int32_t last;
    int32_t ticks;
} trace_segment;

/* A model under one placement. */
typedef struct {
    uint32_t arena_size;
    uint32_t arena_alignment;
    int (*use)(void *arena); /* writes the inputs, runs, reads the outputs; 0 if all went well */
} trace_side;

/* One model: the placement under test, and one where nothing shares bytes. */
typedef struct {
    trace_side planned;
    trace_side separate;
    const trace_region *regions; /* of the separate arena, ascending, with gaps between them */
    uint32_t region_count;
    const trace_segment *segments;
    uint32_t segment_count;
} trace_subject;

extern const trace_subject trace_subjects[];
extern const uint32_t trace_subject_count;

/* What a caller of the model does, traced as the model's own accesses are: writes an input, reads an output. */
void trace_fill(void *to, uint32_t size);
void trace_read(const void *from, uint32_t size);

/* The model's hook after step `step`. */
void trace_step(int32_t step);

#endif
