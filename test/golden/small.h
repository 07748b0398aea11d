/* SPDX-License-Identifier: Apache-2.0
 *
 * small: a neural network as C, made by msc 0.1.0 from small.tflite
 * (SHA-256 9b5296aaaf2e...) for cortex-m4. Do not edit.
 *
 *     small_input()[...] = ...;   int8_t, real value = SMALL_INPUT_SCALE * (x - SMALL_INPUT_ZERO_POINT)
 *     small_run();
 *     ... = small_output()[...];
 *
 * Not re-entrant: the arena is static. For a caller-owned arena, compile with --arena=caller.
 */
#ifndef SMALL_H
#define SMALL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SMALL_ABI 1

#define SMALL_ARENA_SIZE 288 /* bytes of RAM, inputs and outputs included */
#define SMALL_ARENA_ALIGNMENT 4

#define SMALL_INPUT_SIZE 64 /* bytes: int8 [1, 8, 8, 1] 'image' */
#define SMALL_INPUT_SCALE 0.03125f
#define SMALL_INPUT_ZERO_POINT (-128)

#define SMALL_OUTPUT_SIZE 3 /* bytes: int8 [1, 3] 'probabilities' */
#define SMALL_OUTPUT_SCALE 0.00390625f
#define SMALL_OUTPUT_ZERO_POINT (-128)

/** What a call ended with. */
typedef enum {
    SMALL_OK = 0,
    SMALL_BAD_ARENA = 1 /**< the caller's arena is null or not aligned; a static arena never is */
} small_status;

/** Where to write the next input: int8 [1, 8, 8, 1]. Keeps its place between runs, not its content. */
int8_t *small_input(void);

/** One inference, 2496 MACs. */
small_status small_run(void);

/** The result of the last run: int8 [1, 3]. Valid until the next input is written. */
const int8_t *small_output(void);

#ifdef __cplusplus
}
#endif

#endif
