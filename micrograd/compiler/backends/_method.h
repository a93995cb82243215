/* A method that takes a shortcut where there is one, before it becomes a call of Python's. */

#ifndef MICROGRAD_METHOD_H
#define MICROGRAD_METHOD_H

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *function, *owner, *name; /* of an object, the shortcut is object.owner.name */
    PyObject *attributes;
} Method;

/* The shortcut of an object; NULL if there is none. */
static PyObject *shortcut_of(const Method *self, PyObject *object) {
    PyObject *owner = PyObject_GetAttr(object, self->owner), *way = owner ? PyObject_GetAttr(owner, self->name) : NULL;
    Py_XDECREF(owner);
    if (!way) PyErr_Clear();
    if (way == Py_None) Py_CLEAR(way);
    return way;
}

static PyObject *method_call(PyObject *callable, PyObject *const *args, size_t flags, PyObject *keywords) {
    Method *self = (Method *)callable;
    Py_ssize_t n = PyVectorcall_NARGS(flags);
    PyObject *way = n > 1 && !keywords ? shortcut_of(self, args[0]) : NULL;
    if (way) {
        PyObject *found = PyObject_Vectorcall(way, args + 1, n - 1, NULL);
        Py_DECREF(way);
        if (found != Py_None) return found;
        Py_DECREF(found);
    }
    return PyObject_Vectorcall(self->function, args, flags, keywords);
}

static PyObject *method_get(PyObject *self, PyObject *object, PyObject *type) {
    return object && object != Py_None ? PyMethod_New(self, object) : Py_NewRef(self);
}

static PyObject *method_new(PyTypeObject *type, PyObject *args, PyObject *keywords) {
    PyObject *function, *owner, *name;
    if (keywords && PyDict_GET_SIZE(keywords)) return PyErr_Format(PyExc_TypeError, "Method takes no keywords");
    if (!PyArg_ParseTuple(args, "OUU:Method", &function, &owner, &name)) return NULL;
    Method *self = (Method *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->call = method_call, self->function = Py_NewRef(function);
    self->owner = Py_NewRef(owner), self->name = Py_NewRef(name);
    PyUnicode_InternInPlace(&self->owner), PyUnicode_InternInPlace(&self->name);
    return (PyObject *)self;
}

static int method_traverse(Method *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->function);
    Py_VISIT(self->attributes);
    return 0;
}

static int method_clear(Method *self) {
    Py_CLEAR(self->attributes);
    return 0;
}

static void method_dealloc(Method *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_XDECREF(self->function), Py_XDECREF(self->owner), Py_XDECREF(self->name), Py_XDECREF(self->attributes);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMemberDef method_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Method, call), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(Method, attributes), READONLY, NULL},
    {0},
};

static PyGetSetDef method_attributes[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {0},
};

static PyType_Slot method_slots[] = {
    {Py_tp_new, method_new},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_descr_get, method_get},
    {Py_tp_traverse, method_traverse},
    {Py_tp_clear, method_clear},
    {Py_tp_dealloc, method_dealloc},
    {Py_tp_members, method_members},
    {Py_tp_getset, method_attributes},
    {Py_tp_doc, "Method(function, owner, name)\n\n"
                "The function as a method that tries the shortcut first which its object has under `owner.name`, unless\n"
                "that is None: if the shortcut returns None, or there are keywords, the function is called."},
    {0},
};

static PyType_Spec method_spec = {
    "micrograd.compiler.backends._kernel.Method", sizeof(Method), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR, method_slots,
};

#endif
