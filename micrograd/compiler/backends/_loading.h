/* From a program as it arrives to a kernel. */

#ifndef MICROGRAD_LOADING_H
#define MICROGRAD_LOADING_H

#include "_blocks.h"
#include "_checks.h"
#include "_outputs.h"
#include "_rows.h"

static int append_step(Kernel *self, const Source *from, const Record *r, int64_t *out, int moving) {
    int64_t after = check_shape(from, &(Checked){0, *out, 1, 0, r});
    int failed = r->form == FROM_GROUP ? append_group(self, from, r, *out, moving) : append_block(self, from, r, moving);
    *out = after;
    return failed || note_compared(self, r, r->form == FROM_GROUP ? r->out : 0) < 0;
}

/* Append a loop and its body; one that runs once is no loop. */
static int append_loop(Kernel *self, const Source *from, const Record *loop, int64_t *out) {
    int moving = loop->n[0] > 1;
    size_t at = self->steps.used, pairs = self->pairs.used, moves = self->moves.used;
    Step *step = append(&self->steps, sizeof(Step), 1);
    if (!step) return -1;
    int64_t before = *out;
    self->first_pair = moving ? pairs : 0;
    self->steps.used -= !moving;
    for (int64_t k = 1; k <= loop->n[1]; k++)
        if (append_step(self, from, loop + k, out, moving) < 0) return -1;
    self->first_pair = 0;
    if (!moving) return 0;
    pairs = self->pairs.used - pairs;
    ITEMS(self->steps, Step)[at] = (Step){.how = REPEAT, .times = (uint32_t)loop->n[0], .at = moves,
                                          .steps = self->steps.used - at - 1, .first = self->pairs.used - pairs,
                                          .pairs = pairs};
    self->moving = pairs > self->moving ? pairs : self->moving;
    *out = before + (*out - before) * loop->n[0];
    return 0;
}

static int append_steps(Kernel *self, const Source *from) {
    int64_t out = (int64_t)from->first;
    for (size_t at = 0; at < from->steps; at++) {
        const Record *r = from->step + at;
        int loop = r->form == FROM_LOOP;
        if (loop ? append_loop(self, from, r, &out) < 0 : append_step(self, from, r, &out, 0) < 0) return -1;
        if (loop) at += (size_t)r->n[1];
    }
    return 0;
}

/* Read records of int64; 0 and an exception if they are no whole records. */
static void *records(PyObject *from, const char *name, size_t size, size_t *count) {
    size_t numbers;
    void *items = copied(from, name, 'q', &numbers);
    *count = numbers / (size / 8);
    if (items && numbers % (size / 8)) {
        refuse("%s must be records of %zu numbers, got %zu numbers", name, size / 8, numbers);
        PyMem_RawFree(items);
        return NULL;
    }
    return items;
}

static int read_source(Kernel *self, Source *from, PyObject *const *parts) {
    return (self->constant = from->constant = copied(parts[0], "constants", 'd', &from->constants)) &&
                   (from->step = records(parts[1], "steps", sizeof(Record), &from->steps)) &&
                   (from->piece = records(parts[2], "pieces", sizeof(Piece), &from->pieces)) &&
                   (from->tail = records(parts[3], "tails", sizeof(Tail), &from->tails)) &&
                   (from->index = copied(parts[4], "index", 'I', &from->indexes)) &&
                   (from->end = copied(parts[5], "ends", 'I', &from->rows)) &&
                   (from->left = copied(parts[6], "left", 'I', &from->lefts)) &&
                   (from->right = copied(parts[7], "right", 'I', &from->rights)) &&
                   (from->left_move = copied(parts[8], "left_moves", 'q', &from->left_moves)) &&
                   (from->right_move = copied(parts[9], "right_moves", 'q', &from->right_moves)) &&
                   (self->output = from->output = copied(parts[10], "outputs", 'I', &from->outputs))
               ? 0
               : -1;
}

static int load_source(Kernel *self, Source *from, long long inputs, long long slots, int wide) {
    from->first = 1 + (size_t)inputs + from->constants;
    if (check(from, inputs, slots) < 0) return -1;
    self->inputs = (uint32_t)inputs, self->constants = (uint32_t)from->constants, self->slots = (uint32_t)slots;
    self->outputs = from->outputs, self->wide = (char)wide;
    if (append_steps(self, from) < 0 || append_outputs(self, from) < 0) return -1;
    size_t moving = self->moving, shifted = self->shifted / sizeof(double) + 1;
    settle(self);
    self->shifted = self->moving + moving;
    self->memory = self->shifted + shifted;
    return 0;
}

static void free_source(Source *from) {
    PyMem_RawFree(from->step), PyMem_RawFree(from->piece), PyMem_RawFree(from->tail), PyMem_RawFree(from->index);
    PyMem_RawFree(from->end), PyMem_RawFree(from->left), PyMem_RawFree(from->right);
    PyMem_RawFree(from->left_move), PyMem_RawFree(from->right_move);
}

#endif
