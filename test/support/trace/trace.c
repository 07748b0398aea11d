/* SPDX-License-Identifier: Apache-2.0
 *
 * The runtime of traced models. The models are compiled with -fsanitize=thread, so that every load and store calls a function
 * __tsan_..., but linked with this file instead of that sanitizer's library.
 *
 * For each subject two processes run: one uses the planned model and sends its accesses through a pipe, the other one uses the
 * separate model and reads, at each access of its own, the planned one that corresponds to it. Every written byte gets a
 * number, the same in both arenas. A byte that is read must have the same number in both: then the planned run reads what the
 * right access wrote, as if nothing shared its bytes. Bytes of a scratch that nothing has written during the call may be read:
 * kernels multiply them by zero. Both arenas start with different patterns, and the outputs must be equal all the same.
 *
 * One line a subject goes to the standard output, see report() and print_end().
 */
#define _POSIX_C_SOURCE 200809L

#include "trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONTENT = 0, READ = 1, WRITE = 2, OVERLAPPING_COPY = 3 };

/* An access: offset from MARGIN bytes before the arena, bytes, READ or WRITE. With CONTENT it is a hash of an output, and bytes. */
typedef struct {
    uint32_t offset;
    uint32_t size_and_kind; /* size * 4 + kind */
} event;

/* Bytes on both sides of an arena that are traced with it, to see what leaves it. */
#define MARGIN 4096U

enum { CHUNK = 8192, NO_REGION = -1 };

static const trace_subject *subject;
static uint32_t subject_index;
static uintptr_t traced;      /* MARGIN bytes before the arena */
static uintptr_t traced_size; /* 0 while nothing is traced */
static int replaying;
static int channel;
static event chunk[CHUNK];
static size_t chunk_size;
static size_t chunk_next;

static int32_t step; /* that runs */
static int32_t ticks; /* that are over, of the segment that runs */
static uint64_t accesses;
static uint64_t bytes_written;
static uint64_t *planned_number;  /* by offset in the planned arena: number of the byte that was written last, 0 for none */
static uint64_t *separate_number; /* the same in the separate arena */
static uint32_t *planned_writer;  /* by offset in the planned arena: the offset in the separate arena that was written last */
static int32_t *region_of;        /* by offset in the separate arena */

static void send_chunk(void) {
    const char *from = (const char *)chunk;
    size_t left = chunk_size * sizeof(event);

    while (left != 0U) {
        const ssize_t sent = write(channel, from, left);

        if (sent <= 0) {
            _exit(1); /* the other side has found something and is gone */
        }
        from += sent;
        left -= (size_t)sent;
    }
    chunk_size = 0U;
}

/* The next access of the planned model; 0 after its last. */
static int receive(event *next) {
    if (chunk_next == chunk_size) {
        char *to = (char *)chunk;
        size_t got = 0U;

        do {
            const ssize_t count = read(channel, to + got, sizeof chunk - got);

            if (count <= 0) {
                break;
            }
            got += (size_t)count;
        } while (got % sizeof(event) != 0U);
        chunk_size = got / sizeof(event);
        chunk_next = 0U;
        if (chunk_size == 0U) {
            return 0;
        }
    }
    *next = chunk[chunk_next++];
    return 1;
}

/*
 * "violation SUBJECT WHAT STEP ACCESS KIND SIZE BYTE PLANNED SEPARATE FOUND": the first access that is wrong. KIND is that of
 * the separate model, BYTE counts from the access's first, PLANNED and SEPARATE are the offsets of that byte, FOUND is the
 * offset in the separate arena of the byte that stands there, -1 for none.
 */
static void report(const char *what, uint32_t kind, uint32_t size, uint32_t byte, int64_t planned, int64_t separate,
                   int64_t found) {
    printf("violation %u %s %d %llu %s %u %u %lld %lld %lld\n", subject_index, what, step, (unsigned long long)accesses,
           kind == READ ? "read" : "write", size, byte, (long long)planned, (long long)separate, (long long)found);
    (void)fflush(stdout);
    _exit(0);
}

static void replay(uint32_t traced_offset, uint32_t size, uint32_t kind) {
    const int64_t offset = (int64_t)traced_offset - MARGIN;
    event planned;
    int64_t planned_offset;

    accesses++;
    if (!receive(&planned)) {
        report("planned-ends-early", kind, size, 0U, -1, offset, -1);
    }
    planned_offset = (int64_t)planned.offset - MARGIN;
    if ((planned.size_and_kind & 3U) == OVERLAPPING_COPY) {
        report("overlapping-copy", kind, size, 0U, planned_offset, offset, -1);
    }
    if (planned.size_and_kind != size * 4U + kind) {
        report("other-access", kind, size, 0U, planned_offset, offset, -1);
    }
    for (uint32_t i = 0; i < size; i++) {
        const int64_t s = offset + i;
        const int64_t p = planned_offset + i;

        if (s < 0 || s >= subject->separate.arena_size || region_of[s] == NO_REGION ||
            region_of[s] != region_of[offset]) {
            report("out-of-bounds", kind, size, i, p, s, -1);
        }
        if (p < 0 || p >= subject->planned.arena_size) {
            report("beyond-arena", kind, size, i, p, s, -1);
        }
        if (kind == WRITE) {
            bytes_written++;
            separate_number[s] = bytes_written;
            planned_number[p] = bytes_written;
            planned_writer[p] = (uint32_t)s;
        } else if (separate_number[s] == 0U) {
            if (subject->regions[region_of[s]].scratch_of < 0) {
                report("unwritten", kind, size, i, p, s, -1);
            }
        } else if (planned_number[p] != separate_number[s]) {
            report("overwritten", kind, size, i, p, s, planned_number[p] == 0U ? -1 : (int64_t)planned_writer[p]);
        }
    }
}

static void record(uint32_t offset, uint32_t size, uint32_t kind) {
    chunk[chunk_size].offset = offset;
    chunk[chunk_size].size_and_kind = size * 4U + kind;
    chunk_size++;
    if (chunk_size == CHUNK) {
        send_chunk();
    }
}

static void access_bytes(const void *address, size_t size, uint32_t kind) {
    const uintptr_t offset = (uintptr_t)address - traced;

    if (offset >= traced_size || size == 0U) {
        return;
    }
    if (replaying) {
        replay((uint32_t)offset, (uint32_t)size, kind);
    } else {
        record((uint32_t)offset, (uint32_t)size, kind);
    }
}

/* What compilers call. */
#define ACCESS(name, bytes, kind) \
    void __tsan_##name(void *address); \
    void __tsan_##name(void *address) { \
        access_bytes(address, bytes, kind); \
    }
#define ACCESSES(bytes) \
    ACCESS(read##bytes, bytes, READ) \
    ACCESS(write##bytes, bytes, WRITE) \
    ACCESS(unaligned_read##bytes, bytes, READ) \
    ACCESS(unaligned_write##bytes, bytes, WRITE)
ACCESSES(1)
ACCESSES(2)
ACCESSES(4)
ACCESSES(8)
ACCESSES(16)

void __tsan_init(void);
void __tsan_init(void) {
}

void __tsan_func_entry(void *caller);
void __tsan_func_entry(void *caller) {
    (void)caller;
}

void __tsan_func_exit(void);
void __tsan_func_exit(void) {
}

void __tsan_read_range(void *address, size_t size);
void __tsan_read_range(void *address, size_t size) {
    access_bytes(address, size, READ);
}

void __tsan_write_range(void *address, size_t size);
void __tsan_write_range(void *address, size_t size) {
    access_bytes(address, size, WRITE);
}

/* The models' memcpy, memmove and memset are renamed to these; some compilers call them __tsan_mem... by themselves. */
void *trace_memmove(void *to, const void *from, size_t size);
void *trace_memmove(void *to, const void *from, size_t size) {
    access_bytes(from, size, READ);
    access_bytes(to, size, WRITE);
    return memmove(to, from, size);
}

void *trace_memcpy(void *to, const void *from, size_t size);
void *trace_memcpy(void *to, const void *from, size_t size) {
    const uintptr_t a = (uintptr_t)to;
    const uintptr_t b = (uintptr_t)from;

    if (a != b && a < b + size && b < a + size) {
        access_bytes(to, size, OVERLAPPING_COPY);
    }
    return trace_memmove(to, from, size);
}

void *trace_memset(void *to, int value, size_t size);
void *trace_memset(void *to, int value, size_t size) {
    access_bytes(to, size, WRITE);
    return memset(to, value, size);
}

void *__tsan_memmove(void *to, const void *from, size_t size);
void *__tsan_memmove(void *to, const void *from, size_t size) {
    return trace_memmove(to, from, size);
}

void *__tsan_memcpy(void *to, const void *from, size_t size);
void *__tsan_memcpy(void *to, const void *from, size_t size) {
    return trace_memcpy(to, from, size);
}

void *__tsan_memset(void *to, int value, size_t size);
void *__tsan_memset(void *to, int value, size_t size) {
    return trace_memset(to, value, size);
}

void trace_fill(void *to, uint32_t size) {
    uint8_t *const bytes = to;

    access_bytes(to, size, WRITE);
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(i * 37U) & 0x3fU; /* four of them are a finite float, too */
    }
}

void trace_read(const void *from, uint32_t size) {
    const uint8_t *const bytes = from;
    const uintptr_t offset = (uintptr_t)from - traced;
    uint32_t hash = 2166136261U; /* FNV-1a */
    event planned;

    access_bytes(from, size, READ);
    for (uint32_t i = 0; i < size; i++) {
        hash = (hash ^ bytes[i]) * 16777619U;
    }
    if (!replaying) {
        record(hash, size, CONTENT);
    } else if (!receive(&planned) || planned.offset != hash || planned.size_and_kind != size * 4U + CONTENT) {
        report("other-output", READ, size, 0U, -1, offset < traced_size ? (int64_t)offset - MARGIN : -1, -1);
    }
}

void trace_step(int32_t done) {
    step = done + 1;
    for (uint32_t s = 0; s < subject->segment_count; s++) {
        if (subject->segments[s].last == done) {
            ticks = (ticks + 1) % subject->segments[s].ticks;
            step = ticks == 0 ? done + 1 : subject->segments[s].first;
        }
    }
    for (uint32_t r = 0; replaying && r < subject->region_count; r++) {
        const trace_region *const region = &subject->regions[r];
        const int is_over = region->is_kept ? done < 0 : done == region->scratch_of;

        if (region->scratch_of >= 0 && is_over) {
            memset(&separate_number[region->offset], 0, region->size * sizeof *separate_number);
        }
    }
}

static void *zeroed(size_t count, size_t size) {
    void *const memory = calloc(count + 1U, size);

    if (memory == NULL) {
        _exit(2);
    }
    return memory;
}

/* Runs one side with its accesses traced. */
static int use(const trace_side *side, int pattern) {
    const size_t size = MARGIN + side->arena_size + MARGIN;
    void *memory = NULL;
    int status;

    if (MARGIN % side->arena_alignment != 0U || posix_memalign(&memory, MARGIN, size) != 0) {
        _exit(2);
    }
    memset(memory, pattern, size);
    traced = (uintptr_t)memory;
    traced_size = size;
    status = side->use((uint8_t *)memory + MARGIN);
    traced_size = 0U;
    free(memory);
    return status;
}

static void record_planned(void) {
    if (use(&subject->planned, 0x5a) != 0) {
        _exit(2);
    }
    send_chunk();
    _exit(0);
}

/* "end SUBJECT ACCESSES": all of them were right. */
static void replay_separate(void) {
    event left;

    planned_number = zeroed(subject->planned.arena_size, sizeof *planned_number);
    planned_writer = zeroed(subject->planned.arena_size, sizeof *planned_writer);
    separate_number = zeroed(subject->separate.arena_size, sizeof *separate_number);
    region_of = zeroed(subject->separate.arena_size, sizeof *region_of);
    for (uint32_t i = 0; i < subject->separate.arena_size; i++) {
        region_of[i] = NO_REGION;
    }
    for (uint32_t r = 0; r < subject->region_count; r++) {
        for (uint32_t i = 0; i < subject->regions[r].size; i++) {
            region_of[subject->regions[r].offset + i] = (int32_t)r;
        }
    }
    replaying = 1;
    if (use(&subject->separate, 0xa5) != 0) {
        _exit(2);
    }
    if (receive(&left)) {
        report("planned-goes-on", left.size_and_kind & 3U, left.size_and_kind / 4U, 0U, (int64_t)left.offset - MARGIN,
               -1, -1);
    }
    printf("end %u %llu\n", subject_index, (unsigned long long)accesses);
    (void)fflush(stdout);
    _exit(0);
}

static pid_t start(void (*body)(void), int mine, int other) {
    const pid_t child = fork();

    if (child == 0) {
        (void)close(other);
        channel = mine;
        body();
    }
    return child;
}

int main(void) {
    for (subject_index = 0; subject_index < trace_subject_count; subject_index++) {
        int ends[2];
        int status = 0;
        pid_t recorder;
        pid_t replayer;

        subject = &trace_subjects[subject_index];
        if (pipe(ends) != 0) {
            return 2;
        }
        recorder = start(record_planned, ends[1], ends[0]);
        replayer = start(replay_separate, ends[0], ends[1]);
        (void)close(ends[0]);
        (void)close(ends[1]);
        if (recorder < 0 || replayer < 0 || waitpid(replayer, &status, 0) < 0 || status != 0 ||
            waitpid(recorder, NULL, 0) < 0) {
            return 2;
        }
    }
    return 0;
}
