/* From the rows of a tape to nodes: what `simplify` does in Python. */

/* ---- one row */

typedef struct {
    Graph *graph;
    Templates templates;
    PyObject *table, *ask, *other; /* the operations; for a template; for what is left to Python */
    Ints operand;                  /* of the row: nodes */
    Taken *taken;                  /* the derivatives that the tape takes, NULL if it takes none */
} Simplifier;

static Index dot_product(Graph *g, const uint32_t *p, Py_ssize_t n) {
    Index out = p[n - 1];
    for (Py_ssize_t k = 0; k < n / 2 && out >= 0; k++) {
        Index product = combine(g, MUL, p[k], p[n / 2 + k]);
        out = product < 0 ? -1 : combine(g, ADD, (uint32_t)out, (uint32_t)product);
    }
    return out;
}

static Index sum_of(Graph *g, const uint32_t *p, Py_ssize_t n) {
    Index out = find_constant(g, 0);
    for (Py_ssize_t k = 0; k < n && out >= 0; k++) out = combine(g, ADD, (uint32_t)out, p[k]);
    return out;
}

/* `other(graph, operation, operands, number)` says which node it is. */
static Index ask_python(Simplifier *s, PyObject *op, PyObject *number) {
    PyObject *operands = PyList_New(s->operand.n), *out = NULL;
    for (Py_ssize_t k = 0; operands && k < s->operand.n; k++) {
        PyObject *i = PyLong_FromUnsignedLong(s->operand.at[k]);
        if (i) PyList_SET_ITEM(operands, k, i);
        else Py_CLEAR(operands);
    }
    if (operands) out = PyObject_CallFunctionObjArgs(s->other, (PyObject *)s->graph, op, operands, number, NULL);
    Py_XDECREF(operands);
    if (!out) return -1;
    unsigned long i = PyLong_AsUnsignedLong(out);
    Py_DECREF(out);
    if (PyErr_Occurred()) return -1;
    if (i < COUNT(s->graph)) return (Index)i;
    PyErr_Format(PyExc_IndexError, "there is no node %lu", i);
    return -1;
}

static Index act_in_python(Simplifier *s, uint32_t code, int action, const double *number) {
    Graph *g = s->graph;
    const uint32_t *p = s->operand.at;
    Py_ssize_t n = s->operand.n;
    PyObject *op = PyTuple_GET_ITEM(s->table, code), *constant = number ? PyFloat_FromDouble(*number) : Py_NewRef(Py_None);
    Index i = -1;
    Pattern pattern;
    if (constant && action != ACT_OTHER && n <= WIDE &&
        read_pattern(g, code, number ? *number : 0, p, n, &pattern)) {
        Template *t = find_template(g, &s->templates, s->ask, op, &pattern, constant);
        if (t) i = apply_template(g, &s->templates, t, p, action == ACT_GATE);
    } else if (constant) i = ask_python(s, op, constant);
    Py_XDECREF(constant);
    return i;
}

/* The node of an operation on the nodes `s->operand`; −1 and an exception if there is none. */
static Index act(Simplifier *s, uint32_t code, int action, const double *number) {
    Graph *g = s->graph;
    const uint32_t *p = s->operand.at;
    Py_ssize_t n = s->operand.n, wanted = action == ACT_STOP ? 1 : action == ACT_DOT ? n | 1 : 2;
    if (action == ACT_CONSTANT && number) return find_constant(g, *number);
    if (action == ACT_TOTAL) return sum_of(g, p, n);
    if (action == ACT_VARIABLE && n == 1) return p[0];
    if (action >= ACT_VARIABLE) return PyErr_SetString(PyExc_ValueError, "the tape is broken: no such derivative"), -1;
    if (action == ACT_CONSTANT || action >= ACT_PRIMITIVE || n != wanted)
        return act_in_python(s, code, n == wanted || action > ACT_EQUAL ? action : ACT_OTHER, number);
    switch (action) {
    case ACT_SUB: return subtract(g, p[0], p[1]);
    case ACT_DOT: return dot_product(g, p, n);
    case ACT_STOP: return is_known(g, p[0]) || g->kind.at[p[0]] == STOP ? (Index)p[0] : node_1(g, STOP, p[0]);
    case ACT_LESS: return compare(g, LESS, p[0], p[1]);
    case ACT_AT_MOST: return compare(g, AT_MOST, p[0], p[1]);
    case ACT_EQUAL: return compare(g, EQUAL, p[0], p[1]);
    default: return combine(g, action == ACT_MUL ? MUL : ADD, p[0], p[1]);
    }
}

/* One number of a gradient, at a position of the tape. */
static Index part(Taken *t, Py_ssize_t position, uint32_t gradient, double which) {
    if (!(which >= 0) || t->at[gradient] + which >= t->number.n)
        return PyErr_SetString(PyExc_ValueError, "the tape is broken: a gradient has no such part"), -1;
    Index i = t->number.at[t->at[gradient] + (uint32_t)which];
    return t->target[position] ? settle(t, position, i) : i;
}

/* ---- all rows */

/* Fill in `where`, the node of each row that is live. */
static int sweep_rows(Simplifier *s, const Tape *tape, const uint8_t *live, int32_t *where) {
    Graph *g = s->graph;
    for (Py_ssize_t i = 0; i < tape->count; i++) {
        uint32_t code = tape->code[i], last = last_operand(tape, i), begin = begin_of_row(tape, i);
        int action = tape->action[code];
        if (!live[i] || action == ACT_INPUT) continue;
        if ((action == ACT_ADD || action == ACT_MUL) && last == begin + 2) { /* nine rows of ten */
            int32_t a = where[tape->place[begin]], b = where[tape->place[begin + 1]];
            if (a < 0 || b < 0) goto broken;
            Index made = combine(g, action == ACT_ADD ? ADD : MUL, (uint32_t)a, (uint32_t)b);
            if (made >= 0 && s->taken) made = settle(s->taken, i, made);
            if (made < 0) return 0;
            where[i] = (int32_t)made;
            continue;
        }
        const double *number = last < tape->end[i] ? &tape->number[tape->place[last]] : NULL;
        if (action == ACT_PART && s->taken && number && last == begin + 1 && tape->place[begin] < i) {
            Index made = part(s->taken, i, tape->place[begin], *number);
            if (made < 0) return 0;
            where[i] = (int32_t)made;
            continue;
        }
        s->operand.n = 0;
        if (!ROOM(&s->operand, last - begin + 1)) return 0;
        for (uint32_t k = begin; k < last; k++) {
            int32_t p = where[tape->place[k]];
            if (p < 0) goto broken;
            PUT(&s->operand, (uint32_t)p);
        }
        if (action == ACT_GRADIENT && s->taken && number) {
            if (!take_derivative(s->taken, i, s->operand.at, s->operand.n, (int)*number & PLAIN)) return 0;
            continue;
        }
        Index made = act(s, code, action, number);
        if (made >= 0 && s->taken) made = settle(s->taken, i, made);
        if (made < 0) return 0;
        where[i] = (int32_t)made;
    }
    return 1;
broken:
    PyErr_SetString(PyExc_ValueError, "the tape is broken: an operand comes after the row that reads it");
    return 0;
}

/* simplify(graph, codes, ends, places, numbers, actions, numbered, table, inputs, roots, targets, ask, other, complete):
the nodes of the rows, as an array, −1 for those that nothing needs. */
static PyObject *simplify(Graph *g, PyObject *const *args, Py_ssize_t n) {
    if (n != 13 || !PyTuple_Check(args[6])) {
        PyErr_SetString(PyExc_TypeError, "simplify takes six arrays, a tuple, inputs, roots, targets, ask, other, complete");
        return NULL;
    }
    Tape tape;
    if (!open_tape(&tape, args)) return NULL;
    Simplifier s = {.graph = g, .table = args[6], .ask = args[10], .other = args[11]};
    Taken taken = {.graph = g, .complete = args[12]};
    Ints inputs = {0}, roots = {0}, targets = {0};
    PyObject *out = NULL;
    uint8_t *live = NULL, *is_target = NULL;
    int32_t *where = NULL;
    if (PyTuple_GET_SIZE(s.table) != tape.entries || !read_ints(args[7], &inputs, (uint32_t)tape.count) ||
        !read_ints(args[8], &roots, (uint32_t)tape.count) || !read_ints(args[9], &targets, (uint32_t)tape.count) ||
        inputs.n >= COUNT(g))
        goto done;
    if (!(live = find_needed(&tape, &roots)) || !(where = zeros(tape.count, sizeof *where))) goto done;
    for (Py_ssize_t i = 0; i < tape.count; i++) where[i] = -1;
    for (Py_ssize_t k = 0; k < inputs.n; k++) where[inputs.at[k]] = (int32_t)(k + 1);
    if (!expect(g, tape.count + tape.count / 8, tape.places.len / 4)) goto done;
    if (targets.n) {
        if (!(is_target = zeros(tape.count, 1)) || !(taken.at = zeros(tape.count, sizeof *taken.at))) goto done;
        for (Py_ssize_t k = 0; k < targets.n; k++) is_target[targets.at[k]] = 1;
        taken.target = is_target, s.taken = &taken;
        for (Py_ssize_t k = 0; k < inputs.n; k++) {
            Index i = settle(&taken, inputs.at[k], (Index)(k + 1));
            if (i < 0) goto done;
            where[inputs.at[k]] = (int32_t)i;
        }
    }
    if (sweep_rows(&s, &tape, live, where))
        out = to_array(g->state->array, "i", where, tape.count * sizeof *where);
done:
    if (!out && !PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "the table or the inputs do not fit the tape");
    PyMem_Free(where);
    PyMem_Free(live);
    PyMem_Free(is_target);
    drop_taken(&taken);
    DROP(&inputs);
    DROP(&roots);
    DROP(&targets);
    DROP(&s.operand);
    drop_templates(&s.templates);
    close_tape(&tape);
    return out;
}
