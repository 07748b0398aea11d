/* SPDX-License-Identifier: Apache-2.0
 *
 * Start-up of the test firmware: vector table, memories, FPU, fault report, stack measurement. The linker script gives
 * the `harness_` symbols; the machine gives HARNESS_TICKS(),
 * harness_open(), harness_put() and harness_end().
 */
#include "harness.h"
#include "machine.h"

#define REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

#define STACK_PAINT 0xC5A51DE5U

extern uint32_t harness_placed_load[], harness_placed_start[], harness_placed_end[];
extern uint32_t harness_data_load[], harness_data_start[], harness_data_end[];
extern uint32_t harness_bss_start[], harness_bss_end[];
extern uint32_t harness_stack_limit[], harness_stack_top[], harness_main_stack_top[];

/* Words: size of the input bytes; offset of the memory for records from here, 0 if they go out by the UART; the bytes. */
extern const uint32_t harness_input[];
extern const uint8_t harness_input_end[];

int32_t harness_call(int32_t (*function)(void));
int32_t harness_nothing(void);
void harness_exception(void);
void harness_reset(void);
void harness_fault(const uint32_t *frame);

__attribute__((section(".vectors"), used)) static void *const vectors[16] = {
    harness_main_stack_top, (void *)harness_reset,     (void *)harness_exception, (void *)harness_exception,
    (void *)harness_exception, (void *)harness_exception, (void *)harness_exception, (void *)harness_exception,
    (void *)harness_exception, (void *)harness_exception, (void *)harness_exception, (void *)harness_exception,
    (void *)harness_exception, (void *)harness_exception, (void *)harness_exception, (void *)harness_exception,
};

/* libm reports range errors here; newlib's own would bring its whole re-entrancy structure. */
int *__errno(void);
int *__errno(void) {
    static int error;

    return &error;
}

/* Word: bytes of the records so far, all ones when they did not fit; the records. */
static void keep(const uint8_t *bytes, uint32_t size) {
    uint32_t *const used = (uint32_t *)((uintptr_t)harness_input + harness_input[1]);
    uint8_t *const to = (uint8_t *)(used + 1) + *used;

    if (size > (uint32_t)(harness_input_end - to)) {
        *used = UINT32_MAX;
        harness_stop();
    }
    for (uint32_t i = 0; i < size; i++) {
        to[i] = bytes[i];
    }
    *used += size;
}

void harness_send_bytes(const void *bytes, uint32_t size) {
    const uint8_t *const from = bytes;

    if (harness_input[1] != 0U) {
        keep(from, size);
        return;
    }
    for (uint32_t i = 0; i < size; i++) {
        harness_put(from[i]);
    }
}

void harness_send_header(char tag, uint32_t size) {
    const uint8_t first = (uint8_t)tag;

    harness_send_bytes(&first, 1);
    harness_send_bytes(&size, sizeof size);
}

void harness_send(char tag, const void *payload, uint32_t size) {
    harness_send_header(tag, size);
    harness_send_bytes(payload, size);
}

void harness_stop(void) {
    harness_end();
    for (;;) {
        __asm__ volatile("wfi");
    }
}

/* Words: pc, lr, xpsr, sp, cfsr, hfsr, mmfar, bfar, r0, r1, r2, r3, r12, exception number. */
void harness_fault(const uint32_t *frame) {
    static const uint32_t none[8];
    const int readable = frame >= harness_stack_limit && frame + 8 <= harness_main_stack_top;
    const uint32_t *const stacked = readable ? frame : none;
    const uint32_t words[14] = {
        stacked[6],
        stacked[5],
        stacked[7],
        (uint32_t)(uintptr_t)frame,
        REGISTER(0xE000ED28),
        REGISTER(0xE000ED2C),
        REGISTER(0xE000ED34),
        REGISTER(0xE000ED38),
        stacked[0],
        stacked[1],
        stacked[2],
        stacked[3],
        stacked[4],
        REGISTER(0xE000ED04) & 0x1FFU,
    };

    harness_send('F', words, sizeof words);
    harness_stop();
}

/* Not inlined: the ticks around harness_nothing() are taken off those around a model. */
__attribute__((noinline)) int32_t harness_measure(int32_t (*function)(void), uint32_t *ticks) {
    const uint32_t before = HARNESS_TICKS();
    const int32_t status = harness_call(function);
    const uint32_t after = HARNESS_TICKS();

    *ticks = after - before;
    return status;
}

static uint32_t stack_bytes(void) {
    const uint32_t *word = harness_stack_limit;

    while (word < harness_stack_top && *word == STACK_PAINT) {
        word++;
    }
    return (uint32_t)((const uint8_t *)harness_stack_top - (const uint8_t *)word);
}

static void load(uint32_t *to, const uint32_t *end, const uint32_t *from) {
    while (to < end) {
        *to++ = *from++;
    }
}

void harness_reset(void) {
    uint32_t end[2];

    load(harness_placed_start, harness_placed_end, harness_placed_load);
    load(harness_data_start, harness_data_end, harness_data_load);
    for (uint32_t *to = harness_bss_start; to < harness_bss_end; to++) {
        *to = 0;
    }
    for (uint32_t *to = harness_stack_limit; to < harness_stack_top; to++) {
        *to = STACK_PAINT;
    }
#if defined(__ARM_FP)
    REGISTER(0xE000ED88) |= 0xFU << 20;
    __asm__ volatile("dsb\n isb" ::: "memory");
#endif
#if defined(HARNESS_TRAP_UNALIGNED)
    REGISTER(0xE000ED14) |= 1U << 3;
#endif
    harness_open();
    harness_main((const uint8_t *)&harness_input[2], harness_input[0]);
    end[0] = stack_bytes();
    (void)harness_measure(harness_nothing, &end[1]);
    harness_send('E', end, sizeof end);
    harness_stop();
}
