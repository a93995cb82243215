/* The rows that a trace recorded as flat arrays: what `lending.flatten` does in Python. */

typedef struct {
    PyObject *rows, *leaf, *known, *find;
    PyObject *table; /* (operation, whether a number belongs to it) */
    PyObject *op[2 * RECENT]; /* of which the code is known */
    uint32_t code[2 * RECENT];
    Ints codes, ends, places;
    Doubles numbers;
} Flattening;

/* The place of an operation in the table, where it is entered if need be; 0 and an exception if that fails. */
static int put_code(Flattening *f, PyObject *op, int numbered) {
    size_t place = (uintptr_t)op / 64 % RECENT * 2 + numbered;
    if (f->op[place] != op) {
        Py_ssize_t k = 0, count = PyList_GET_SIZE(f->table);
        PyObject *flag = numbered ? Py_True : Py_False;
        for (; k < count; k++) {
            PyObject *entry = PyList_GET_ITEM(f->table, k);
            if (PyTuple_GET_ITEM(entry, 0) == op && PyTuple_GET_ITEM(entry, 1) == flag) break;
        }
        if (k == count) {
            PyObject *entry = PyTuple_Pack(2, op, flag);
            int failed = !entry || PyList_Append(f->table, entry) < 0;
            Py_XDECREF(entry);
            if (failed) return 0;
        }
        f->op[place] = op, f->code[place] = (uint32_t)k;
    }
    return PUSH(&f->codes, f->code[place]);
}

/* The position of an operand: the one noted on it, if that row is the operand; else the known one, or one that is found. */
static int put_position(Flattening *f, PyObject *p) {
    if (IS_NODE(p) && N(p)->grad_is == NOTE) {
        Py_ssize_t at = N(p)->grad.length;
        if (at < PyList_GET_SIZE(f->rows) && PyList_GET_ITEM(f->rows, at) == p) return PUSH(&f->places, (uint32_t)at);
    }
    PyObject *found = PyDict_GetItemWithError(f->known, p), *held = Py_NewRef(p);
    if (!found && PyErr_Occurred()) return Py_DECREF(held), 0;
    found = found ? Py_NewRef(found) : PyObject_CallOneArg(f->find, p);
    Py_DECREF(held);
    unsigned long at = found ? PyLong_AsUnsignedLong(found) : 0;
    Py_XDECREF(found);
    return !PyErr_Occurred() && PUSH(&f->places, (uint32_t)at);
}

static int put_number(Flattening *f, PyObject *x) {
    double number = PyFloat_AsDouble(x);
    return !PyErr_Occurred() && PUSH(&f->places, (uint32_t)f->numbers.n) && PUSH(&f->numbers, number);
}

/* A row that is a tuple: operation, positions, number or None. */
static int put_listed(Flattening *f, PyObject *row) {
    PyObject *op, *positions, *number;
    if (!PyArg_ParseTuple(row, "OOO", &op, &positions, &number)) return 0;
    if (!put_code(f, op, number != Py_None) || !read_ints(positions, &f->places, UINT32_MAX)) return 0;
    return number == Py_None || put_number(f, number);
}

static int put_made(Flattening *f, Node *v) {
    int numbered = !v->a || (v->db_is == NOTHING && v->b);
    if (!put_code(f, v->op ? v->op : f->leaf, numbered)) return 0;
    if (!v->a) {
        PyObject *x = shown(v->data, v->data_is);
        int right = x && put_number(f, x);
        Py_XDECREF(x);
        return right;
    }
    if (v->db_is == MANY) {
        PyObject *parents = tuple_of(v->a);
        int right = parents != NULL;
        for (Py_ssize_t k = 0; right && k < PyTuple_GET_SIZE(parents); k++)
            right = put_position(f, PyTuple_GET_ITEM(parents, k));
        Py_XDECREF(parents);
        return right;
    }
    if (!put_position(f, v->a)) return 0;
    return numbered ? put_number(f, v->b) : v->db_is == NOTHING || put_position(f, v->b);
}

/* flatten(rows, leaf_operation, known, find): (table, codes, ends, places, numbers). `find` may add rows. */
static PyObject *flatten_rows(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    if (n != 4 || !PyList_Check(args[0]) || !PyDict_Check(args[2]))
        return PyErr_Format(PyExc_TypeError, "flatten takes a list, an operation, a dict, a function");
    Flattening f = {.rows = args[0], .leaf = args[1], .known = args[2], .find = args[3], .table = PyList_New(0)};
    PyObject *arrays = PyImport_ImportModule("array"), *out = NULL;
    PyObject *array = arrays ? PyObject_GetAttrString(arrays, "array") : NULL;
    int right = f.table && array;
    for (Py_ssize_t i = 0; right && i < PyList_GET_SIZE(f.rows); i++) {
        PyObject *row = Py_NewRef(PyList_GET_ITEM(f.rows, i));
        right = PyTuple_CheckExact(row) ? put_listed(&f, row) : IS_NODE(row) && put_made(&f, N(row));
        right = right && PUSH(&f.ends, (uint32_t)f.places.n);
        Py_DECREF(row);
    }
    if (right && (out = PyTuple_New(5))) {
        const Ints *ints[] = {&f.codes, &f.ends, &f.places};
        right = set_item(out, 0, Py_NewRef(f.table));
        for (int k = 0; right && k < 3; k++)
            right = set_item(out, 1 + k, to_array(array, "I", ints[k]->at, ints[k]->n * sizeof(uint32_t)));
        right = right && set_item(out, 4, to_array(array, "d", f.numbers.at, f.numbers.n * sizeof(double)));
        if (!right) Py_CLEAR(out);
    } else if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "a row is a node or a tuple");
    DROP(&f.codes);
    DROP(&f.ends);
    DROP(&f.places);
    DROP(&f.numbers);
    Py_XDECREF(f.table);
    Py_XDECREF(array);
    Py_XDECREF(arrays);
    return out;
}
