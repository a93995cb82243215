/* Arrays that grow, and how Python gives and gets them: as `array.array`. */

#define ARRAY(name, type)                                                                                              \
    typedef struct {                                                                                                   \
        type *at;                                                                                                      \
        Py_ssize_t n, room;                                                                                            \
    } name
ARRAY(Bytes, uint8_t);
ARRAY(Shorts, uint16_t);
ARRAY(Ints, uint32_t);
ARRAY(Doubles, double);

/* Make room for so many items in all; 0 and an exception if there is none. */
static inline int make_room(void **at, Py_ssize_t *room, Py_ssize_t wanted, size_t size) {
    Py_ssize_t more = *room + *room / 2;
    if (more < wanted) more = wanted;
    if (more < 64) more = 64;
    void *moved = (size_t)more > PY_SSIZE_T_MAX / size ? NULL : PyMem_Realloc(*at, more * size);
    if (!moved) {
        PyErr_NoMemory();
        return 0;
    }
    *at = moved, *room = more;
    return 1;
}

#define ROOM(array, more)                                                                                              \
    ((array)->n + (Py_ssize_t)(more) <= (array)->room ||                                                               \
     make_room((void **)&(array)->at, &(array)->room, (array)->n + (Py_ssize_t)(more), sizeof *(array)->at))

/* Add an item for which there is room. */
#define PUT(array, item) ((array)->at[(array)->n++] = (item))

/* Add an item; 0 and an exception if there is no memory. */
#define PUSH(array, item) (ROOM(array, 1) && (PUT(array, item), 1))

#define DROP(array) (PyMem_Free((array)->at), (array)->at = NULL, (array)->n = (array)->room = 0)

/* So many items, all 0. NULL and an exception if there is no memory. */
static inline void *zeros(Py_ssize_t n, size_t size) {
    void *at = PyMem_Calloc(n ? n : 1, size);
    if (!at) PyErr_NoMemory();
    return at;
}

/* The items as an `array.array` of this typecode. */
static inline PyObject *to_array(PyObject *array_type, const char *typecode, const void *at, size_t bytes) {
    PyObject *out = PyObject_CallFunction(array_type, "s", typecode);
    if (!out || !bytes) return out;
    PyObject *view = PyMemoryView_FromMemory((char *)at, (Py_ssize_t)bytes, PyBUF_READ);
    PyObject *done = view ? PyObject_CallMethod(out, "frombytes", "O", view) : NULL;
    Py_XDECREF(view);
    if (!done) Py_CLEAR(out);
    Py_XDECREF(done);
    return out;
}

/* Set an item of a new tuple; 0 if it is NULL, with its exception. */
static inline int set_item(PyObject *tuple, Py_ssize_t k, PyObject *item) {
    if (item) PyTuple_SET_ITEM(tuple, k, item);
    return item != NULL;
}

/* The numbers of an array or of a sequence of whole numbers, each below `bound`; 0 and an exception for anything else. */
static inline int read_ints(PyObject *from, Ints *to, uint32_t bound) {
    PyObject *items = PySequence_Fast(from, "expected a sequence of whole numbers");
    Py_ssize_t n = items ? PySequence_Fast_GET_SIZE(items) : 0;
    int right = items && ROOM(to, n);
    for (Py_ssize_t i = 0; right && i < n; i++) {
        unsigned long x = PyLong_AsUnsignedLong(PySequence_Fast_GET_ITEM(items, i));
        if (PyErr_Occurred()) right = 0;
        else if (x >= bound) {
            PyErr_Format(PyExc_IndexError, "expected numbers below %lu, got %lu", (unsigned long)bound, x);
            right = 0;
        } else PUT(to, (uint32_t)x);
    }
    Py_XDECREF(items);
    return right;
}

/* The buffer of an array of this typecode; 0 and an exception for anything else. */
static inline int read_array(PyObject *from, Py_buffer *view, char typecode) {
    if (PyObject_GetBuffer(from, view, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0) return 0;
    if (view->format && view->format[0] == typecode && !view->format[1]) return 1;
    PyErr_Format(PyExc_TypeError, "expected an array of typecode '%c', got '%s'", typecode, view->format);
    PyBuffer_Release(view);
    return 0;
}
