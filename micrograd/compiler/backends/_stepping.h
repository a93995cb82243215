/* A training step as one call: from arrays of known shapes to the value and a new array for the gradient. */

#ifndef MICROGRAD_STEPPING_H
#define MICROGRAD_STEPPING_H

#include "_running.h"

typedef struct { /* what a caller knows about its calls */
    PyObject *kind, *shapes, *empty; /* the type of an array; its shapes, theirs last; makes an array of n floats */
    size_t grads, flipped;           /* the end of the gradient; the output that must be 0, or 0 */
} Form;

static int has_shape(const Py_buffer *view, PyObject *shape) {
    if (PyTuple_GET_SIZE(shape) != view->ndim) return 0;
    for (int k = 0; k < view->ndim; k++)
        if (PyLong_AsSsize_t(PyTuple_GET_ITEM(shape, k)) != view->shape[k]) return 0;
    return 1;
}

/* The buffer of an array of floats of this kind and shape; 0 if it is anything else. */
static int get_array(PyObject *from, Py_buffer *view, PyObject *kind, PyObject *shape) {
    if ((PyObject *)Py_TYPE(from) != kind) return 0;
    if (PyObject_GetBuffer(from, view, PyBUF_ND | PyBUF_FORMAT) < 0) return PyErr_Clear(), 0;
    if (view->format && view->format[0] == 'd' && !view->format[1] && has_shape(view, shape)) return 1;
    PyBuffer_Release(view);
    return 0;
}

/* The value and the gradient from slots; None if the output that must be 0 is not. */
static PyObject *results_of(const Kernel *self, const Form *form, const double *u) {
    if (form->flipped && u[self->output[form->flipped]] != 0) Py_RETURN_NONE;
    PyObject *count = PyLong_FromSize_t(form->grads - 1), *value = PyFloat_FromDouble(u[self->output[0]]);
    PyObject *gradient = count ? PyObject_CallOneArg(form->empty, count) : NULL, *both = NULL;
    Py_buffer out;
    if (gradient && value && get_buffer(gradient, &out, "the gradient", 'd', 1) == 0) {
        if (out.len / sizeof(double) != form->grads - 1)
            refuse("the gradient must have %zu numbers", form->grads - 1);
        else
            (self->wide ? copy_outputs_wide : copy_outputs_narrow)(self, (char *)out.buf - sizeof(double), u, 1,
                                                                   form->grads, 0.0),
                both = Py_None;
        PyBuffer_Release(&out);
    }
    if (both) both = PyTuple_Pack(2, value, gradient);
    Py_XDECREF(count), Py_XDECREF(value), Py_XDECREF(gradient);
    return both;
}

static PyObject *step_on(Kernel *self, const Form *form, PyObject *const *arrays, Py_ssize_t n, PyObject *theta) {
    Py_buffer few[8], *views = n < 8 ? few : PyMem_New(Py_buffer, n + 1);
    if (!views) return PyErr_NoMemory();
    size_t held = 0, total = 0;
    PyObject *done = NULL;
    for (Py_ssize_t k = 0; k <= n; k++, held++) {
        if (!get_array(k < n ? arrays[k] : theta, views + k, form->kind, PyTuple_GET_ITEM(form->shapes, k))) break;
        total += views[k].len / sizeof(double);
    }
    if (held > (size_t)n && total == self->inputs) {
        Scratch *it = compute(self, views, n + 1);
        if (it) done = results_of(self, form, it->slots), give_back(self, it);
    } else
        done = Py_NewRef(Py_None);
    while (held) PyBuffer_Release(views + --held);
    if (views != few) PyMem_Free(views);
    return done;
}

static PyObject *kernel_step(Kernel *self, PyObject *const *args, Py_ssize_t n) {
    Form form;
    Py_ssize_t grads, flipped;
    if (n != 3 || !PyTuple_Check(args[0]) || !PyTuple_Check(args[1]))
        return PyErr_Format(PyExc_TypeError, "step takes the form of a call, a tuple of arrays, and theta");
    if (!PyArg_ParseTuple(args[0], "OO!Onn:step", &form.kind, &PyTuple_Type, &form.shapes, &form.empty, &grads, &flipped))
        return NULL;
    if (grads < 1 || flipped < 0 || (size_t)grads > self->outputs || (size_t)flipped >= self->outputs)
        return refuse("the gradient ends at output %zd, and output %zd must be 0, of %zu", grads, flipped, self->outputs),
               NULL;
    form.grads = grads, form.flipped = flipped;
    Py_ssize_t arrays = PyTuple_GET_SIZE(args[1]);
    if (PyTuple_GET_SIZE(form.shapes) != arrays + 1) Py_RETURN_NONE;
    for (Py_ssize_t k = 0; k <= arrays; k++)
        if (!PyTuple_Check(PyTuple_GET_ITEM(form.shapes, k)))
            return PyErr_Format(PyExc_TypeError, "a shape must be a tuple");
    return step_on(self, &form, ((PyTupleObject *)args[1])->ob_item, arrays, args[2]);
}

#endif
