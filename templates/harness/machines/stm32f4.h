/* SPDX-License-Identifier: Apache-2.0
 *
 * STM32F4 in Renode: USART 1 for the records (registers in words: RM0090). Clocks and pins are not modelled there, so they
 * are not set up here: this does not run on a real chip.
 */
#ifndef HARNESS_MACHINE_H
#define HARNESS_MACHINE_H

#include <stdint.h>

#define HARNESS_USART ((volatile uint32_t *)0x40011000)
#define HARNESS_USART_SR 0
#define HARNESS_USART_DR 1
#define HARNESS_USART_CR1 3
#define HARNESS_USART_ON (1U << 13 | 1U << 3)

static inline void harness_open(void) {
    HARNESS_USART[HARNESS_USART_CR1] = HARNESS_USART_ON;
}

static inline void harness_put(uint8_t byte) {
    while ((HARNESS_USART[HARNESS_USART_SR] & 1U << 7) == 0U) {
    }
    HARNESS_USART[HARNESS_USART_DR] = byte;
}

/* Sleeps until Renode is stopped. */
static inline void harness_end(void) {
}

/* no timer: Renode does not count instructions exactly enough to report them */
#define HARNESS_TICKS() 0U

#endif
