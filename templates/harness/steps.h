/* SPDX-License-Identifier: Apache-2.0
 *
 * Included before a model that is built to count instructions per step. `harness_step n` notes the address that it
 * stands at in a section of its own, which is not loaded: it adds no instruction. The macro keeps each hook on one
 * line, because the compiler takes an asm statement's lines for its instructions when it estimates sizes.
 */
#ifndef HARNESS_STEPS_H
#define HARNESS_STEPS_H

__asm__(".macro harness_step n\n"
        "877777:\n"
        ".pushsection .harness_steps, \"\", %progbits\n"
        ".word \\n, 877777b\n"
        ".popsection\n"
        ".endm");

#define HARNESS_STEP(n) __asm__ __inline__ __volatile__("harness_step " #n)

#endif
