/* SPDX-License-Identifier: Apache-2.0
 *
 * int32_t harness_call(int32_t (*function)(void)): calls on the model's own stack (PSP), so that what run() needs can
 * be painted and scanned, and a fault in it still finds a stack (MSP) for its handler.
 */
    .syntax unified
    .thumb

    .section .text.harness_call, "ax", %progbits
    .global harness_call
    .type harness_call, %function
    .thumb_func
harness_call:
    push {r4, lr}
    ldr r1, =harness_stack_top
    msr psp, r1
    mrs r1, control
    movs r2, #2
    orrs r1, r2
    msr control, r1
    isb
    blx r0
    .global harness_returned
harness_returned:
    mrs r1, control
    movs r2, #2
    bics r1, r2
    msr control, r1
    isb
    pop {r4, pc}
    .size harness_call, . - harness_call
    .ltorg

/* One instruction: what the timer shows for it is the cost of measuring. */
    .section .text.harness_nothing, "ax", %progbits
    .global harness_nothing
    .type harness_nothing, %function
    .thumb_func
harness_nothing:
    bx lr
    .size harness_nothing, . - harness_nothing

/* Every exception: finds the frame by EXC_RETURN and goes on on the main stack. */
    .section .text.harness_exception, "ax", %progbits
    .global harness_exception
    .type harness_exception, %function
    .thumb_func
harness_exception:
    mov r1, lr
    movs r2, #4
    tst r1, r2
    beq 1f
    mrs r0, psp
    b 2f
1:  mrs r0, msp
2:  ldr r2, =harness_fault
    bx r2
    .size harness_exception, . - harness_exception
    .ltorg
