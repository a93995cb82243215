/* Whether watched containers hold what they held (see rows.py), asked at every call of a compiled function.

A `Rows` is made once from the rows of a `Watch`, and owns all that it compares with. Nothing in here runs code of a user
while a container is being read: a member is the same if it is the identical object, or an equal number or text of the
same built-in type. Rows that only Python can read come last, and are asked there.

Up to Python 3.13, a dict has a tag that each change of it replaces by a new one: with the old tag it need not be looked
at. It makes a class, a module or an object one comparison. (In 3.13 the dict of an object may stand for values that are
kept in the object, and then it has no part in their changes.) */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>
#include <string.h>

#ifdef PYPY_VERSION
#error "PyPy has no such containers: there, rows are compared in Python"
#endif

enum { LIST, DICT, ATTRIBUTES, CLASS, GLOBALS, CELL, FUNCTION, SLOTS, BUFFER, HUNG, PYTHON, KINDS };

static const struct {
    const char *name;
    Py_ssize_t parts; /* after the name */
} KIND[KINDS] = {
    {"list", 2}, {"dict", 3}, {"attributes", 8}, {"class", 4},  {"globals", 3},
    {"cell", 2}, {"function", 4}, {"slots", 3},  {"buffer", 4}, {"hung", 3}, {"python", 1},
};

typedef struct {
    int kind;
    uint64_t tag;       /* of the dict when it was found to be the same */
    PyObject *part[8]; /* owned by the tuple that the row was made from; the thing first */
} Row;

typedef struct { /* a list, and the places of its items: each so many bytes behind the one before, or as they are listed */
    PyListObject *list;
    Py_ssize_t count;
    uintptr_t first, distance;
    PyObject *const *items; /* or NULL */
} List;

typedef struct { /* an object with its class, and its dict where it has it, untouched since it had that tag */
    PyObject *thing, *kind, *dict, **place;
    uint64_t tag;
} Object;

typedef struct {
    PyObject_VAR_HEAD
    PyObject *parts, *absent, *any_float, *anything;
    List *list;     /* of the rows of lists, which come first */
    Object *object; /* of those of attributes, which follow */
    Py_ssize_t lists, objects;
    int vectors; /* whether the processor has them */
    Row row[];
} Rows;

/* ---- dicts and their tags */

#define TAGS_OF_OBJECTS (PY_VERSION_HEX < 0x030D0000)

#if PY_VERSION_HEX < 0x030E0000
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif
static inline uint64_t tag_of(PyObject *dict) { return ((PyDictObject *)dict)->ma_version_tag; }
static inline int untouched(const Row *row, PyObject *dict) { return row->tag == tag_of(dict); }
#else
static inline uint64_t tag_of(PyObject *dict) { return 0; }
static inline int untouched(const Row *row, PyObject *dict) { return 0; }
#endif

/* ---- members */

#define DEEPEST 8 /* tuples within tuples */

static int same(const Rows *rows, PyObject *now, PyObject *was, int depth) {
    if (now == was || was == rows->anything) return 1;
    if (was == rows->any_float) return PyFloat_CheckExact(now);
    if (Py_TYPE(now) != Py_TYPE(was)) return 0;
    if (PyFloat_CheckExact(now)) {
        double x = PyFloat_AS_DOUBLE(now), y = PyFloat_AS_DOUBLE(was);
        return !memcmp(&x, &y, sizeof x) || (x != x && y != y);
    }
    if (PyTuple_CheckExact(now)) {
        Py_ssize_t n = PyTuple_GET_SIZE(now);
        if (n != PyTuple_GET_SIZE(was) || depth >= DEEPEST) return 0;
        for (Py_ssize_t i = 0; i < n; i++)
            if (!same(rows, PyTuple_GET_ITEM(now, i), PyTuple_GET_ITEM(was, i), depth + 1)) return 0;
        return 1;
    }
    if (PyLong_CheckExact(now) || PyUnicode_CheckExact(now) || PyBytes_CheckExact(now)) {
        int equal = PyObject_RichCompareBool(now, was, Py_EQ);
        if (equal < 0) PyErr_Clear();
        return equal == 1;
    }
    return 0;
}

#define SAME(NOW, WAS) ((NOW) == (WAS) || same(rows, NOW, WAS, 0))

static int same_items(const Rows *rows, PyObject *const *now, PyObject *was) {
    Py_ssize_t n = PyTuple_GET_SIZE(was);
    PyObject *const *old = ((PyTupleObject *)was)->ob_item;
    if (n == 0 || !memcmp(now, old, n * sizeof *now)) return 1;
    for (Py_ssize_t i = 0; i < n; i++)
        if (!SAME(now[i], old[i])) return 0;
    return 1;
}

/* All entries, in their order: keys and values are tuples. */
static int same_entries(const Rows *rows, PyObject *dict, PyObject *keys, PyObject *values) {
    PyObject *key, *value;
    Py_ssize_t at = 0, i = 0, n = PyTuple_GET_SIZE(keys);
    if (PyDict_GET_SIZE(dict) != n) return 0;
    for (; i < n && PyDict_Next(dict, &at, &key, &value); i++)
        if (!SAME(key, PyTuple_GET_ITEM(keys, i)) || !SAME(value, PyTuple_GET_ITEM(values, i))) return 0;
    return i == n;
}

/* The entries of these names, absent ones too. */
static int same_names(const Rows *rows, PyObject *dict, PyObject *names, PyObject *values) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++) {
        PyObject *now = PyDict_GetItemWithError(dict, PyTuple_GET_ITEM(names, i)), *was = PyTuple_GET_ITEM(values, i);
        if (!now) {
            PyErr_Clear();
            now = rows->absent;
        }
        if (!SAME(now, was)) return 0;
    }
    return 1;
}

/* All attributes, in their order: values is a dict. */
static int same_all(const Rows *rows, PyObject *dict, PyObject *values) {
    PyObject *key, *value, *old_key, *old;
    Py_ssize_t at = 0, place = 0;
    if (PyDict_GET_SIZE(dict) != PyDict_GET_SIZE(values)) return 0;
    while (PyDict_Next(dict, &at, &key, &value))
        if (!PyDict_Next(values, &place, &old_key, &old) || !SAME(key, old_key) || !SAME(value, old)) return 0;
    return 1;
}

/* The attributes in the places that they had: 1 if they are the same, -1 if that has to be found out by their names. */
static int same_places(const Rows *rows, PyObject *dict, PyObject *keys, PyObject *values) {
    PyObject *key, *value;
    Py_ssize_t at = 0, i = 0, n = PyTuple_GET_SIZE(keys);
    if (PyDict_GET_SIZE(dict) != n) return -1;
    for (; i < n && PyDict_Next(dict, &at, &key, &value); i++) {
        PyObject *was = PyTuple_GET_ITEM(values, i);
        if (key != PyTuple_GET_ITEM(keys, i)) return -1;
        if (was != rows->absent && !SAME(value, was)) return 0;
    }
    return i == n ? 1 : -1;
}

/* The attributes of some names, and no other one of these; where one is missing, its default counts. */
static int same_attributes(const Rows *rows, PyObject *dict, PyObject *names, PyObject *values, PyObject *defaults) {
    PyObject *key, *value, *was;
    Py_ssize_t at = 0, found = 0, count = PyDict_GET_SIZE(values);
    if (names == Py_None) return same_all(rows, dict, values);
    while (PyDict_Next(dict, &at, &key, &value)) {
        if (!PyUnicode_CheckExact(key) || PySet_Contains(names, key) != 1) continue;
        was = PyDict_GetItemWithError(values, key);
        if (!was || !SAME(value, was)) return 0;
        found++;
    }
    if (found == count) return 1;
    if (!defaults) return 0;
    at = 0;
    while (PyDict_Next(values, &at, &key, &was)) {
        if (PyDict_GetItemWithError(dict, key)) continue;
        value = PyDict_GetItemWithError(defaults, key);
        if (!value || !SAME(value, was)) return 0;
        found++;
    }
    return found == count;
}

static int same_bases(PyObject *now, PyObject *was) {
    if (now == was) return 1;
    Py_ssize_t n = PyTuple_GET_SIZE(was);
    return now && PyTuple_GET_SIZE(now) == n &&
           !memcmp(((PyTupleObject *)now)->ob_item, ((PyTupleObject *)was)->ob_item, n * sizeof(PyObject *));
}

/* Slots hold their objects at an offset, which their descriptors know. */
static int same_slots(const Rows *rows, PyObject *thing, PyObject *slots, PyObject *values) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(slots); i++) {
        PyMemberDef *member = ((PyMemberDescrObject *)PyTuple_GET_ITEM(slots, i))->d_member;
        PyObject *now = *(PyObject **)((char *)thing + member->offset);
        if (!now) now = rows->absent;
        if (!SAME(now, PyTuple_GET_ITEM(values, i))) return 0;
    }
    return 1;
}

#if PY_VERSION_HEX < 0x030E0000 /* without making an error first */
#define attribute(THING, NAME) _PyObject_GenericGetAttrWithDict(THING, NAME, NULL, 1)
#else
#define attribute PyObject_GenericGetAttr
#endif

/* Attributes that somebody may hang on objects: asking for one does not make a dict. */
static int same_hung(const Rows *rows, PyObject *things, PyObject *names, PyObject *values) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(things); i++) {
        PyObject *was = PyTuple_GET_ITEM(values, i);
        PyObject *now = attribute(PyTuple_GET_ITEM(things, i), PyTuple_GET_ITEM(names, i));
        if (!now) PyErr_Clear();
        int ok = SAME(now ? now : rows->absent, was);
        Py_XDECREF(now);
        if (!ok) return 0;
    }
    return 1;
}

/* Numbers side by side: their format, their shape and their bytes. */
static int same_buffer(PyObject *thing, PyObject *format, PyObject *shape, PyObject *bytes) {
    Py_buffer now;
    if (PyObject_GetBuffer(thing, &now, PyBUF_ND | PyBUF_FORMAT) < 0) {
        PyErr_Clear();
        return 0;
    }
    int ok = now.len == PyBytes_GET_SIZE(bytes) && now.ndim == PyTuple_GET_SIZE(shape) &&
             !strcmp(now.format ? now.format : "B", PyBytes_AS_STRING(format));
    for (int k = 0; ok && k < now.ndim; k++) ok = now.shape[k] == PyLong_AsSsize_t(PyTuple_GET_ITEM(shape, k));
    ok = ok && !memcmp(now.buf, PyBytes_AS_STRING(bytes), (size_t)now.len);
    PyBuffer_Release(&now);
    return ok;
}

/* ---- lists, which are most of a network

Values that were made in one go lie in memory at equal distances. With vectors, a list of them is compared with two
numbers, and not with as much memory again. */

static void note_items(List *list, PyObject *thing, PyObject *was) {
    Py_ssize_t n = PyTuple_GET_SIZE(was), i = 0;
    PyObject *const *items = ((PyTupleObject *)was)->ob_item;
    *list = (List){(PyListObject *)thing, n, 0, 0, items};
    if (n) list->first = (uintptr_t)items[0];
    if (n > 1) list->distance = (uintptr_t)items[1] - list->first;
    while (i < n && (uintptr_t)items[i] == list->first + i * list->distance) i++;
    if (i == n) list->items = NULL;
}

#if defined(__GNUC__) && defined(__x86_64__)
typedef uintptr_t Four __attribute__((vector_size(32)));
typedef uintptr_t FourAnywhere __attribute__((vector_size(32), aligned(8), may_alias));
#define HAS_VECTORS __builtin_cpu_supports("avx2")

/* Whether all of these lists have the identical items. */
__attribute__((target("avx2"))) static int all_have_items(const List *list, const List *end) {
    Four differ = {0};
    uintptr_t more = 0;
    for (; list < end; list++) {
        Py_ssize_t n = list->count, i = 0;
        if (Py_SIZE(list->list) != n) return 0;
        PyObject *const *now = list->list->ob_item, *const *was = list->items;
        uintptr_t first = list->first, distance = list->distance, next = 4 * distance;
        if (was) {
            for (; i + 4 <= n; i += 4) differ |= *(const FourAnywhere *)(now + i) ^ *(const FourAnywhere *)(was + i);
            for (; i < n; i++) more |= (uintptr_t)now[i] ^ (uintptr_t)was[i];
        } else {
            Four place = {first, first + distance, first + 2 * distance, first + 3 * distance};
            for (; i + 4 <= n; i += 4, place += (Four){next, next, next, next})
                differ |= *(const FourAnywhere *)(now + i) ^ place;
            for (; i < n; i++) more |= (uintptr_t)now[i] ^ (first + i * distance);
        }
    }
    return !(differ[0] | differ[1] | differ[2] | differ[3] | more);
}
#else
#define HAS_VECTORS 0
#define all_have_items(list, end) 0
#endif

/* ---- objects: nearly always it is enough to see that their dicts have been left alone */

#if TAGS_OF_OBJECTS
static void note_object(Object *object, Row *row) {
    static PyObject *nowhere = NULL;
    PyObject **place = _PyObject_GetDictPtr(row->part[0]);
    *object = (Object){row->part[0], row->part[1], row->part[2], place ? place : &nowhere, 0};
}

static inline int is_untouched(const Object *object) {
    return (PyObject *)Py_TYPE(object->thing) == object->kind && *object->place == object->dict &&
           object->tag == tag_of(object->dict);
}
#else
static void note_object(Object *object, Row *row) {}
#define is_untouched(object) 0
#endif

/* ---- rows */

/* 1 if the row is as it was, 0 if not; -1 with an error that is no `Exception`, such as an interrupt. */
static int holds_row(const Rows *rows, Row *row) {
    PyObject **part = row->part, *thing = part[0], *dict;
    switch (row->kind) {
    case LIST:
        return PyList_GET_SIZE(thing) == PyTuple_GET_SIZE(part[1]) &&
               same_items(rows, ((PyListObject *)thing)->ob_item, part[1]);
    case DICT:
        if (untouched(row, thing)) return 1;
        if (!same_entries(rows, thing, part[1], part[2])) return 0;
        row->tag = tag_of(thing);
        return 1;
    case ATTRIBUTES: {
        if ((PyObject *)Py_TYPE(thing) != part[1]) return 0;
        PyObject **place = _PyObject_GetDictPtr(thing);
        dict = part[2];
        if (!place || *place != dict) return 0;
        if (TAGS_OF_OBJECTS && untouched(row, dict)) return 1;
        int ok = same_places(rows, dict, part[6], part[7]);
        if (ok < 0) ok = same_attributes(rows, dict, part[3], part[4], part[5]);
        if (ok) row->tag = tag_of(dict);
        return ok;
    }
    case CLASS:
        if (!same_bases(((PyTypeObject *)thing)->tp_mro, part[3])) return 0;
        dict = ((PyTypeObject *)thing)->tp_dict;
        if (untouched(row, dict)) return 1;
        if (!same_attributes(rows, dict, part[1], part[2], NULL)) return 0;
        row->tag = tag_of(dict);
        return 1;
    case GLOBALS:
        if (untouched(row, thing)) return 1;
        if (!same_names(rows, thing, part[1], part[2])) return 0;
        row->tag = tag_of(thing);
        return 1;
    case CELL: {
        PyObject *now = PyCell_GET(thing);
        if (!now) now = rows->absent;
        return SAME(now, part[1]);
    }
    case FUNCTION: {
        PyFunctionObject *f = (PyFunctionObject *)thing;
        return f->func_code == part[1] && (f->func_defaults ? f->func_defaults : Py_None) == part[2] &&
               (f->func_kwdefaults ? f->func_kwdefaults : Py_None) == part[3];
    }
    case SLOTS:
        return same_slots(rows, thing, part[1], part[2]);
    case HUNG:
        return same_hung(rows, thing, part[1], part[2]);
    case BUFFER:
        return same_buffer(thing, part[1], part[2], part[3]);
    default: {
        PyObject *answer = PyObject_CallNoArgs(thing);
        int ok = answer ? PyObject_IsTrue(answer) : -1;
        Py_XDECREF(answer);
        if (ok < 0 && PyErr_ExceptionMatches(PyExc_Exception)) { /* another thread is changing it now */
            PyErr_Clear();
            return 0;
        }
        return ok;
    }
    }
}

static PyObject *holds(PyObject *self, PyObject *unused) {
    Rows *rows = (Rows *)self;
    (void)unused;
    if (!rows->vectors || !all_have_items(rows->list, rows->list + rows->lists))
        for (Py_ssize_t i = 0; i < rows->lists; i++)
            if (!holds_row(rows, rows->row + i)) return PyBool_FromLong(0);
    Row *row = rows->row + rows->lists;
    for (Object *object = rows->object, *end = object + rows->objects; object < end; object++, row++)
        if (!is_untouched(object)) {
            if (!holds_row(rows, row)) return PyBool_FromLong(0);
            object->tag = row->tag;
        }
    for (Py_ssize_t i = rows->lists + rows->objects; i < Py_SIZE(rows); i++) {
        int ok = holds_row(rows, rows->row + i);
        if (ok <= 0) return ok < 0 ? NULL : PyBool_FromLong(0);
    }
    return PyBool_FromLong(rows->parts != NULL);
}

/* Whether the parts of a row are what its kind needs, so that they can be read without asking again. */
static int fits(int kind, PyObject *const *part) {
#define TUPLES(A, B) \
    (PyTuple_CheckExact(A) && PyTuple_CheckExact(B) && PyTuple_GET_SIZE(A) == PyTuple_GET_SIZE(B))
    switch (kind) {
    case LIST: return PyList_Check(part[0]) && PyTuple_CheckExact(part[1]);
    case DICT:
    case GLOBALS: return PyDict_Check(part[0]) && TUPLES(part[1], part[2]);
    case ATTRIBUTES:
        return PyType_Check(part[1]) && PyDict_CheckExact(part[2]) &&
               (part[3] == Py_None || PyFrozenSet_CheckExact(part[3])) && PyDict_CheckExact(part[4]) &&
               PyDict_CheckExact(part[5]) && TUPLES(part[6], part[7]);
    case CLASS:
        return PyType_Check(part[0]) && PyType_HasFeature((PyTypeObject *)part[0], Py_TPFLAGS_HEAPTYPE) &&
               (part[1] == Py_None || PyFrozenSet_CheckExact(part[1])) && PyDict_CheckExact(part[2]) &&
               PyTuple_CheckExact(part[3]);
    case CELL: return PyCell_Check(part[0]);
    case FUNCTION: return PyFunction_Check(part[0]);
    case SLOTS:
        if (!TUPLES(part[1], part[2])) return 0;
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(part[1]); i++) {
            PyObject *slot = PyTuple_GET_ITEM(part[1], i);
            if (!Py_IS_TYPE(slot, &PyMemberDescr_Type)) return 0;
            PyMemberDescrObject *descriptor = (PyMemberDescrObject *)slot;
            if (descriptor->d_member->type != T_OBJECT_EX && descriptor->d_member->type != T_OBJECT) return 0;
            if (!PyObject_TypeCheck(part[0], PyDescr_TYPE(descriptor))) return 0;
        }
        return 1;
    case HUNG:
        if (!PyTuple_CheckExact(part[0]) || !TUPLES(part[1], part[2])) return 0;
        if (PyTuple_GET_SIZE(part[0]) != PyTuple_GET_SIZE(part[1])) return 0;
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(part[1]); i++)
            if (!PyUnicode_CheckExact(PyTuple_GET_ITEM(part[1], i))) return 0;
        return 1;
    case BUFFER:
        if (!PyBytes_CheckExact(part[1]) || !PyTuple_CheckExact(part[2]) || !PyBytes_CheckExact(part[3])) return 0;
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(part[2]); i++)
            if (!PyLong_CheckExact(PyTuple_GET_ITEM(part[2], i))) return 0;
        return 1;
    default: return PyCallable_Check(part[0]);
    }
#undef TUPLES
}

static PyObject *new_rows(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    PyObject *parts, *absent, *any_float, *anything;
    if (kwargs && PyDict_GET_SIZE(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "Rows takes no keywords");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "O!OOO", &PyTuple_Type, &parts, &absent, &any_float, &anything)) return NULL;
    Py_ssize_t count = PyTuple_GET_SIZE(parts);
    Rows *rows = (Rows *)type->tp_alloc(type, count);
    if (!rows) return NULL;
    rows->parts = Py_NewRef(parts);
    rows->absent = Py_NewRef(absent);
    rows->any_float = Py_NewRef(any_float);
    rows->anything = Py_NewRef(anything);
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *from = PyTuple_GET_ITEM(parts, i);
        Row *row = rows->row + i;
        int kind = 0;
        if (PyTuple_CheckExact(from) && PyTuple_GET_SIZE(from) && PyUnicode_CheckExact(PyTuple_GET_ITEM(from, 0)))
            while (kind < KINDS && PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(from, 0), KIND[kind].name)) kind++;
        else kind = KINDS;
        if (kind < KINDS && PyTuple_GET_SIZE(from) == KIND[kind].parts + 1) {
            for (Py_ssize_t k = 0; k < KIND[kind].parts; k++) row->part[k] = PyTuple_GET_ITEM(from, k + 1);
            row->kind = kind;
        }
        if (!row->part[0] || !fits(kind, row->part)) {
            PyErr_Format(PyExc_ValueError, "row %zd is none: %R", i, from);
            Py_DECREF(rows);
            return NULL;
        }
    }
    rows->vectors = HAS_VECTORS;
    Row *row = rows->row, *end = row + count;
    while (row < end && row->kind == LIST) row++;
    rows->lists = row - rows->row;
    while (row < end && row->kind == ATTRIBUTES) row++;
    rows->objects = row - rows->row - rows->lists;
    rows->list = PyMem_New(List, rows->lists), rows->object = PyMem_New(Object, rows->objects);
    if (!rows->list || !rows->object) return Py_DECREF(rows), PyErr_NoMemory();
    row = rows->row;
    for (Py_ssize_t i = 0; i < rows->lists; i++, row++) note_items(rows->list + i, row->part[0], row->part[1]);
    for (Py_ssize_t i = 0; i < rows->objects; i++, row++) note_object(rows->object + i, row);
    return (PyObject *)rows;
}

static int traverse(PyObject *self, visitproc visit, void *arg) {
    Rows *rows = (Rows *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(rows->parts);
    return 0;
}

static int clear(PyObject *self) {
    Rows *rows = (Rows *)self;
    rows->lists = rows->objects = 0;
    Py_SET_SIZE(rows, 0);
    Py_CLEAR(rows->parts);
    Py_CLEAR(rows->absent);
    Py_CLEAR(rows->any_float);
    Py_CLEAR(rows->anything);
    return 0;
}

static void dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    clear(self);
    PyMem_Free(((Rows *)self)->list);
    PyMem_Free(((Rows *)self)->object);
    type->tp_free(self);
    Py_DECREF(type);
}

/* ---- the module */

static PyMethodDef methods[] = {{"holds", holds, METH_NOARGS, "Whether all rows are as they were."}, {0}};

static PyType_Slot slots[] = {
    {Py_tp_doc, "Rows(rows, absent, any_float, anything): what watched containers held, to compare them with it."},
    {Py_tp_new, new_rows}, {Py_tp_traverse, traverse}, {Py_tp_clear, clear}, {Py_tp_dealloc, dealloc},
    {Py_tp_methods, methods}, {0},
};

static PyType_Spec spec = {
    .name = "micrograd.compiler.surroundings._watch.Rows", .basicsize = sizeof(Rows), .itemsize = sizeof(Row),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, .slots = slots,
};

static int fill_module(PyObject *module) {
#ifdef Py_GIL_DISABLED
    PyErr_SetString(PyExc_ImportError, "without the lock of the interpreter, rows are compared in Python");
    return -1;
#else
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
    int failed = !type || PyModule_AddType(module, (PyTypeObject *)type) < 0;
    Py_XDECREF(type);
    return failed ? -1 : 0;
#endif
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, fill_module},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#if PY_VERSION_HEX >= 0x030D0000
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0},
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_watch", .m_doc = "Compares watched containers.", .m_slots = module_slots,
};

PyMODINIT_FUNC PyInit__watch(void) { return PyModuleDef_Init(&definition); }
