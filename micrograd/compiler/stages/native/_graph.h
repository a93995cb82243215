/* A graph: nodes without repeats, as flat arrays; `Expressions` in Python says what they mean.

A node has a kind and operands. That of a constant is the place of its number. Equal nodes are found in a table, by
hashing with linear probing; a + b and b + a are equal, as a · b and b · a are. */

typedef enum { /* kinds that have a name here; all others, the functions, come after them as they are met */
    CONSTANT,
    INPUT,
    STOP,
    ADD,
    MUL,
    SUM,
    DIV,
    POW,
    LESS,
    AT_MOST,
    EQUAL,
    CHOOSE,
    RELU,
    STEP,
    PICK,
    GATE,
    RELU_GATE,
    VARIABLE,
    NAMED
} Kind;

static const char *const NAMES[NAMED] = {"constant", "input", "stop",   "add",  "mul",  "sum",  "div",  "pow",      "less",
                                         "at most",  "equal", "choose", "relu", "step", "pick", "gate", "relu gate",
                                         "variable"};

typedef struct {
    PyObject *array;   /* array.array */
    PyObject *kinds;   /* from the name of a kind to its number */
    PyObject *names;   /* the names, in a list */
    PyObject *compute; /* of a kind and numbers: the number that a node of the kind has for these operands */
    PyObject *graph, *sums; /* the types */
} State;

typedef struct {
    PyObject_HEAD
    State *state;
    PyObject *module;    /* which holds the state */
    Shorts kind;         /* of each node */
    Ints end, operand;   /* its operands end here; they begin where those of the node before end */
    Doubles number;      /* of the constants */
    Bytes is_gate;       /* whether nothing passes where a partial is 0 */
    Ints partials_at;    /* where its partials stand in `pair`, after their number; 0 if it has none */
    Ints pair;           /* partials: operand, derivative, … */
    uint32_t *slot;      /* the table: nodes + 1, 0 where there is none; NULL until one is needed */
    size_t slots, used;
    uint32_t base;       /* nothing is known about nodes before it but constants: see `_rows.h` */
} Graph;

typedef int64_t Index; /* of a node, or −1 and an exception */

#define ONE 0
#define IS_SUMMED(kind) ((kind) == ADD || (kind) == MUL)
#define IS_COMPARISON(kind) ((kind) >= LESS && (kind) <= EQUAL)
#define COUNT(g) ((uint32_t)(g)->kind.n)

static inline Py_ssize_t begin_of(const Graph *g, uint32_t i) { return i ? g->end.at[i - 1] : 0; }
static inline const uint32_t *operands_of(const Graph *g, uint32_t i) { return g->operand.at + begin_of(g, i); }
static inline Py_ssize_t count_of(const Graph *g, uint32_t i) { return g->end.at[i] - begin_of(g, i); }

/* The kind of a node, as far as it is known. */
static inline int known_kind(const Graph *g, uint32_t i) {
    return i >= g->base || g->kind.at[i] == CONSTANT ? g->kind.at[i] : -1;
}
static inline int is_known(const Graph *g, uint32_t i) { return g->kind.at[i] == CONSTANT; }
static inline double number_of(const Graph *g, uint32_t i) { return g->number.at[*operands_of(g, i)]; }

/* Whether x is this number and has its sign. */
static inline int is_exactly(double x, double y) { return memcmp(&x, &y, sizeof x) == 0; }

/* ---- the table

A sum or a product is looked for near the place of its later operand first, within one line of the cache: so what is made
one after the other lies side by side. Where that line is full, and for all other nodes, the place is anywhere. */

#define LINE 16   /* slots */
#define NEARBY 16 /* lines, of which the other operand chooses one */

static inline uint64_t mixed(uint64_t h, uint64_t x) {
    h = (h ^ x) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 29;
}

static inline uint64_t hash_of(int kind, const uint32_t *operands, Py_ssize_t n) {
    uint64_t h = kind;
    if (IS_SUMMED(kind)) { /* in either order */
        uint32_t a = operands[0], b = operands[1];
        return mixed(h, a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a);
    }
    for (Py_ssize_t k = 0; k < n; k++) h = mixed(h, operands[k]);
    return h;
}

static inline uint64_t hash_of_number(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return mixed(CONSTANT, bits);
}

static inline uint64_t hash_of_node(const Graph *g, uint32_t i) {
    if (is_known(g, i)) return hash_of_number(number_of(g, i));
    return hash_of(g->kind.at[i], operands_of(g, i), count_of(g, i));
}

static inline int same_node(const Graph *g, uint32_t i, int kind, const uint32_t *operands, Py_ssize_t n) {
    if (g->kind.at[i] != kind || count_of(g, i) != n) return 0;
    const uint32_t *p = operands_of(g, i);
    if (IS_SUMMED(kind) && p[0] == operands[1] && p[1] == operands[0]) return 1;
    return memcmp(p, operands, n * sizeof *p) == 0;
}

/* Whether a node may be found again: an input is one of a kind, and so is a row of which nothing is known. */
static inline int is_entered(const Graph *g, uint32_t i) {
    return is_known(g, i) || (i >= g->base && count_of(g, i));
}

/* The slot of the node with these operands, or a free one for it; with `is_new`, a free one in any case. */
static inline uint32_t *find_slot(const Graph *g, int kind, const uint32_t *operands, Py_ssize_t n, uint64_t hash,
                                  int is_new) {
#define ENDS_AT(slot) (!(slot) || (!is_new && same_node(g, (slot)-1, kind, operands, n)))
    if (IS_SUMMED(kind)) {
        size_t later = operands[0] > operands[1] ? operands[0] : operands[1];
        uint32_t *line = g->slot + ((2 * later / LINE + (hash >> 32) % NEARBY) * LINE & (g->slots - 1));
        for (size_t k = 0; k < LINE; k++)
            if (ENDS_AT(line[(hash + k) % LINE])) return line + (hash + k) % LINE;
    }
    size_t s = hash & (g->slots - 1);
    while (!ENDS_AT(g->slot[s])) s = (s + 1) & (g->slots - 1);
    return g->slot + s;
#undef ENDS_AT
}

/* Enter all nodes into a table of this size, a power of two. */
static int enter_all(Graph *g, size_t slots) {
    uint32_t *slot = zeros(slots, sizeof *slot);
    if (!slot) return 0;
    PyMem_Free(g->slot);
    g->slot = slot, g->slots = slots, g->used = 0;
    for (uint32_t i = 0; i < COUNT(g); i++)
        if (is_entered(g, i)) {
            *find_slot(g, g->kind.at[i], operands_of(g, i), count_of(g, i), hash_of_node(g, i), 1) = i + 1;
            g->used++;
        }
    return 1;
}

/* Make room for so many more nodes with so many operands, but none in the table. */
static int make_room_for(Graph *g, Py_ssize_t nodes, Py_ssize_t operands) {
    if (g->kind.n + nodes >= INT32_MAX || g->operand.n + operands >= UINT32_MAX) {
        PyErr_SetString(PyExc_OverflowError, "a graph has fewer than 2,147,483,647 nodes");
        return 0;
    }
    return ROOM(&g->kind, nodes) && ROOM(&g->end, nodes) && ROOM(&g->operand, operands) && ROOM(&g->is_gate, nodes) &&
           ROOM(&g->partials_at, nodes);
}

/* The same, and in the table. */
static int expect(Graph *g, Py_ssize_t nodes, Py_ssize_t operands) {
    if (!make_room_for(g, nodes, operands)) return 0;
    size_t slots = g->slots ? g->slots : 64, used = g->slots ? g->used : COUNT(g);
    while (slots < 2 * (used + nodes)) slots *= 2;
    return slots == g->slots || enter_all(g, slots);
}

/* ---- nodes */

/* A new node, for which there is room; it is not entered. */
static inline uint32_t put_node(Graph *g, int kind, const uint32_t *operands, Py_ssize_t n) {
    for (Py_ssize_t k = 0; k < n; k++) PUT(&g->operand, operands[k]);
    PUT(&g->kind, (uint16_t)kind);
    PUT(&g->end, (uint32_t)g->operand.n);
    PUT(&g->is_gate, 0);
    PUT(&g->partials_at, 0);
    return COUNT(g) - 1;
}

/* The node of this kind, found or new. */
static inline Index find_node(Graph *g, int kind, const uint32_t *operands, Py_ssize_t n) {
    if (!expect(g, 1, n)) return -1;
    uint32_t *slot = find_slot(g, kind, operands, n, hash_of(kind, operands, n), 0);
    if (!*slot) *slot = put_node(g, kind, operands, n) + 1, g->used++;
    return *slot - 1;
}

static Index find_constant(Graph *g, double x) {
    if (isnan(x)) x = NAN; /* which of two is the product of both depends on the compiler */
    if (!expect(g, 1, 1) || !ROOM(&g->number, 1)) return -1;
    size_t s = hash_of_number(x) & (g->slots - 1);
    for (; g->slot[s]; s = (s + 1) & (g->slots - 1)) {
        uint32_t i = g->slot[s] - 1;
        if (is_known(g, i) && is_exactly(number_of(g, i), x)) return i;
    }
    uint32_t place = (uint32_t)g->number.n, i = put_node(g, CONSTANT, &place, 1);
    PUT(&g->number, x);
    g->slot[s] = i + 1, g->used++;
    return i;
}

static inline Index node_1(Graph *g, int kind, uint32_t a) { return find_node(g, kind, &a, 1); }
static inline Index node_2(Graph *g, int kind, uint32_t a, uint32_t b) {
    uint32_t operands[] = {a, b};
    return find_node(g, kind, operands, 2);
}

/* The factors of the product that node i is, or that it adds to a known number; NULL if it is neither. */
static inline const uint32_t *product_in(const Graph *g, uint32_t i) {
    if (g->kind.at[i] == ADD && is_known(g, operands_of(g, i)[0])) i = operands_of(g, i)[1];
    return g->kind.at[i] == MUL ? operands_of(g, i) : NULL;
}

/* ---- local derivatives */

static inline Py_ssize_t partial_count(const Graph *g, uint32_t i) {
    return g->partials_at.at[i] ? g->pair.at[g->partials_at.at[i]] : 0;
}
static inline const uint32_t *partials_of(const Graph *g, uint32_t i) { return g->pair.at + g->partials_at.at[i] + 1; }

/* Store so many pairs as the partials of a node. */
static int store(Graph *g, uint32_t i, const uint32_t *pairs, Py_ssize_t n) {
    if (!ROOM(&g->pair, 2 * n + 2)) return 0;
    if (!g->pair.n) PUT(&g->pair, 0); /* so that no partials stand at 0 */
    g->partials_at.at[i] = (uint32_t)g->pair.n;
    PUT(&g->pair, (uint32_t)n);
    for (Py_ssize_t k = 0; k < 2 * n; k++) PUT(&g->pair, pairs[k]);
    return 1;
}

/* ---- the kinds */

/* The number of a kind, which may be new; −1 and an exception if there is none. */
static int kind_named(State *state, PyObject *name) {
    PyObject *found = PyDict_GetItemWithError(state->kinds, name);
    if (found) return (int)PyLong_AsLong(found);
    if (PyErr_Occurred()) return -1;
    Py_ssize_t next = PyList_GET_SIZE(state->names);
    if (next > UINT16_MAX) {
        PyErr_SetString(PyExc_OverflowError, "there are too many kinds of nodes");
        return -1;
    }
    PyObject *number = PyLong_FromSsize_t(next);
    int right = number && PyList_Append(state->names, name) == 0 && PyDict_SetItem(state->kinds, name, number) == 0;
    Py_XDECREF(number);
    return right ? (int)next : -1;
}
