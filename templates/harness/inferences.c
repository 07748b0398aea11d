/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs a model over sequences of inferences. The input bytes are 32-bit words: the number of sequences, then the
 * number of inferences of each; then all inputs, one inference after another. A sequence starts from reset state.
 */
#include "harness.h"

extern const harness_model harness_subject;

/* The model's memcpy must be the only one in the image, so that the image's size tells what the model costs. */
static void copy(uint8_t *to, const uint8_t *from, uint32_t size) {
    for (uint32_t i = 0; i < size; i++) {
        to[i] = from[i];
    }
}

static const uint8_t *infer(const uint8_t *data) {
    uint32_t ticks = 0;
    uint32_t output_size = 0;
    int32_t status;

    for (uint32_t i = 0; i < harness_subject.input_count; i++) {
        copy(harness_subject.inputs[i].data(), data, harness_subject.inputs[i].size);
        data += harness_subject.inputs[i].size;
    }
    status = harness_measure(harness_subject.run, &ticks);
    if (status != 0) {
        harness_send('S', &status, sizeof status);
        harness_stop();
    }
    harness_send('T', &ticks, sizeof ticks);
    for (uint32_t i = 0; i < harness_subject.output_count; i++) {
        output_size += harness_subject.outputs[i].size;
    }
    harness_send_header('O', output_size);
    for (uint32_t i = 0; i < harness_subject.output_count; i++) {
        harness_send_bytes(harness_subject.outputs[i].data(), harness_subject.outputs[i].size);
    }
    return data;
}

void harness_main(const uint8_t *bytes, uint32_t size) {
    const uint32_t *const header = (const uint32_t *)(const void *)bytes;
    const uint32_t sequences = header[0];
    const uint8_t *data = bytes + 4U * (1U + sequences);

    (void)size;
    for (uint32_t s = 0; s < sequences; s++) {
        if (harness_subject.reset != 0) {
            harness_subject.reset();
        }
        for (uint32_t i = 0; i < header[1U + s]; i++) {
            data = infer(data);
        }
    }
}
