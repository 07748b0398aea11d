/* SPDX-License-Identifier: Apache-2.0
 *
 * The harness as a program of the host: `harness INPUT OUTPUT` reads the input bytes and writes the records.
 */
#include <stdio.h>
#include <stdlib.h>

#include "harness.h"

static FILE *records;

void harness_stop(void) {
    exit(records == NULL || fclose(records) != 0 ? 2 : 0);
}

void harness_send_bytes(const void *bytes, uint32_t size) {
    if (size != 0U && fwrite(bytes, 1, size, records) != size) {
        exit(2);
    }
}

void harness_send_header(char tag, uint32_t size) {
    const uint8_t header[5] = {(uint8_t)tag, (uint8_t)size, (uint8_t)(size >> 8), (uint8_t)(size >> 16),
                               (uint8_t)(size >> 24)};

    harness_send_bytes(header, sizeof header);
}

void harness_send(char tag, const void *payload, uint32_t size) {
    harness_send_header(tag, size);
    harness_send_bytes(payload, size);
}

int32_t harness_measure(int32_t (*function)(void), uint32_t *ticks) {
    *ticks = 0;
    return function();
}

int main(int argc, char **argv) {
    static const uint32_t end[2] = {0, 0};
    FILE *input;
    uint8_t *bytes;
    long size;

    if (argc != 3 || (input = fopen(argv[1], "rb")) == NULL || (records = fopen(argv[2], "wb")) == NULL) {
        return 2;
    }
    if (fseek(input, 0, SEEK_END) != 0 || (size = ftell(input)) < 0 || fseek(input, 0, SEEK_SET) != 0) {
        return 2;
    }
    bytes = malloc((size_t)size + 1U);
    if (bytes == NULL || fread(bytes, 1, (size_t)size, input) != (size_t)size) {
        return 2;
    }
    (void)fclose(input);
    harness_main(bytes, (uint32_t)size);
    free(bytes);
    harness_send('E', end, sizeof end);
    return fclose(records) == 0 ? 0 : 2;
}
