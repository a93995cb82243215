/* Many examples: a program that computes some of them in lanes (see `stages/batch.py`) goes through all of them. */

#ifndef MICROGRAD_BATCH_H
#define MICROGRAD_BATCH_H

#include "_running.h"

typedef struct { /* so many numbers of each example, and the first slot for them */
    const double *from;
    size_t width, to;
} Column;

typedef struct {
    size_t lanes, first, count, all, sums, kept, given, columns; /* count examples from the first on, of all */
    double *sum, *each; /* sums so far, and then; the outputs kept, of each those of all examples */
    const double *same;
    Column *column;
    char *together, sums_together; /* of each output kept, whether it lies side by side, and whether the sums do */
} Batch;

static void copy_beside(const Kernel *self, double *to, const double *from, size_t n) {
    (self->wide ? copy_numbers_wide : copy_numbers_narrow)((char *)to, (const char *)from, n, -0.0);
}

/* The numbers of some examples, each beside those of the others. */
static void deal(const Kernel *self, double *u, const Column *column, size_t at, size_t lanes) {
    const double *x = column->from + at * column->width;
    double *to = u + column->to;
    if (column->width == 1)
        copy_beside(self, to, x, lanes);
    else {
        const ptrdiff_t width = (ptrdiff_t)column->width;
        const Copy turned = {.how = STRIDED, .outer = 1, .rows = 1, .lanes = (uint32_t)lanes, .terms = (uint32_t)width,
                             .from = {.lane = width, .along = 1}};
        (self->wide ? copy_strided_wide : copy_strided_narrow)(&turned, x, to);
    }
}

/* Whether so many outputs lie side by side. */
static char lies_together(const uint32_t *output, size_t n) {
    size_t k = 1;
    while (k < n && output[k] == output[0] + k) k++;
    return k >= n;
}

static void run_examples(const Kernel *self, const Batch *batch, double *u) {
    double *sum = u + 1 + batch->given, *each = batch->each;
    const uint32_t *output = self->output;
    const Step *steps = self->steps.items, *end = steps + self->steps.used;
    if (batch->given) memcpy(u + 1, batch->same, batch->given * sizeof(double));
    if (batch->sums) memcpy(sum, batch->sum, batch->sums * sizeof(double));
    for (size_t at = 0; at < batch->count; at += batch->lanes) {
        for (size_t k = 0; k < batch->columns; k++) deal(self, u, batch->column + k, at, batch->lanes);
        (self->wide ? run_steps_wide : run_steps_narrow)(self, steps, end, u, NULL);
        if (batch->sums && batch->sums_together)
            memcpy(sum, u + output[0], batch->sums * sizeof(double));
        else
            for (size_t k = 0; k < batch->sums; k++) sum[k] = u[output[k]];
        for (size_t k = 0; k < batch->kept; k++) {
            double *to = each + k * batch->all + batch->first + at;
            const uint32_t *from = output + batch->sums + k * batch->lanes;
            if (batch->together[k])
                copy_beside(self, to, u + *from, batch->lanes);
            else
                for (size_t e = 0; e < batch->lanes; e++) to[e] = u[from[e]];
        }
    }
    if (batch->sums) memcpy(batch->sum, sum, batch->sums * sizeof(double));
}

/* Check the sizes: views are the sums, the outputs kept, the inputs that do not vary, and the columns. */
static int read_batch(const Kernel *self, Batch *batch, const Py_buffer *views) {
    const size_t size = sizeof(double);
    batch->sum = views[0].buf, batch->each = views[1].buf, batch->same = views[2].buf;
    batch->sums = views[0].len / size, batch->given = views[2].len / size;
    size_t lanes = batch->lanes, count = batch->count, to = 1 + batch->given + batch->sums;
    if (!lanes || count % lanes) return refuse("there must be a multiple of %zu examples, got %zu", lanes, count);
    size_t left = self->outputs - batch->sums;
    if (batch->sums > self->outputs || left % lanes)
        return refuse("there are %zu outputs, got %zu sums and %zu lanes", self->outputs, batch->sums, lanes);
    batch->kept = left / lanes;
    size_t each = views[1].len / size;
    batch->all = batch->kept ? each / batch->kept : 0;
    if (batch->kept ? each % batch->kept || batch->first > batch->all || count > batch->all - batch->first : each)
        return refuse("%zu outputs of %zu examples from %zu on are kept, got %zu numbers", batch->kept, count,
                      batch->first, each);
    for (size_t k = 0; k < batch->columns; k++) {
        size_t numbers = views[3 + k].len / size;
        if (count ? numbers % count : numbers)
            return refuse("a column has as many numbers for each of %zu examples, got %zu", count, numbers);
        size_t width = count ? numbers / count : 0;
        batch->column[k] = (Column){views[3 + k].buf, width, to};
        to += width * lanes; /* no more than there are numbers */
    }
    if (to != 1 + (size_t)self->inputs) return refuse("the program has %u inputs, got %zu", self->inputs, to - 1);
    batch->together = PyMem_Malloc(batch->kept + 1);
    if (!batch->together) return PyErr_NoMemory(), -1;
    batch->sums_together = lies_together(self->output, batch->sums);
    for (size_t k = 0; k < batch->kept; k++)
        batch->together[k] = lies_together(self->output + batch->sums + k * lanes, lanes);
    return 0;
}

static PyObject *run_batch(Kernel *self, Batch *batch, const Py_buffer *views) {
    if (read_batch(self, batch, views) < 0) return NULL;
    Scratch *it = take(self);
    if (!it) return NULL;
    PyThreadState *released = self->terms * (batch->count / batch->lanes) < LONG_RUN ? NULL : PyEval_SaveThread();
    run_examples(self, batch, it->slots);
    if (released) PyEval_RestoreThread(released);
    give_back(self, it);
    Py_RETURN_NONE;
}

static PyObject *kernel_run_batch(Kernel *self, PyObject *const *args, Py_ssize_t n) {
    if (n < 6)
        return PyErr_Format(PyExc_TypeError, "run_batch takes lanes, first, count, sums, each, given and columns");
    Batch batch = {0};
    size_t *const numbers[] = {&batch.lanes, &batch.first, &batch.count};
    for (int k = 0; k < 3; k++) {
        *numbers[k] = PyLong_AsSize_t(args[k]);
        if (*numbers[k] == (size_t)-1 && PyErr_Occurred()) return NULL;
    }
    batch.columns = n - 6;
    Py_buffer *views = PyMem_New(Py_buffer, n - 3);
    batch.column = PyMem_New(Column, n - 3);
    if (!views || !batch.column) return PyMem_Free(views), PyMem_Free(batch.column), PyErr_NoMemory();
    static const char *const names[] = {"sums", "each", "given"};
    Py_ssize_t held = 0;
    for (; held < n - 3; held++)
        if (get_buffer(args[3 + held], views + held, held < 3 ? names[held] : "a column", 'd', held < 2) < 0) break;
    PyObject *done = held == n - 3 ? run_batch(self, &batch, views) : NULL;
    while (held) PyBuffer_Release(views + --held);
    PyMem_Free(views), PyMem_Free(batch.column), PyMem_Free(batch.together);
    return done;
}

#endif
