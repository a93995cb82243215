/* Calls: from buffers that hold the inputs to one that gets the outputs. */

#ifndef MICROGRAD_RUNNING_H
#define MICROGRAD_RUNNING_H

#include "_program.h"

#ifdef Py_GIL_DISABLED
#define LOCKED(statement) (PyMutex_Lock(&self->lock), statement, PyMutex_Unlock(&self->lock))
#else
#define LOCKED(statement) (statement)
#endif

static void give_back(Kernel *self, Scratch *it) { LOCKED((it->next = self->free, self->free = it)); }

/* The slots of this call, with the constants in them. */
static Scratch *take(Kernel *self) {
    Scratch *it;
    LOCKED((it = self->free, self->free = it ? it->next : NULL));
    if (it) return it;
    it = PyMem_RawCalloc(1, sizeof(Scratch) + (self->memory + 2 * PAD) * sizeof(double));
    if (!it) return (Scratch *)PyErr_NoMemory();
    double *behind = (double *)(it + 1);
    it->slots = behind + (PAD - (uintptr_t)behind / sizeof(double) % PAD) + (PAD - self->aligned);
    it->slots[0] = 1;
    if (self->constants) memcpy(it->slots + 1 + self->inputs, self->constant, self->constants * sizeof(double));
    return it;
}

#define LONG_RUN 100000 /* terms: from this many on it pays to release the GIL */

/* Where blocks can write outputs, of which those before `grads` are a gradient: NULL, if they cannot. */
static double *outputs_at(const Kernel *self, char *out, size_t grads) {
    return self->written && grads >= self->written && (uintptr_t)out % sizeof(double) == 0 ? (double *)out : NULL;
}

/* The slots, once everything has been computed from these inputs. */
static Scratch *compute(Kernel *self, const Py_buffer *inputs, Py_ssize_t n, double *outputs) {
    Scratch *it = take(self);
    if (!it) return NULL;
    double *u = it->slots, *next = u + 1;
    for (Py_ssize_t i = 0; i < n; i++) {
        size_t count = inputs[i].len / sizeof(double);
        (self->wide ? copy_numbers_wide : copy_numbers_narrow)((char *)next, inputs[i].buf, count, -0.0);
        next += count;
    }
    PyThreadState *released = self->terms < LONG_RUN ? NULL : PyEval_SaveThread();
    const Step *steps = self->steps.items;
    (self->wide ? run_steps_wide : run_steps_narrow)(self, steps, steps + self->steps.used, u, outputs);
    if (released) PyEval_RestoreThread(released);
    return it;
}

static PyObject *run_on(Kernel *self, const Py_buffer *views, Py_ssize_t n, size_t grads) {
    char *out = views[0].buf;
    double *outputs = outputs_at(self, out, grads);
    Scratch *it = compute(self, views + 1, n - 1, outputs);
    if (!it) return NULL;
    const double *u = it->slots;
    void (*copy)(const Kernel *, char *, const double *, size_t, size_t, double, int) =
        self->wide ? copy_outputs_wide : copy_outputs_narrow;
    if (grads) {
        copy(self, out, u, 0, 1, -0.0, 0);
        copy(self, out, u, 1, grads, 0.0, outputs != NULL);
    }
    copy(self, out, u, grads, self->outputs, -0.0, 0);
    give_back(self, it);
    Py_RETURN_NONE;
}

static PyObject *run(Kernel *self, PyObject *const *args, Py_ssize_t n, size_t grads) {
    if (n < 1) return PyErr_Format(PyExc_TypeError, "run takes the buffer for the results, then those of the inputs");
    Py_buffer few[8], *views = n <= 8 ? few : PyMem_New(Py_buffer, n);
    if (!views) return PyErr_NoMemory();
    PyObject *done = NULL;
    Py_ssize_t held = 0, total = 0;
    for (; held < n; held++) {
        if (get_buffer(args[held], views + held, held ? "an input" : "out", 'd', !held) < 0) goto release;
        if (held) total += views[held].len / sizeof(double);
    }
    if (total != (Py_ssize_t)self->inputs)
        refuse("the inputs must have %zu numbers together, got %zd", (size_t)self->inputs, total);
    else if (views[0].len / sizeof(double) != self->outputs)
        refuse("out must have %zu numbers, got %zd", (size_t)self->outputs, views[0].len / sizeof(double));
    else if (grads > self->outputs)
        refuse("the gradient ends at output %zu, but there are %zu", grads, self->outputs);
    else
        done = run_on(self, views, n, grads);
release:
    while (held) PyBuffer_Release(views + --held);
    if (views != few) PyMem_Free(views);
    return done;
}

static PyObject *kernel_run(Kernel *self, PyObject *const *args, Py_ssize_t n) { return run(self, args, n, 0); }

static PyObject *kernel_run_with_gradient(Kernel *self, PyObject *const *args, Py_ssize_t n) {
    if (n < 1) return PyErr_Format(PyExc_TypeError, "run_with_gradient takes the end of the gradient first");
    Py_ssize_t end = PyLong_AsSsize_t(args[0]);
    if (end == -1 && PyErr_Occurred()) return NULL;
    if (end < 1) return refuse("the gradient begins at output 1, got the end %zd", end), NULL;
    return run(self, args + 1, n - 1, (size_t)end);
}

#endif
