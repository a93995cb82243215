/* Arrays that grow, and how Python gets them: as `array.array`. */

typedef struct {
    uint32_t *at;
    Py_ssize_t n, room;
} Ints;

typedef struct {
    double *at;
    Py_ssize_t n, room;
} Doubles;

/* Make room for so many items in all; 0 and an exception if there is none. */
static int make_room(void **at, Py_ssize_t *room, Py_ssize_t wanted, size_t size) {
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

/* The items as an `array.array` of this typecode. */
static PyObject *to_array(PyObject *array_type, const char *typecode, const void *at, Py_ssize_t bytes) {
    PyObject *out = PyObject_CallFunction(array_type, "s", typecode);
    if (!out || !bytes) return out;
    PyObject *view = PyMemoryView_FromMemory((char *)at, bytes, PyBUF_READ);
    PyObject *done = view ? PyObject_CallMethod(out, "frombytes", "O", view) : NULL;
    Py_XDECREF(view);
    if (!done) Py_CLEAR(out);
    Py_XDECREF(done);
    return out;
}
