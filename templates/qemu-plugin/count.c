/* SPDX-License-Identifier: Apache-2.0
 *
 * TCG plugin for QEMU: counts the guest instructions of each inference, and of each step of the first one.
 *
 *   -plugin ./count.so,entry=ADDRESS,exit=ADDRESS,steps=FILE,out=FILE
 *
 * An inference lasts from the first instruction of run() (`entry`) until control is back behind its call (`exit`, the
 * first instruction there is not counted): everything that the core executes in between, conditional instructions
 * whose condition fails included. The call itself belongs to the caller.
 * `steps` holds lines "STEP ADDRESS": when the address is reached, what was executed since the last such mark belongs
 * to that step. All numbers are decimal. Nothing is lost to interrupts: the firmware has none.
 * Of the first inference it also tells how often each translated block ran: "block STEP ADDRESS INSTRUCTIONS TIMES
 * FELL", with the step -1 for what belongs to none; FELL is how often the block behind it in memory came next. A block
 * belongs to the step whose mark comes after its start.
 *
 * QEMU exports a C interface to plugins and promises it by number; Debian ships no header, so the few functions used
 * are declared here. They are the same in the interface's versions 0 to 5 (QEMU 4.2 to 10).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef PLUGIN_INTERFACE
#define PLUGIN_INTERFACE 1
#endif

#define EXPORTED __attribute__((visibility("default")))

typedef uint64_t plugin_id;
struct qemu_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum register_access { NO_REGISTERS, READS_REGISTERS, WRITES_REGISTERS };

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, void (*callback)(plugin_id id, struct qemu_plugin_tb *block));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *block, void (*callback)(unsigned cpu, void *data),
                                          enum register_access access, void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *instruction,
                                            void (*callback)(unsigned cpu, void *data), enum register_access access,
                                            void *data);
void qemu_plugin_register_atexit_cb(plugin_id id, void (*callback)(plugin_id id, void *data), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *instruction);

EXPORTED int qemu_plugin_version = PLUGIN_INTERFACE;

enum { MAX_MARKS = 65536, ENTRY = -1, EXIT = -2 };

typedef struct {
    uint64_t address;
    int64_t step; /* or ENTRY, EXIT */
    uint64_t instructions;
} mark;

/* A mark as it stands in one translated block. */
typedef struct {
    mark *first; /* of all marks at this address */
    uint64_t unexecuted;
} place;

static mark marks[MAX_MARKS];
static size_t mark_count;
static uint64_t executed; /* block by block: each is counted as a whole when it starts */
static uint64_t started_at;
static uint64_t last_mark;
static uint64_t inferences;
static bool running;

static FILE *out;

typedef struct block_info {
    uint64_t address;
    uint64_t end; /* behind the last instruction */
    uint64_t instructions;
    uint64_t times; /* since they were last told */
    uint64_t fell;
    struct block_info *next;
} block_info;

static block_info *blocks;
static block_info *last_block;

static void on_block(unsigned cpu, void *data) {
    block_info *const block = data;

    (void)cpu;
    executed += block->instructions;
    block->times++;
    if (last_block != NULL && last_block->end == block->address) {
        last_block->fell++;
    }
    last_block = block;
}

/* What runs is counted before its marks are reached: `kept` executions of the last block belong to what follows. */
static void forget_blocks(uint64_t kept) {
    for (block_info *block = blocks; block != NULL; block = block->next) {
        block->times = 0;
        block->fell = 0;
    }
    last_block->times = kept;
}

static void tell_blocks(int64_t step) {
    for (const block_info *block = blocks; block != NULL; block = block->next) {
        if (block->times > 0) {
            fprintf(out, "block %lld %llu %llu %llu %llu\n", (long long)step, (unsigned long long)block->address,
                    (unsigned long long)block->instructions, (unsigned long long)block->times,
                    (unsigned long long)block->fell);
        }
    }
}

static void reach(mark *m, uint64_t now) {
    if (m->step == ENTRY && !running) {
        running = true;
        started_at = last_mark = now;
        if (inferences == 0) {
            forget_blocks(1);
        }
    } else if (m->step == EXIT && running) {
        running = false;
        if (inferences == 0) {
            last_block->times--;
            tell_blocks(-1);
        }
        inferences++;
        fprintf(out, "inference %llu\n", (unsigned long long)(now - started_at));
    } else if (m->step >= 0 && running && inferences == 0) {
        m->instructions += now - last_mark;
        last_mark = now;
        tell_blocks(m->step);
        forget_blocks(0);
    }
}

static void on_mark(unsigned cpu, void *data) {
    const place *const p = data;
    const uint64_t now = executed - p->unexecuted;

    (void)cpu;
    for (mark *m = p->first; m < marks + mark_count && m->address == p->first->address; m++) {
        reach(m, now);
    }
}

static mark *find_mark(uint64_t address) {
    size_t low = 0;
    size_t high = mark_count;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (marks[middle].address < address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < mark_count && marks[low].address == address ? &marks[low] : NULL;
}

static void *allocate(size_t size) {
    void *const memory = malloc(size);

    if (memory == NULL) {
        abort();
    }
    return memory;
}

/* What is allocated here lives as long as QEMU: a few hundred blocks. */
static void on_translation(plugin_id id, struct qemu_plugin_tb *block) {
    const size_t count = qemu_plugin_tb_n_insns(block);
    struct qemu_plugin_insn *const last = qemu_plugin_tb_get_insn(block, count - 1);
    block_info *const info = allocate(sizeof *info);

    (void)id;
    *info = (block_info){.address = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(block, 0)),
                         .end = qemu_plugin_insn_vaddr(last) + qemu_plugin_insn_size(last),
                         .instructions = count,
                         .next = blocks};
    blocks = info;
    qemu_plugin_register_vcpu_tb_exec_cb(block, on_block, NO_REGISTERS, info);
    for (size_t i = 0; i < count; i++) {
        struct qemu_plugin_insn *const instruction = qemu_plugin_tb_get_insn(block, i);
        mark *const m = find_mark(qemu_plugin_insn_vaddr(instruction));

        if (m != NULL) {
            place *const p = allocate(sizeof *p);

            p->first = m;
            p->unexecuted = count - i;
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_mark, NO_REGISTERS, p);
        }
    }
}

static void on_exit_of_qemu(plugin_id id, void *data) {
    (void)id;
    (void)data;
    for (size_t i = 0; i < mark_count; i++) {
        if (marks[i].step >= 0) {
            fprintf(out, "step %lld %llu\n", (long long)marks[i].step, (unsigned long long)marks[i].instructions);
        }
    }
    if (last_block != NULL) {
        fprintf(out, "last %llu\n", (unsigned long long)last_block->address);
    }
    fclose(out);
}

static bool add_mark(int64_t step, uint64_t address) {
    if (mark_count == MAX_MARKS) {
        return false;
    }
    marks[mark_count++] = (mark){address, step, 0};
    return true;
}

/* By address; at one address the entry first, the exit last, steps in their order. */
static int compare_marks(const void *a, const void *b) {
    const mark *const x = a;
    const mark *const y = b;
    const int64_t x_rank = x->step == EXIT ? INT64_MAX : x->step;
    const int64_t y_rank = y->step == EXIT ? INT64_MAX : y->step;

    if (x->address != y->address) {
        return x->address < y->address ? -1 : 1;
    }
    return x_rank < y_rank ? -1 : x_rank > y_rank;
}

static bool read_steps(const char *path) {
    FILE *const file = fopen(path, "r");
    long long step;
    unsigned long long address;
    bool ok = file != NULL;

    while (ok && fscanf(file, "%lld %llu", &step, &address) == 2) {
        ok = add_mark(step, address);
    }
    if (file != NULL) {
        fclose(file);
    }
    return ok;
}

EXPORTED int qemu_plugin_install(plugin_id id, const struct qemu_info *info, int argc, char **argv) {
    (void)info;
    for (int i = 0; i < argc; i++) {
        char *const value = strchr(argv[i], '=');
        bool ok = value != NULL;

        if (ok && strncmp(argv[i], "entry=", 6) == 0) {
            ok = add_mark(ENTRY, strtoull(value + 1, NULL, 10));
        } else if (ok && strncmp(argv[i], "exit=", 5) == 0) {
            ok = add_mark(EXIT, strtoull(value + 1, NULL, 10));
        } else if (ok && strncmp(argv[i], "steps=", 6) == 0) {
            ok = read_steps(value + 1);
        } else if (ok && strncmp(argv[i], "out=", 4) == 0) {
            ok = (out = fopen(value + 1, "w")) != NULL;
        } else {
            ok = false;
        }
        if (!ok) {
            return -1;
        }
    }
    if (out == NULL) {
        return -1;
    }
    qsort(marks, mark_count, sizeof marks[0], compare_marks);
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
    return 0;
}
