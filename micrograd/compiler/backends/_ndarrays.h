/* Arrays of NumPy, read where they lie. As a buffer, an array describes itself anew at each call, which takes longer than
a small program. How it begins is part of NumPy's binary interface, on which all extensions rely that were built with
its headers. This one was not: so each shape of array is tried first, and what looks otherwise is asked for a buffer. */

#ifndef MICROGRAD_NDARRAYS_H
#define MICROGRAD_NDARRAYS_H

#include "_buffers.h"

typedef struct {
    PyObject_HEAD
    char *data;
    int dimensions;
    Py_ssize_t *shape, *strides;
    PyObject *base, *dtype;
    int flags;
} Ndarray;

enum { IN_ROWS = 0x1, ALIGNED = 0x100, WRITABLE = 0x400 }; /* its flags */

static int attribute_is(PyObject *from, const char *name, const PyObject *expected) {
    PyObject *found = PyObject_GetAttrString(from, name);
    int same = found == expected;
    Py_XDECREF(found);
    return same;
}

static int number_is(PyObject *from, const char *name, const char *part, long expected) {
    PyObject *whole = PyObject_GetAttrString(from, name), *found = whole ? PyObject_GetAttrString(whole, part) : NULL;
    int same = found && PyLong_Check(found) && PyLong_AsLong(found) == expected;
    Py_XDECREF(whole), Py_XDECREF(found);
    return same;
}

/* Whether an array lies in memory as its buffer, its dtype and its flags say that it does. */
static int lies_as_expected(PyObject *from, const Py_buffer *view) {
#ifdef Py_GIL_DISABLED /* another thread may change its shape meanwhile */
    return 0;
#else
    const Ndarray *x = (const Ndarray *)from;
    if (Py_TYPE(from)->tp_basicsize < (Py_ssize_t)sizeof(Ndarray)) return 0;
    if (x->data != view->buf || x->dimensions != view->ndim) return 0;
    for (int k = 0; k < view->ndim; k++)
        if (x->shape[k] != view->shape[k]) return 0;
    int same = attribute_is(from, "dtype", x->dtype) && number_is(from, "flags", "num", x->flags);
    PyErr_Clear();
    return same;
#endif
}

/* ---- shapes: the number of dimensions, then how long each is */

static int has_shape(const Py_ssize_t *shape, int dimensions, const Py_ssize_t *lengths) {
    if (*shape++ != dimensions) return 0;
    for (int k = 0; k < dimensions; k++)
        if (shape[k] != lengths[k]) return 0;
    return 1;
}

/* The numbers of an array that is known to lie as expected, if it has this dtype, these flags and this shape; or NULL. */
INLINE char *numbers_of(PyObject *from, const PyObject *dtype, int flags, const Py_ssize_t *shape) {
    const Ndarray *x = (const Ndarray *)from;
    if (x->dtype != dtype || (x->flags & flags) != flags || !has_shape(shape, x->dimensions, x->shape)) return NULL;
    return x->data;
}

/* ---- new ones: of the table of functions that NumPy has for extensions, this one makes an array */

typedef PyObject *(*MakeArray)(PyTypeObject *, PyObject *, int, const Py_ssize_t *, const Py_ssize_t *, void *, int,
                               PyObject *);

enum { VERSION_OF_TABLE = 0, NEW_FROM_DTYPE = 94 };

/* NULL for a table of another version than those that are known, or for none. */
static MakeArray maker_in(PyObject *table) {
    void **functions = PyCapsule_CheckExact(table) ? PyCapsule_GetPointer(table, NULL) : NULL;
    if (!functions) return PyErr_Clear(), NULL;
    unsigned version = ((unsigned (*)(void))functions[VERSION_OF_TABLE])();
    int known = version >> 24 == 1 || version >> 24 == 2;
    return known && sizeof(Py_ssize_t) == sizeof(intptr_t) ? (MakeArray)functions[NEW_FROM_DTYPE] : NULL;
}

#endif
