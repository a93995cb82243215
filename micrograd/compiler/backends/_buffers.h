/* Numbers from Python: buffers, checked and copied, and arrays that grow. */

#ifndef MICROGRAD_BUFFERS_H
#define MICROGRAD_BUFFERS_H

static int refuse(const char *message, ...) {
    va_list values;
    va_start(values, message);
    PyErr_FormatV(PyExc_ValueError, message, values);
    va_end(values);
    return -1;
}

typedef struct {
    void *items;
    size_t used, room;
} Array;

/* Room for `count` more items of this size, at the end. */
static void *append(Array *array, size_t size, size_t count) {
    if (!array->items || count > array->room - array->used) {
        size_t room = 2 * array->room > array->used + count ? 2 * array->room : array->used + count + 16;
        void *items = room > (size_t)PY_SSIZE_T_MAX / size ? NULL : PyMem_RawRealloc(array->items, room * size);
        if (!items) return PyErr_NoMemory();
        array->items = items, array->room = room;
    }
    void *first = (char *)array->items + size * array->used;
    array->used += count;
    return first;
}

/* A buffer of items of one kind: "d" (double), "I" (unsigned, 4 bytes) or "q" (signed, 8 bytes). */
static int get_buffer(PyObject *from, Py_buffer *view, const char *name, char item, int writable) {
    const char *kind = item == 'd' ? "float64" : item == 'q' ? "int64" : "uint32";
    const char *how = writable ? "contiguous, writable buffer" : "contiguous buffer";
    Py_ssize_t size = item == 'I' ? 4 : 8;
    if (!PyObject_CheckBuffer(from)) {
        PyErr_Format(PyExc_TypeError, "%s must be a %s of %s, got %s", name, how, kind, Py_TYPE(from)->tp_name);
        return -1;
    }
    if (PyObject_GetBuffer(from, view, PyBUF_ND | PyBUF_FORMAT | (writable ? PyBUF_WRITABLE : 0)) < 0) {
        PyErr_Clear();
        return refuse("%s must be a %s of %s: this one is not contiguous%s", name, how, kind,
                      writable ? " or not writable" : "");
    }
    const char *format = view->format ? view->format : "B";
    int native = *format == '@' || *format == '=' || *format == (PY_BIG_ENDIAN ? '>' : '<');
    const char *code = format + native;
    int same = code[0] == item || (item == 'I' && code[0] == 'L') || (item == 'q' && code[0] == 'l');
    if (!code[0] || code[1] || !same || view->itemsize != size) {
        refuse("%s must be a %s of %s: this one has items of format '%s'", name, how, kind, format);
        PyBuffer_Release(view);
        return -1;
    }
    return 0;
}

/* Copy a buffer's items: what has been checked cannot change afterwards. */
static void *copied(PyObject *from, const char *name, char item, size_t *count) {
    Py_buffer view;
    if (get_buffer(from, &view, name, item, 0) < 0) return NULL;
    void *items = PyMem_RawMalloc(view.len ? view.len : 1);
    if (!items)
        PyErr_NoMemory();
    else if (view.len)
        memcpy(items, view.buf, view.len);
    *count = view.len / view.itemsize;
    PyBuffer_Release(&view);
    return items;
}

#endif
