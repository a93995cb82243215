/* The rules that make a node simpler: what the methods of `Expressions` do, and its two rules for known numbers. */

static Index combine(Graph *g, int kind, uint32_t a, uint32_t b);

/* ---- sums and products */

static Index add_number(Graph *g, uint32_t a, uint32_t b) {
    int both = is_known(g, a) && is_known(g, b);
    if (both) return find_constant(g, number_of(g, a) + number_of(g, b));
    double known = number_of(g, is_known(g, a) ? a : b);
    if (is_exactly(known, -0.0)) return is_known(g, a) ? b : a;
    return node_2(g, ADD, a, b);
}

static Index multiply_by_number(Graph *g, uint32_t a, uint32_t b) {
    for (;;) {
        if (!is_known(g, b)) {
            uint32_t number = a;
            a = b, b = number;
        }
        double y = number_of(g, b);
        if (is_known(g, a)) return find_constant(g, number_of(g, a) * y);
        if (y == 1) return a;
        if (known_kind(g, a) != MUL) return node_2(g, MUL, a, b);
        uint32_t x = operands_of(g, a)[0], sign = operands_of(g, a)[1];
        if (!is_known(g, sign) || number_of(g, sign) != -1) return node_2(g, MUL, a, b);
        Index opposite = find_constant(g, -y);
        if (opposite < 0) return -1;
        a = x, b = (uint32_t)opposite;
    }
}

static inline Index combine(Graph *g, int kind, uint32_t a, uint32_t b) {
    if (is_known(g, a) || is_known(g, b)) return kind == ADD ? add_number(g, a, b) : multiply_by_number(g, a, b);
    return node_2(g, kind, a, b);
}

static Index negative(Graph *g, uint32_t a) {
    Index b = find_constant(g, -1);
    return b < 0 ? -1 : combine(g, MUL, a, (uint32_t)b);
}

static Index subtract(Graph *g, uint32_t a, uint32_t b) {
    Index opposite = negative(g, b);
    return opposite < 0 ? -1 : combine(g, ADD, a, (uint32_t)opposite);
}

/* ---- functions */

static int all_known(const Graph *g, const uint32_t *operands, Py_ssize_t n) {
    for (Py_ssize_t k = 0; k < n; k++)
        if (!is_known(g, operands[k])) return 0;
    return 1;
}

/* The constant that Python computes for these operands. */
static Index compute(Graph *g, int kind, const uint32_t *operands, Py_ssize_t n) {
    PyObject *all = PyTuple_New(n + 1);
    if (!all) return -1;
    PyTuple_SET_ITEM(all, 0, Py_NewRef(PyList_GET_ITEM(g->state->names, kind)));
    for (Py_ssize_t k = 0; k < n; k++) {
        PyObject *x = PyFloat_FromDouble(number_of(g, operands[k]));
        if (!x) {
            Py_DECREF(all);
            return -1;
        }
        PyTuple_SET_ITEM(all, k + 1, x);
    }
    PyObject *out = PyObject_CallObject(g->state->compute, all);
    Py_DECREF(all);
    double x = out ? PyFloat_AsDouble(out) : -1;
    Py_XDECREF(out);
    return PyErr_Occurred() ? -1 : find_constant(g, x);
}

/* The node, or a constant if all its operands are constants. */
static Index fold(Graph *g, int kind, const uint32_t *operands, Py_ssize_t n) {
    return all_known(g, operands, n) ? compute(g, kind, operands, n) : find_node(g, kind, operands, n);
}

static Index divide(Graph *g, uint32_t a, uint32_t b) {
    uint32_t operands[] = {a, b};
    return b == ONE ? a : fold(g, DIV, operands, 2);
}

/* A power up to the fourth is a product. */
static Index raise_to(Graph *g, uint32_t a, uint32_t b) {
    uint32_t operands[] = {a, b};
    double k = is_known(g, b) ? number_of(g, b) : NAN;
    if (!(fabs(k) <= 4) || is_known(g, a) || k != trunc(k)) return fold(g, POW, operands, 2);
    Index power = ONE;
    for (int n = (int)fabs(k); n > 0 && power >= 0; n--) power = combine(g, MUL, (uint32_t)power, a);
    return power < 0 || k >= 0 ? power : divide(g, ONE, (uint32_t)power);
}

static Index compare(Graph *g, int kind, uint32_t a, uint32_t b) {
    if (kind == LESS && IS_COMPARISON(known_kind(g, b)) && is_known(g, a) && number_of(g, a) >= 0 &&
        number_of(g, a) < 1)
        return b;
    if (!is_known(g, a) || !is_known(g, b)) return node_2(g, kind, a, b);
    double x = number_of(g, a), y = number_of(g, b);
    return find_constant(g, kind == LESS ? x < y : kind == AT_MOST ? x <= y : x == y);
}

/* ---- choices */

static int is_zero(const Graph *g, uint32_t i) { return is_known(g, i) && is_exactly(number_of(g, i), 0); }
static int equals(const Graph *g, uint32_t i, double x) { return is_known(g, i) && number_of(g, i) == x; }

/* Whether node i is 0 where x ≤ 0, and else nan. */
static int zero_or_nan(const Graph *g, uint32_t i, uint32_t x) {
    if (known_kind(g, i) != CHOOSE) return 0;
    const uint32_t *p = operands_of(g, i);
    uint32_t condition = p[0], zero = p[1], other = p[2];
    if (!is_known(g, other) || !isnan(number_of(g, other)) || known_kind(g, condition) != AT_MOST) return 0;
    return operands_of(g, condition)[0] == x && equals(g, operands_of(g, condition)[1], 0) && is_zero(g, zero);
}

static Index choose(Graph *g, uint32_t condition, uint32_t a, uint32_t b) {
    if (is_known(g, condition)) return number_of(g, condition) != 0 ? a : b;
    if (a == b) return a;
    int kind = known_kind(g, condition);
    if (a == ONE && is_zero(g, b) && IS_COMPARISON(kind)) return condition;
    uint32_t x = IS_COMPARISON(kind) ? operands_of(g, condition)[0] : 0;
    uint32_t y = IS_COMPARISON(kind) ? operands_of(g, condition)[1] : 0;
    if (kind == LESS && a == ONE && equals(g, x, 0) && zero_or_nan(g, b, y)) return node_1(g, STEP, y);
    int is_relu = kind == AT_MOST && b == x && is_zero(g, a) && equals(g, y, 0);
    uint32_t operands[] = {condition, a, b};
    Index i = is_relu ? node_1(g, RELU, x) : find_node(g, CHOOSE, operands, 3);
    Index otherwise = i < 0 ? -1 : subtract(g, ONE, condition);
    if (otherwise < 0) return -1;
    uint32_t passes[] = {x, (uint32_t)otherwise}, either[] = {a, condition, b, (uint32_t)otherwise};
    if (is_relu ? !g->partials_at.at[i] && !store(g, (uint32_t)i, passes, 1) : !store(g, (uint32_t)i, either, 2))
        return -1;
    g->is_gate.at[i] = 1;
    return i;
}

/* Of all but the first operand, the one at the index. */
static Index pick(Graph *g, const uint32_t *operands, Py_ssize_t n) {
    Index i = find_node(g, PICK, operands, n);
    if (i < 0) return -1;
    g->is_gate.at[i] = 1;
    if (g->partials_at.at[i]) return i;
    Ints pairs = {0};
    for (Py_ssize_t k = 1; k < n; k++) {
        Index number = find_constant(g, (double)(k - 1));
        Index chosen = number < 0 ? -1 : compare(g, EQUAL, operands[0], (uint32_t)number);
        if (chosen < 0 || !PUSH(&pairs, operands[k]) || !PUSH(&pairs, (uint32_t)chosen)) goto failed;
    }
    if (!store(g, (uint32_t)i, pairs.at, n - 1)) goto failed;
    DROP(&pairs);
    return i;
failed:
    DROP(&pairs);
    return -1;
}

/* ---- all of them */

/* Whether a node of this kind may have so many operands. */
static int may_have(int kind, Py_ssize_t n) {
    switch (kind) {
    case CONSTANT:
    case INPUT:
    case VARIABLE: return 0;
    case SUM: return n && n % 2 == 0;
    case PICK: return n > 1;
    case CHOOSE: return n == 3;
    case STOP:
    case RELU:
    case STEP: return n == 1;
    default: return kind < NAMED ? n == 2 : n > 0;
    }
}

/* A node of this kind, as simple as the rules make it; for choose and pick there are none. The operands lie elsewhere
than in the graph, which may move. */
static Index make(Graph *g, int kind, const uint32_t *p, Py_ssize_t n) {
    if (!may_have(kind, n)) {
        PyErr_Format(PyExc_TypeError, "%U does not take %zd operands", PyList_GET_ITEM(g->state->names, kind), n);
        return -1;
    }
    switch (kind) {
    case ADD:
    case MUL: return combine(g, kind, p[0], p[1]);
    case LESS:
    case AT_MOST:
    case EQUAL: return compare(g, kind, p[0], p[1]);
    case DIV: return divide(g, p[0], p[1]);
    case POW: return raise_to(g, p[0], p[1]);
    case SUM:
    case CHOOSE:
    case RELU:
    case STEP:
    case PICK: return find_node(g, kind, p, n);
    default: return fold(g, kind, p, n);
    }
}
