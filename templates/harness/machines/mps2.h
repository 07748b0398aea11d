/* SPDX-License-Identifier: Apache-2.0
 *
 * Arm MPS2 boards: UART 0 for the records, timer 0 for counting without a plugin.
 */
#ifndef HARNESS_MACHINE_H
#define HARNESS_MACHINE_H

#include <stdint.h>

#define HARNESS_MPS2_UART ((volatile uint32_t *)0x40004000)
#define HARNESS_MPS2_TIMER ((volatile uint32_t *)0x40000000)

static inline void harness_open(void) {
    HARNESS_MPS2_UART[4] = 16; /* baud rate divider: the smallest allowed */
    HARNESS_MPS2_UART[2] = 1;  /* transmit */
    HARNESS_MPS2_TIMER[2] = 0xFFFFFFFFU;
    HARNESS_MPS2_TIMER[1] = 0xFFFFFFFFU;
    HARNESS_MPS2_TIMER[0] = 1;
}

static inline void harness_put(uint8_t byte) {
    while ((HARNESS_MPS2_UART[1] & 1U) != 0U) {
    }
    HARNESS_MPS2_UART[0] = byte;
}

static inline void harness_flush(void) {
    while ((HARNESS_MPS2_UART[1] & 1U) != 0U) {
    }
}

/* counts down */
#define HARNESS_TICKS() (0U - HARNESS_MPS2_TIMER[1])

#endif
