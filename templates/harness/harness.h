/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of the test firmware share. None of it is in the files that msc generates for users.
 *
 * Everything the harness says travels as records: one tag byte, a 32-bit little-endian length, the payload.
 *
 *   'O'  an output: the tensors of one inference, or what a test emitted
 *   'T'  timer ticks of the inference that follows in 'O' (firmware only)
 *   'S'  status that run() returned instead of zero; the harness stops
 *   'F'  a fault: 14 words, see start.c; the harness stops
 *   'E'  the end: stack bytes of run() and timer ticks of an empty call
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdint.h>

typedef struct {
    void *(*data)(void);
    uint32_t size; /* bytes */
} harness_tensor;

typedef struct {
    int32_t (*run)(void);
    void (*reset)(void); /* null when the model keeps no state */
    const harness_tensor *inputs;
    const harness_tensor *outputs;
    uint32_t input_count;
    uint32_t output_count;
} harness_model;

/** What to do with the input bytes: runs inferences, calls a test, or nothing. `bytes` starts on an 8-byte boundary. */
void harness_main(const uint8_t *bytes, uint32_t size);

/** Sends one record; the payload may be null when `size` is 0. */
void harness_send(char tag, const void *payload, uint32_t size);

/** Starts a record of `size` bytes, whose payload comes in any number of harness_send_bytes(). */
void harness_send_header(char tag, uint32_t size);
void harness_send_bytes(const void *bytes, uint32_t size);

/** Calls `function` on the model's own stack; `ticks` gets the timer's ticks where there is a timer, else 0. */
int32_t harness_measure(int32_t (*function)(void), uint32_t *ticks);

/** Ends the program at once. */
void harness_stop(void);

#endif
