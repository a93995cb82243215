/* Loading the outputs. A matrix product whose results are outputs that no step reads can be written where they are wanted,
if they are of a gradient: its sums begin at 0 there, which makes 0 of -0. The others are copied, in runs. */

#ifndef MICROGRAD_OUTPUTS_H
#define MICROGRAD_OUTPUTS_H

#include "_program.h"

/* Count the slots that a view names: of each row those between the first and the last, as changes from slot to slot. */
static void count_read(const Record *r, const View *view, int64_t terms, int32_t *change) {
    int64_t lanes = view->stride[2] * (r->n[2] - 1), along = view->along * (terms - 1);
    for (int64_t o = 0; !view->indexed && o < (view->stride[0] ? r->n[0] : 1); o++)
        for (int64_t i = 0; i < (view->stride[1] ? r->n[1] : 1); i++) {
            int64_t first = view->base + o * view->stride[0] + i * view->stride[1];
            change[first + (lanes < 0 ? lanes : 0) + (along < 0 ? along : 0)]++;
            change[first + (lanes > 0 ? lanes : 0) + (along > 0 ? along : 0) + 1]--;
        }
}

/* Of each slot the only output that it is, if no step reads it; else 0, as for output 0 itself. NULL: no memory. */
static uint32_t *outputs_alone(const Source *from, size_t slots) {
    int32_t *change = PyMem_RawCalloc(slots + 1, sizeof(int32_t)), read = 0;
    uint32_t *only = PyMem_RawCalloc(slots + 1, sizeof(uint32_t));
    if (!change || !only) return PyMem_RawFree(change), PyMem_RawFree(only), (uint32_t *)PyErr_NoMemory();
#define READ(slot) (change[slot]++, change[(size_t)(slot) + 1]--)
    for (size_t i = 0; i < from->indexes; i++)
        if (from->index[i] < slots) READ(from->index[i]);
    for (size_t i = 0; i < from->lefts; i++)
        if (from->left[i] < slots && from->right[i] < slots) READ(from->left[i]), READ(from->right[i]);
    for (const Record *r = from->step; r < from->step + from->steps; r++) {
        if (r->form != FROM_BLOCK) continue;
        for (const Piece *p = from->piece + r->first; p < from->piece + r->last; p++)
            count_read(r, &p->left, p->terms, change), count_read(r, &p->right, p->terms, change);
        for (const Tail *t = from->tail + r->tail; t < from->tail + r->tails; t++) count_read(r, &t->other, 1, change);
    }
    for (size_t i = 0; i < from->outputs; i++) {
        uint32_t slot = from->output[i];
        if (only[slot] || !i) READ(slot);
        only[slot] = (uint32_t)i;
    }
#undef READ
    for (size_t slot = 0; slot < slots; slot++)
        if ((read += change[slot])) only[slot] = 0;
    PyMem_RawFree(change);
    return only;
}

/* Whether the results of a block are such outputs, each lane the next one, and all rows equally far apart. */
static int is_output(const Block *b, const uint32_t *only, ptrdiff_t *outer, ptrdiff_t *row) {
    const uint32_t *at = only + b->ready.out, first = *at;
    *outer = b->outer > 1 ? (ptrdiff_t)at[b->out_outer] - first : 0, *row = (ptrdiff_t)at[b->ready.out_row] - first;
    for (ptrdiff_t o = 0; o < b->outer; o++)
        for (ptrdiff_t i = 0; i < b->ready.rows; i++)
            for (ptrdiff_t j = 0; j < b->ready.lanes; j++) {
                uint32_t output = at[o * b->out_outer + i * b->ready.out_row + j];
                if (!output || output != first + o * *outer + i * *row + j) return 0;
            }
    return 1;
}

/* Find the blocks that write outputs, which `written` tells; no program with a loop has any. */
static int find_written(Kernel *self, const Source *from, char *written) {
    for (size_t k = 0; k < self->steps.used; k++)
        if (ITEMS(self->steps, Step)[k].how == REPEAT) return 0;
    uint32_t *only = outputs_alone(from, self->slots);
    if (!only) return -1;
    for (Block *b = self->blocks.items, *end = b + self->blocks.used; b < end; b++) {
        size_t parts = b->end - b->parts;
        ptrdiff_t outer, row;
        if (b->ready.product != (int)parts || !parts || ITEMS(self->parts, Part)[b->parts].how != SHARED ||
            b->last > b->finishes || !b->ready.stored || !is_output(b, only, &outer, &row))
            continue;
        b->output = only[b->ready.out], b->output_outer = outer, b->output_row = row;
        for (ptrdiff_t o = 0; o < b->outer; o++)
            for (ptrdiff_t i = 0; i < b->ready.rows; i++) {
                size_t first = b->output + o * outer + i * row;
                memset(written + first, 1, b->ready.lanes);
                if (first + b->ready.lanes > self->written) self->written = first + b->ready.lanes;
            }
    }
    PyMem_RawFree(only);
    return 0;
}

#define SHORTEST_RUN 8 /* outputs that are copied at once */

/* Append the runs of outputs in consecutive slots, or all in one, and between them those that are copied one by one. */
static int append_runs(Kernel *self, const Source *from, const char *written) {
    const uint32_t *output = from->output;
    for (size_t i = 0, n; i < from->outputs; i += n) {
        uint32_t step = i + 1 < from->outputs ? output[i + 1] - output[i] : 2;
        for (n = 1; step <= 1 && i + n < from->outputs && output[i + n] == output[i + n - 1] + step &&
                    written[i + n] == written[i];)
            n++;
        int how = n < SHORTEST_RUN ? APART : step ? TOGETHER : EQUALS;
        Run *last = self->runs.used ? ITEMS(self->runs, Run) + self->runs.used - 1 : NULL;
        if (how == APART && last && last->how == APART && last->written == written[i]) {
            last->count += (uint32_t)n;
            continue;
        }
        Run *run = append(&self->runs, sizeof(Run), 1);
        if (!run) return -1;
        *run = (Run){output[i], (uint32_t)n, how, written[i]};
    }
    return 0;
}

static int append_outputs(Kernel *self, const Source *from) {
    char *written = PyMem_RawCalloc(from->outputs + 1, 1);
    if (!written) return PyErr_NoMemory(), -1;
    int failed = find_written(self, from, written) < 0 || append_runs(self, from, written) < 0;
    PyMem_RawFree(written);
    return failed ? -1 : 0;
}

#endif
