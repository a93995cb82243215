/* A training step as one call: from arrays of known shapes to the value and a new array for the gradient.

    shortcut = Shortcut(kernel, holds, arrays, empty, grads, flipped, table)
    shortcut(theta, *others)

It has the results if all is as it was when it was made, and None if not: then the call goes the long way. */

#ifndef MICROGRAD_STEPPING_H
#define MICROGRAD_STEPPING_H

#include "_ndarrays.h"
#include "_running.h"

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    Kernel *kernel;
    PyObject *holds;         /* says whether all that the function reads is as it was */
    PyObject *empty, *count; /* makes the gradient, an array of so many numbers */
    MakeArray make;          /* the same, more quickly, or NULL */
    PyObject *kind, *dtype;  /* the type of the arrays, and what they hold; no dtype: they are read as buffers */
    Py_ssize_t *shapes;      /* of the gradient, of theta, and of the others; one behind another */
    size_t arrays, grads, flipped;
    Py_ssize_t taken;
} Shortcut;

/* The numbers of an array of this kind and shape; 0 if it is anything else. */
static int get_array(const Shortcut *self, PyObject *from, Py_buffer *view, const Py_ssize_t *shape) {
    if ((PyObject *)Py_TYPE(from) != self->kind) return 0;
    if (self->dtype && (view->buf = numbers_of(from, self->dtype, IN_ROWS | ALIGNED, shape))) {
        view->obj = NULL, view->len = sizeof(double);
        for (Py_ssize_t k = 1; k <= *shape; k++) view->len *= shape[k];
        return 1;
    }
    if (PyObject_GetBuffer(from, view, PyBUF_ND | PyBUF_FORMAT) < 0) return PyErr_Clear(), 0;
    if (view->format && view->format[0] == 'd' && !view->format[1] && has_shape(shape, view->ndim, view->shape)) return 1;
    PyBuffer_Release(view);
    return 0;
}

/* A new array for the gradient, and its numbers. */
static PyObject *new_gradient(const Shortcut *self, Py_buffer *view) {
    PyObject *array = self->make ? self->make((PyTypeObject *)self->kind, Py_NewRef(self->dtype), 1, self->shapes + 1,
                                              NULL, NULL, 0, NULL)
                                 : PyObject_CallOneArg(self->empty, self->count);
    if (!array) return NULL;
    *view = (Py_buffer){0};
    if (self->dtype && (PyObject *)Py_TYPE(array) == self->kind)
        view->buf = numbers_of(array, self->dtype, IN_ROWS | ALIGNED | WRITABLE, self->shapes);
    if (!view->buf) {
        int failed = get_buffer(array, view, "the gradient", 'd', 1);
        if (!failed && view->len / sizeof(double) != self->grads - 1) {
            failed = refuse("the gradient must have %zu numbers", self->grads - 1);
            PyBuffer_Release(view);
        }
        if (failed) Py_CLEAR(array);
    }
    return array;
}

/* The value and the gradient, which lies behind `out`, from slots; None if the output that must be 0 is not. */
static PyObject *results_of(const Shortcut *self, const double *u, PyObject *gradient, char *out) {
    const Kernel *kernel = self->kernel;
    if (self->flipped && u[kernel->output[self->flipped]] != 0) Py_RETURN_NONE;
    (kernel->wide ? copy_outputs_wide : copy_outputs_narrow)(kernel, out, u, 1, self->grads, 0.0,
                                                             outputs_at(kernel, out, self->grads) != NULL);
    PyObject *value = PyFloat_FromDouble(u[kernel->output[0]]), *both = value ? PyTuple_New(2) : NULL;
    if (!both) return Py_XDECREF(value), NULL;
    PyTuple_SET_ITEM(both, 0, value), PyTuple_SET_ITEM(both, 1, Py_NewRef(gradient));
    return both;
}

/* The arrays come after theta, and their numbers before its. Between reading them and computing, no other code runs. */
static PyObject *step_on(Shortcut *self, PyObject *const *args, PyObject *gradient, char *out) {
    Py_buffer few[8], *views = self->arrays <= 8 ? few : PyMem_New(Py_buffer, self->arrays);
    if (!views) return PyErr_NoMemory();
    const Py_ssize_t *shape = self->shapes;
    size_t held = 0, last = self->arrays - 1;
    PyObject *done = NULL;
    Py_buffer theta;
    shape += 1 + *shape;
    if (get_array(self, args[0], &theta, shape)) {
        for (shape += 1 + *shape; held < last && get_array(self, args[1 + held], views + held, shape); held++)
            shape += 1 + *shape;
        if (held == last) {
            views[last] = theta;
            Scratch *it = compute(self->kernel, views, self->arrays, outputs_at(self->kernel, out, self->grads));
            if (it) done = results_of(self, it->slots, gradient, out), give_back(self->kernel, it);
        } else
            done = Py_NewRef(Py_None);
        PyBuffer_Release(&theta);
    } else
        done = Py_NewRef(Py_None);
    while (held) PyBuffer_Release(views + --held);
    if (views != few) PyMem_Free(views);
    return done;
}

/* The gradient is made first: that may run other code. */
static PyObject *shortcut_call(PyObject *callable, PyObject *const *args, size_t flags, PyObject *keywords) {
    Shortcut *self = (Shortcut *)callable;
    if ((size_t)PyVectorcall_NARGS(flags) != self->arrays || (keywords && PyTuple_GET_SIZE(keywords))) Py_RETURN_NONE;
    Py_buffer view;
    PyObject *gradient = new_gradient(self, &view), *answer = gradient ? PyObject_CallNoArgs(self->holds) : NULL;
    PyObject *done = answer == Py_True ? step_on(self, args, gradient, (char *)view.buf - sizeof(double))
                     : answer          ? Py_NewRef(Py_None)
                                       : NULL;
    Py_XDECREF(answer);
    if (gradient) PyBuffer_Release(&view), Py_DECREF(gradient);
    if (done && done != Py_None) self->taken++;
    return done;
}

/* ---- the type */

static void kernel_dealloc(Kernel *self);

/* The shapes of the gradient and of these arrays; whether they lie as expected. */
static int note_shapes(Shortcut *self, PyObject *arrays) {
    size_t room = 2, total = 0;
    for (size_t k = 0; k < self->arrays; k++) {
        Py_buffer view;
        if (get_buffer(PyTuple_GET_ITEM(arrays, k), &view, "an array", 'd', 0) < 0) return -1;
        room += 1 + view.ndim;
        PyBuffer_Release(&view);
    }
    Py_ssize_t *at = self->shapes = PyMem_New(Py_ssize_t, room);
    if (!at) return PyErr_NoMemory(), -1;
    *at++ = 1, *at++ = self->grads - 1;
    int lie = 1;
    for (size_t k = 0; k < self->arrays; k++) {
        PyObject *array = PyTuple_GET_ITEM(arrays, k);
        Py_buffer view;
        if (get_buffer(array, &view, "an array", 'd', 0) < 0) return -1;
        if ((size_t)(at - self->shapes) + 1 + view.ndim > room || (PyObject *)Py_TYPE(array) != self->kind) {
            PyBuffer_Release(&view);
            return refuse("arrays must be of one type, and keep their shapes");
        }
        lie = lie && lies_as_expected(array, &view);
        *at++ = view.ndim;
        for (int d = 0; d < view.ndim; d++) *at++ = view.shape[d];
        total += view.len / sizeof(double);
        PyBuffer_Release(&view);
    }
    if (lie) self->dtype = Py_NewRef(((Ndarray *)PyTuple_GET_ITEM(arrays, 0))->dtype);
    return total == self->kernel->inputs ? 0 : refuse("the arrays must have %zu numbers together, got %zu",
                                                      (size_t)self->kernel->inputs, total);
}

static PyObject *shortcut_new(PyTypeObject *type, PyObject *args, PyObject *keywords) {
    PyObject *kernel, *holds, *arrays, *empty, *table = Py_None;
    Py_ssize_t grads, flipped;
    if (keywords && PyDict_GET_SIZE(keywords)) return PyErr_Format(PyExc_TypeError, "Shortcut takes no keywords");
    if (!PyArg_ParseTuple(args, "OOO!Onn|O:Shortcut", &kernel, &holds, &PyTuple_Type, &arrays, &empty, &grads, &flipped,
                          &table))
        return NULL;
    if (Py_TYPE(kernel)->tp_dealloc != (destructor)kernel_dealloc || !PyTuple_GET_SIZE(arrays))
        return PyErr_Format(PyExc_TypeError, "Shortcut takes a Kernel, and a tuple of theta and the other arrays");
    size_t outputs = ((Kernel *)kernel)->outputs;
    if (grads < 1 || flipped < 0 || (size_t)grads > outputs || (size_t)flipped >= outputs)
        return refuse("the gradient ends at output %zd, and output %zd must be 0, of %zu", grads, flipped, outputs), NULL;
    Shortcut *self = (Shortcut *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->call = shortcut_call, self->grads = grads, self->flipped = flipped, self->arrays = PyTuple_GET_SIZE(arrays);
    self->kernel = (Kernel *)Py_NewRef(kernel), self->holds = Py_NewRef(holds), self->empty = Py_NewRef(empty);
    self->kind = Py_NewRef((PyObject *)Py_TYPE(PyTuple_GET_ITEM(arrays, 0)));
    self->count = PyLong_FromSsize_t(grads - 1);
    if (!self->count || note_shapes(self, arrays) < 0) Py_CLEAR(self);
    if (self && self->dtype) self->make = maker_in(table);
    return (PyObject *)self;
}

static int shortcut_traverse(Shortcut *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->holds);
    Py_VISIT(self->empty);
    Py_VISIT(self->kind);
    return 0;
}

/* A circle through a shortcut has another object in it that lets go: the watch, or the function itself. */
static void shortcut_dealloc(Shortcut *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_XDECREF(self->kernel), Py_XDECREF(self->holds), Py_XDECREF(self->empty), Py_XDECREF(self->count);
    Py_XDECREF(self->kind), Py_XDECREF(self->dtype);
    PyMem_Free(self->shapes);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMemberDef shortcut_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Shortcut, call), READONLY, NULL},
    {"taken", T_PYSSIZET, offsetof(Shortcut, taken), 0, "how many calls have taken it since this was set"},
    {0},
};

static PyType_Slot shortcut_slots[] = {
    {Py_tp_new, shortcut_new},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_traverse, shortcut_traverse},
    {Py_tp_dealloc, shortcut_dealloc},
    {Py_tp_members, shortcut_members},
    {Py_tp_doc, "Shortcut(kernel, holds, arrays, empty, grads, flipped, table=None)\n\n"
                "A function of arrays of float64 like those given, theta first: the first output and the gradient behind\n"
                "it, which ends at `grads`, as an array that `empty` makes, or NumPy's own table of functions. None if\n"
                "`holds` says no, if the arrays are others, or if the output `flipped` is not 0, unless that is 0."},
    {0},
};

static PyType_Spec shortcut_spec = {
    "micrograd.compiler.backends._kernel.Shortcut", sizeof(Shortcut), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL, shortcut_slots,
};

#endif
