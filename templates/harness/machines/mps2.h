/* SPDX-License-Identifier: Apache-2.0
 *
 * Arm MPS2 boards: UART 0 for the records, timer 0 for counting without a plugin, the MPU to find stray accesses.
 */
#ifndef HARNESS_MACHINE_H
#define HARNESS_MACHINE_H

#include <stdint.h>

#define HARNESS_MPS2_UART ((volatile uint32_t *)0x40004000)
#define HARNESS_MPS2_TIMER ((volatile uint32_t *)0x40000000)
#define HARNESS_MPU ((volatile uint32_t *)0xE000ED90)

/* One MPU region of 2^log2_size bytes; access 0 is none, 6 is reading. A set bit of `without` takes an eighth off. */
static inline void harness_protect(uint32_t region, uint32_t origin, uint32_t log2_size, uint32_t access,
                                   uint32_t without) {
    HARNESS_MPU[2] = region;
    HARNESS_MPU[3] = origin;
    HARNESS_MPU[4] = access << 24 | without << 8 | (log2_size - 1U) << 1 | 1U;
}

/* QEMU answers where the board has no memory, and the memory for code can be written: a model's mistake, or a stack
   that runs out of its memory, would go unseen. */
static inline void harness_protect_memories(void) {
    harness_protect(0, 0x00000000, 23, 6, 0);
    harness_protect(1, 0x00800000, 23, 0, 0);
    harness_protect(2, 0x01000000, 24, 0, 0);
    harness_protect(3, 0x02000000, 25, 0, 0);
    harness_protect(4, 0x00000000, 29, 0, 1);
    harness_protect(5, 0x20800000, 23, 0, 0);
    harness_protect(6, 0x22000000, 25, 0, 0);
#ifdef HARNESS_GUARD
    harness_protect(7, HARNESS_GUARD, 20, 0, 0); /* below the stack, where the chip's memories hold arenas */
#endif
    HARNESS_MPU[1] = 5; /* on, not in fault handlers; what no region names stays as it is */
    __asm__ volatile("dsb\n isb" ::: "memory");
}

static inline void harness_open(void) {
    harness_protect_memories();
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

/* System reset: QEMU is told to end instead of starting again. */
static inline void harness_end(void) {
    while ((HARNESS_MPS2_UART[1] & 1U) != 0U) {
    }
    *(volatile uint32_t *)0xE000ED0C = 0x05FA0004U;
}

/* counts down */
#define HARNESS_TICKS() (0U - HARNESS_MPS2_TIMER[1])

#endif
