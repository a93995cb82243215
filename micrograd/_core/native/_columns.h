/* A column: one number of each of many parameters, which the formulas of the optimisers take like a single number.

So each formula stands once, in `optim`, and a step of all parameters is a few loops in here. Numbers and errors are
those of Python's floats, one after the other. */

typedef struct {
    PyObject_VAR_HEAD double at[];
} Column;

static PyTypeObject ColumnType;
static PyObject *data_slot = NULL; /* `Node.data`: a class, or a patch, may have one of its own */

#define IS_COLUMN(x) Py_IS_TYPE(x, &ColumnType)

static Column *new_column(Py_ssize_t n) { return PyObject_NewVar(Column, &ColumnType, n); }

/* ---- arithmetic with columns and plain numbers */

typedef struct {
    const double *at;
    Py_ssize_t step, n; /* a step of 0 repeats a number */
    double number;
} Operand;

static int operand(PyObject *x, Operand *out) {
    if (IS_COLUMN(x)) out->at = ((Column *)x)->at, out->step = 1, out->n = Py_SIZE(x);
    else if (PyFloat_CheckExact(x) || PyLong_Check(x)) {
        out->number = PyFloat_AsDouble(x);
        if (out->number == -1 && PyErr_Occurred()) return 0;
        out->at = &out->number, out->step = 0, out->n = -1;
    } else {
        PyErr_Format(PyExc_TypeError, "a column reckons with floats, got %s", Py_TYPE(x)->tp_name);
        return 0;
    }
    return 1;
}

/* The error that Python's float has for this division. */
static void raise_as_float(double x, double y) {
    PyObject *a = PyFloat_FromDouble(x), *b = PyFloat_FromDouble(y), *out = a && b ? PyNumber_TrueDivide(a, b) : NULL;
    Py_XDECREF(out);
    Py_XDECREF(a);
    Py_XDECREF(b);
}

#define ARITHMETIC(name, expression, may_fail)                                                                         \
    static PyObject *column_##name(PyObject *a, PyObject *b) {                                                         \
        Operand p, q;                                                                                                  \
        if (!operand(a, &p) || !operand(b, &q)) return NULL;                                                           \
        if (p.n >= 0 && q.n >= 0 && p.n != q.n) return PyErr_Format(PyExc_ValueError, "columns of unequal lengths");   \
        Py_ssize_t n = p.n >= 0 ? p.n : q.n;                                                                           \
        Column *out = new_column(n);                                                                                   \
        for (Py_ssize_t i = 0; out && i < n; i++) {                                                                    \
            double x = p.at[i * p.step], y = q.at[i * q.step];                                                         \
            if (may_fail && y == 0) {                                                                                  \
                raise_as_float(x, y);                                                                                  \
                Py_CLEAR(out);                                                                                         \
            } else out->at[i] = expression;                                                                            \
        }                                                                                                              \
        return (PyObject *)out;                                                                                        \
    }
ARITHMETIC(add, x + y, 0)
ARITHMETIC(subtract, x - y, 0)
ARITHMETIC(multiply, x *y, 0)
ARITHMETIC(divide, x / y, 1)
#undef ARITHMETIC

static PyObject *column_sqrt(PyObject *self, PyObject *Py_UNUSED(nothing)) {
    Column *x = (Column *)self, *out = new_column(Py_SIZE(self));
    for (Py_ssize_t i = 0; out && i < Py_SIZE(x); i++) {
        if (x->at[i] < 0) {
            PyErr_SetString(PyExc_ValueError, "math domain error");
            Py_CLEAR(out);
        } else out->at[i] = sqrt(x->at[i]);
    }
    return (PyObject *)out;
}

static PyObject *column_is_finite(PyObject *self, PyObject *Py_UNUSED(nothing)) {
    for (Py_ssize_t i = 0; i < Py_SIZE(self); i++)
        if (!isfinite(((Column *)self)->at[i])) Py_RETURN_FALSE;
    Py_RETURN_TRUE;
}

/* ---- from lists to columns and back */

static PyObject *column_list(PyObject *self, PyObject *Py_UNUSED(nothing)) {
    PyObject *list = PyList_New(Py_SIZE(self));
    for (Py_ssize_t i = 0; list && i < Py_SIZE(self); i++) {
        PyObject *x = PyFloat_FromDouble(((Column *)self)->at[i]);
        if (x) PyList_SET_ITEM(list, i, x);
        else Py_CLEAR(list);
    }
    return list;
}

/* column(numbers), of a list of floats: None if there is anything else in it. */
static PyObject *column_of_list(PyObject *module, PyObject *list) {
    if (!PyList_CheckExact(list)) Py_RETURN_NONE;
    Column *out = new_column(PyList_GET_SIZE(list));
    for (Py_ssize_t i = 0; out && i < Py_SIZE(out); i++) {
        PyObject *x = PyList_GET_ITEM(list, i);
        if (!PyFloat_CheckExact(x)) {
            Py_DECREF(out);
            Py_RETURN_NONE;
        }
        out->at[i] = PyFloat_AS_DOUBLE(x);
    }
    return (PyObject *)out;
}

/* Whether all are nodes with floats in slots that nobody watches. */
static int in_slots(PyObject *nodes) {
    if (!PyList_CheckExact(nodes) || detours) return 0;
    PyTypeObject *kind = NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(nodes); i++) {
        PyObject *v = PyList_GET_ITEM(nodes, i);
        if (Py_TYPE(v) != kind) {
            kind = Py_TYPE(v);
            if (!IS_NODE(v) || !keeps_grad(kind) || _PyType_Lookup(kind, s_public_data) != data_slot) return 0;
        }
        if (N(v)->data_is != FLOAT || N(v)->grad_is != FLOAT) return 0;
    }
    return 1;
}

#define COLUMN_OF(slot)                                                                                                \
    static PyObject *column_of_##slot(PyObject *module, PyObject *nodes) {                                             \
        if (!in_slots(nodes)) Py_RETURN_NONE;                                                                          \
        Column *out = new_column(PyList_GET_SIZE(nodes));                                                              \
        for (Py_ssize_t i = 0; out && i < Py_SIZE(out); i++) out->at[i] = N(PyList_GET_ITEM(nodes, i))->slot.number;   \
        return (PyObject *)out;                                                                                        \
    }
COLUMN_OF(data)
COLUMN_OF(grad)
#undef COLUMN_OF

/* write_column(nodes, column): whether it could. */
static PyObject *write_column(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    if (n != 2 || !IS_COLUMN(args[1])) return PyErr_Format(PyExc_TypeError, "write_column takes nodes and a column");
    if (!in_slots(args[0]) || PyList_GET_SIZE(args[0]) != Py_SIZE(args[1])) Py_RETURN_FALSE;
    for (Py_ssize_t i = 0; i < Py_SIZE(args[1]); i++)
        N(PyList_GET_ITEM(args[0], i))->data.number = ((Column *)args[1])->at[i];
    Py_RETURN_TRUE;
}

/* zero_grads(things): `grad` of each is 0.0. */
static PyObject *zero_grads(PyObject *module, PyObject *things) {
    PyObject *list = PySequence_Fast(things, "things are a sequence"), *zero = PyFloat_FromDouble(0.0), *out = NULL;
    if (!list || !zero) goto done;
    PyTypeObject *kind = NULL; /* of the last one, if its `grad` is the slot */
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list); i++) {
        PyObject *v = PySequence_Fast_GET_ITEM(list, i);
        if (Py_TYPE(v) != kind) kind = IS_NODE(v) && keeps_grad(Py_TYPE(v)) ? Py_TYPE(v) : NULL;
        if (kind && N(v)->grad_is == FLOAT) {
            N(v)->grad.number = 0.0;
            continue;
        }
        kind = NULL; /* what runs now may change the class */
        Py_INCREF(v);
        int failed = PyObject_SetAttr(v, s_grad, zero) < 0;
        Py_DECREF(v);
        if (failed) goto done;
    }
    out = Py_NewRef(Py_None);
done:
    Py_XDECREF(list);
    Py_XDECREF(zero);
    return out;
}

/* ---- the type */

static PyMethodDef column_methods[] = {
    {"sqrt", column_sqrt, METH_NOARGS, NULL},
    {"is_finite", column_is_finite, METH_NOARGS, NULL},
    {"tolist", column_list, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyNumberMethods column_as_number = {
    .nb_add = column_add,
    .nb_subtract = column_subtract,
    .nb_multiply = column_multiply,
    .nb_true_divide = column_divide,
};

static PyTypeObject ColumnType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "micrograd._core.native._node.Column",
    .tp_basicsize = sizeof(Column),
    .tp_itemsize = sizeof(double),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = column_methods,
    .tp_as_number = &column_as_number,
};
