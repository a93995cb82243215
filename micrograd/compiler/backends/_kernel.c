/* The native kernel: runs a program (see program.py) on numbers.

A program is copied and checked once, when it is loaded, so that running it cannot read or write outside its slots. A
group is one loop. Nearly all of a program is sums of products, and most of these come in rows, because a network is
written in loops: the slots of neighbouring sums lie a constant stride apart, term by term. Of a row the loader keeps the
terms of the first sum only, and its sums are computed side by side, in lanes; that halves the time, since it is the
reading of slot numbers that costs. Every sum still adds its own terms from left to right. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <structmember.h>

#include "../../_core/native/_elementary.h"
#include "_functions.h"
#include "_vector.h"

/* ---- a loaded program */

#define NAMED(NAME, RESULT) KIND_##NAME,

enum {
    SUM,
    UNARY(NAMED) BINARY(NAMED) RELU, STEP, DIV, POW, LESS, AT_MOST, EQUAL, GATE, RELU_GATE, CHOOSE, PICK, KINDS,
    ROW = KINDS /* sums in lanes */
};

#define ANY UINT32_MAX

#define OF_ONE(NAME, RESULT) {#NAME, 1, 0},
#define OF_TWO(NAME, RESULT) {#NAME, 1, 1},

static const struct {
    const char *name;
    uint32_t terms;
    char binary; /* whether the right slot of the first pair counts; else it is ONE */
} KIND[KINDS] = {
    {"sum", ANY, 1}, UNARY(OF_ONE) BINARY(OF_TWO) {"relu", 1, 0},  {"step", 1, 0},   {"div", 1, 1},    {"pow", 1, 1},
    {"less", 1, 1},  {"at most", 1, 1},           {"equal", 1, 1}, {"gate", 1, 1},   {"relu gate", 1, 1},
    {"choose", 2, 1},
    {"pick", ANY, 0},
};

typedef struct {
    uint32_t left, right;
} Pair;

typedef struct { /* some consecutive terms of a row: from one sum to the next their slots move by these strides */
    size_t terms;
    ptrdiff_t left, right;
} Segment;

typedef struct { /* a sum or a pick on its own */
    uint32_t slot, terms;
} Single;

typedef struct { /* a loop: `count` results in slots a stride apart, from these pairs, segments or singles on */
    int kind, left_run, right_run; /* whether the left and the right slots of a function are consecutive */
    uint32_t slot, count;
    ptrdiff_t stride;
    size_t pairs, parts, end;
} Step;

typedef struct {
    void *items;
    size_t used, room;
} Array;

typedef struct Scratch {
    struct Scratch *next;
    double slots[];
} Scratch;

typedef struct {
    PyObject_HEAD
    uint32_t inputs, constants, slots, terms, together;
    size_t outputs;
    char wide; /* whether rows and functions use AVX2 */
    Array steps, pairs, segments, singles;
    double *constant;
    uint32_t *output;
    Scratch *free; /* of earlier calls, ready for the next */
#ifdef Py_GIL_DISABLED
    PyMutex lock;
#endif
} Kernel;

/* ---- computing */

/* Apply the function of this kind to `n` numbers, or pairs of numbers. */
static void apply(int kind, int wide, size_t n, const double *a, const double *b, double *out) {
    if (wide && n >= 4) {
        if (kind == KIND_exp) return vector_exp(n, a, out);
        if (kind == KIND_sigmoid) return vector_sigmoid(n, a, out);
    }
#define EACH(RESULT)                                                                                                   \
    for (size_t i = 0; i < n; i++) {                                                                                   \
        double x = a[i];                                                                                               \
        out[i] = (RESULT);                                                                                             \
    }                                                                                                                  \
    break;
#define CASE_OF_ONE(NAME, RESULT) case KIND_##NAME: EACH(RESULT)
#define CASE_OF_TWO(NAME, RESULT)                                                                                      \
    case KIND_##NAME:                                                                                                  \
        for (size_t i = 0; i < n; i++) {                                                                               \
            double x = a[i], y = b[i];                                                                                 \
            out[i] = (RESULT);                                                                                         \
        }                                                                                                              \
        break;
    switch (kind) {
    UNARY(CASE_OF_ONE)
    BINARY(CASE_OF_TWO)
    case RELU: EACH(x <= 0 ? 0 : x)
    case STEP: EACH(x > 0 ? 1 : x <= 0 ? 0 : x)
    case DIV: EACH(x / b[i])
    case POW: EACH(pow(x, b[i]))
    case LESS: EACH(x < b[i])
    case AT_MOST: EACH(x <= b[i])
    case EQUAL: EACH(x == b[i])
    case GATE: EACH(x == 0 ? 0 : x * b[i])
    case RELU_GATE: EACH(x > 0 ? b[i] : x <= 0 ? 0 : x)
    }
}

static double pick(const double *u, const Pair *pairs, uint32_t terms) {
    double at = u[pairs[0].left];
    if (!(at >= 0 && at < terms - 1.0) || at != floor(at)) return NAN;
    return u[pairs[1 + (uint32_t)at].left];
}

/* A sum begins with its first term, that is at -0: 0 + (-0) would be 0. */
static double sum_of(const double *u, const Pair *pairs, uint32_t terms) {
    double sum = terms ? -0.0 : 0;
    for (const Pair *end = pairs + terms; pairs < end; pairs++) sum += u[pairs->left] * u[pairs->right];
    return sum;
}

static void singles(const Kernel *self, const Step *s, double *u) {
    const Single *it = (Single *)self->singles.items + s->parts, *end = (Single *)self->singles.items + s->end;
    const Pair *p = (Pair *)self->pairs.items + s->pairs;
    for (; it < end; p += it++->terms)
        u[it->slot] = s->kind == SUM ? sum_of(u, p, it->terms) : pick(u, p, it->terms);
}

#ifdef __GNUC__
#define INLINE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("GCC unroll 16")
#else
#define INLINE static inline
#define UNROLLED
#endif

/* `n` sums of a row, from `first` on, side by side: unrolled, which compilers turn into vectors. Products commute, so that
the loader can see to it that only the right slot moves where only one does. */
INLINE void lanes(const Kernel *self, const Step *s, double *u, ptrdiff_t first, const int n) {
    const Pair *p = (Pair *)self->pairs.items + s->pairs;
    const Segment *g = (Segment *)self->segments.items + s->parts, *last = (Segment *)self->segments.items + s->end;
    double sum[16];
    UNROLLED for (int i = 0; i < n; i++) sum[i] = -0.0;
#define TERMS(LEFT, RIGHT)                                                                                             \
    for (; p < end; p++) {                                                                                             \
        const double *x = u + p->left + first * LEFT, *y = u + p->right + first * RIGHT;                               \
        UNROLLED for (int i = 0; i < n; i++) sum[i] += x[i * (LEFT)] * y[i * (RIGHT)];                                 \
    }
    for (; g < last; g++) {
        const Pair *end = p + g->terms;
        ptrdiff_t left = g->left, right = g->right;
        if (left == 0 && right == 1)
            TERMS(0, 1)
        else if (left == 0)
            TERMS(0, right)
        else if (left == 1 && right == 1)
            TERMS(1, 1)
        else
            TERMS(left, right)
    }
    ptrdiff_t stride = s->stride;
    double *out = u + s->slot + first * stride;
    if (stride == 1)
        UNROLLED for (int i = 0; i < n; i++) out[i] = sum[i];
    else
        UNROLLED for (int i = 0; i < n; i++) out[i * stride] = sum[i];
}

typedef void Lanes(const Kernel *, const Step *, double *, ptrdiff_t);

static void sixteen(const Kernel *self, const Step *s, double *u, ptrdiff_t first) { lanes(self, s, u, first, 16); }
static void four(const Kernel *self, const Step *s, double *u, ptrdiff_t first) { lanes(self, s, u, first, 4); }

#if defined(__GNUC__) && defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))
AVX2 static void sixteen_wide(const Kernel *self, const Step *s, double *u, ptrdiff_t first) {
    lanes(self, s, u, first, 16);
}
AVX2 static void four_wide(const Kernel *self, const Step *s, double *u, ptrdiff_t first) {
    lanes(self, s, u, first, 4);
}
#else
#define sixteen_wide sixteen
#define four_wide four
#endif

/* The last lanes may overlap those before them: a result does not depend on the others of its group. */
static void row(const Kernel *self, const Step *s, double *u) {
    Lanes *by_16 = self->wide ? sixteen_wide : sixteen, *by_4 = self->wide ? four_wide : four;
    ptrdiff_t n = s->count, i = 0;
    for (; i + 16 <= n; i += 16) by_16(self, s, u, i);
    if (n >= 16 && n - i > 8)
        by_16(self, s, u, n - 16);
    else
        for (; i < n; i += 4) by_4(self, s, u, i + 4 <= n ? i : n - 4);
}

#define BLOCK 64

static void compute(const Kernel *self, double *u) {
    const Step *s = self->steps.items, *behind = s + self->steps.used;
    double a[BLOCK], b[BLOCK];
    for (; s < behind; s++) {
        const Pair *p = (Pair *)self->pairs.items + s->pairs;
        double *out = u + s->slot;
        size_t n = s->count;
        switch (s->kind) {
        case ROW: row(self, s, u); break;
        case SUM:
        case PICK: singles(self, s, u); break;
        case CHOOSE:
            for (; n--; p += 2) *out++ = u[u[p[0].left] != 0 ? p[0].right : p[1].left];
            break;
        default:
            for (size_t m; n; n -= m, p += m, out += m) {
                m = n < BLOCK ? n : BLOCK;
                if (!s->left_run)
                    for (size_t i = 0; i < m; i++) a[i] = u[p[i].left];
                if (!s->right_run && KIND[s->kind].binary)
                    for (size_t i = 0; i < m; i++) b[i] = u[p[i].right];
                apply(s->kind, self->wide, m, s->left_run ? u + p->left : a, s->right_run ? u + p->right : b, out);
            }
        }
    }
}

/* ---- loading */

static int refuse(const char *message, ...) {
    va_list values;
    va_start(values, message);
    PyErr_FormatV(PyExc_ValueError, message, values);
    va_end(values);
    return -1;
}

/* Room for one more item of this size, at the end. */
static void *append(Array *array, size_t size) {
    if (array->used == array->room) {
        size_t room = array->room ? 2 * array->room : 64;
        void *items = room > (size_t)PY_SSIZE_T_MAX / size ? NULL : PyMem_RawRealloc(array->items, room * size);
        if (!items) return PyErr_NoMemory();
        array->items = items, array->room = room;
    }
    return (char *)array->items + size * array->used++;
}

/* A buffer of items of one kind: "d" (double), "I" (unsigned, 4 bytes) or "B" (bytes). */
static int get_buffer(PyObject *from, Py_buffer *view, const char *name, char item, int writable) {
    const char *kind = item == 'd' ? "float64" : item == 'B' ? "uint8" : "uint32";
    const char *how = writable ? "contiguous, writable buffer" : "contiguous buffer";
    Py_ssize_t size = item == 'd' ? 8 : item == 'B' ? 1 : 4;
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
    int fits = code[0] && !code[1] && (code[0] == item || (item == 'I' && code[0] == 'L'));
    if (!fits || view->itemsize != size) {
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

typedef struct { /* a program as it arrives, not yet checked */
    size_t constants, kinds, counts, ends, lefts, rights, outputs, first; /* how many; the first computed slot */
    double *constant;
    uint8_t *kind;
    uint32_t *count, *end, *left, *right, *output;
} Source;

#define MOST_SLOTS (PY_SSIZE_T_MAX / 16 < UINT32_MAX ? PY_SSIZE_T_MAX / 16 : UINT32_MAX) /* what memory can hold */

static size_t begin(const Source *from, size_t node) { return node ? from->end[node - 1] : 0; }

static int check(const Source *from, long long inputs) {
    if (inputs < 0) return refuse("inputs must not be negative, got %lld", inputs);
    if (inputs >= MOST_SLOTS || from->constants + from->ends >= MOST_SLOTS - (size_t)inputs)
        return refuse("a program has at most %zu slots", (size_t)MOST_SLOTS);
    if (from->kinds != from->counts)
        return refuse("each group has a kind and a count: got %zu kinds and %zu counts", from->kinds, from->counts);
    if (from->lefts != from->rights)
        return refuse("a term is a left and a right slot: got %zu left and %zu right", from->lefts, from->rights);
    size_t node = 0, slots = from->first + from->ends;
    for (size_t group = 0; group < from->kinds; group++) {
        unsigned kind = from->kind[group];
        if (kind >= KINDS) return refuse("group %zu: kind %u does not exist", group, kind);
        if (from->count[group] > from->ends - node)
            return refuse("group %zu: %zu more slots, but ends has %zu only", group, (size_t)from->count[group],
                          from->ends - node);
        size_t before = from->first + node, after = node + from->count[group];
        for (; node < after; node++) {
            size_t slot = from->first + node, t = begin(from, node), end = from->end[node], terms = end - t;
            if (end < t || end > from->lefts)
                return refuse("slot %zu: its terms end at %zu, outside %zu to %zu", slot, end, t, from->lefts);
            if (KIND[kind].terms != ANY ? terms != KIND[kind].terms : kind == PICK && !terms)
                return refuse("slot %zu: '%s' takes %s, got %zu", slot, KIND[kind].name,
                              kind == PICK     ? "one term or more"
                              : kind == CHOOSE ? "two terms"
                                               : "one term",
                              terms);
            for (size_t i = t; i < end; i++) {
                uint32_t left = from->left[i], right = from->right[i];
                if (left >= before || right >= before)
                    return refuse("slot %zu: its term %zu reads slot %zu, but its group begins at %zu", slot, i - t,
                                  (size_t)(left >= before ? left : right), before);
                if (right && kind != SUM && (i > t || !KIND[kind].binary))
                    return refuse("slot %zu: the right of term %zu of '%s' must be slot 0, got %zu", slot, i - t,
                                  KIND[kind].name, (size_t)right);
            }
        }
    }
    if (node != from->ends)
        return refuse("the groups have %zu slots together, but ends has %zu", node, from->ends);
    if (begin(from, node) != from->lefts)
        return refuse("the terms end at %zu, but there are %zu", begin(from, node), from->lefts);
    for (size_t i = 0; i < from->outputs; i++)
        if (from->output[i] >= slots)
            return refuse("output %zu is slot %zu, but there are %zu slots", i, (size_t)from->output[i], slots);
    return 0;
}

#define LONGEST_STEP 64 /* between two sums of a row, in sums of their group */
#define SHORTEST_ROW 4

/* Whether term t of a sum is the pair of a row at this place, in either order. */
static int is_term(const Source *from, size_t term, Pair first, int64_t left, int64_t right, size_t place) {
    int64_t a = first.left + left * (int64_t)place, b = first.right + right * (int64_t)place;
    return (from->left[term] == a && from->right[term] == b) || (from->left[term] == b && from->right[term] == a);
}

/* The strides between two terms; where only one slot moves, it becomes the right one. */
static Pair strides(const Source *from, size_t one, size_t two, ptrdiff_t *left, ptrdiff_t *right) {
    Pair a = {from->left[one], from->right[one]}, b = {from->left[two], from->right[two]};
    if (a.left == b.right || a.right == b.left) b = (Pair){b.right, b.left};
    if (a.right == b.right && a.left != b.left) a = (Pair){a.right, a.left}, b = (Pair){b.right, b.left};
    *left = (ptrdiff_t)b.left - (ptrdiff_t)a.left, *right = (ptrdiff_t)b.right - (ptrdiff_t)a.right;
    return a;
}

/* Append the row that begins with this node and goes on with every `step`th, if there is one; the number of its sums,
0 if there is none, -1 for no memory. */
static ptrdiff_t find_row(Kernel *self, const Source *from, char *taken, size_t node, size_t after, size_t step) {
    size_t t = begin(from, node), terms = from->end[node] - t, n = 1, room = (after - 1 - node) / step + 1;
    size_t pairs = self->pairs.used, segments = self->segments.used;
    ptrdiff_t left = 0, right = 0;
    if (!terms || room < SHORTEST_ROW) return 0;
    for (; n < SHORTEST_ROW; n++) {
        size_t next = node + n * step;
        if (taken[next] || from->end[next] - begin(from, next) != terms) return 0;
        Pair a = strides(from, t, begin(from, node + step), &left, &right);
        if (!is_term(from, begin(from, next), a, left, right, n)) return 0;
    }
    Segment *segment = NULL;
    for (size_t i = 0; i < terms; i++) {
        Pair *pair = append(&self->pairs, sizeof(Pair));
        if (!pair) return -1;
        *pair = strides(from, t + i, begin(from, node + step) + i, &left, &right);
        if (!segment || segment->left != left || segment->right != right) {
            if (!(segment = append(&self->segments, sizeof(Segment)))) return -1;
            *segment = (Segment){0, left, right};
        }
        segment->terms++;
    }
    const Pair *first = (Pair *)self->pairs.items + pairs;
    for (n = 2; n < room; n++) {
        size_t next = node + n * step, other = begin(from, next), i = 0;
        if (taken[next] || from->end[next] - other != terms) break;
        for (segment = (Segment *)self->segments.items + segments; i < terms; segment++)
            for (size_t end = i + segment->terms; i < end; i++)
                if (!is_term(from, other + i, first[i], segment->left, segment->right, n)) goto done;
    }
done:
    if (n < SHORTEST_ROW) {
        self->pairs.used = pairs, self->segments.used = segments;
        return 0;
    }
    Step *row = append(&self->steps, sizeof(Step));
    if (!row) return -1;
    *row = (Step){ROW, 0, 0, (uint32_t)(from->first + node), (uint32_t)n, (ptrdiff_t)step, pairs, segments,
                  self->segments.used};
    self->together += (uint32_t)(n * terms);
    for (size_t i = 0; i < n; i++) taken[node + i * step] = 1;
    return n;
}

static int append_group(Kernel *self, const Source *from, int kind, size_t node, size_t after, char *taken) {
    if (kind == SUM)
        for (size_t step = 1; step <= LONGEST_STEP && step * (SHORTEST_ROW - 1) < after - node; step++)
            for (size_t i = node; i < after; i++)
                if (!taken[i] && find_row(self, from, taken, i, after, step) < 0) return -1;
    size_t first = begin(from, node);
    Step *step = append(&self->steps, sizeof(Step));
    if (!step) return -1;
    *step = (Step){kind, 1, 1, (uint32_t)(from->first + node), (uint32_t)(after - node), 1, self->pairs.used,
                   self->singles.used, 0};
    for (; node < after; node++) {
        size_t t = begin(from, node), end = from->end[node];
        if (taken[node]) continue;
        if (kind == SUM || kind == PICK) {
            Single *single = append(&self->singles, sizeof(Single));
            if (!single) return -1;
            *single = (Single){(uint32_t)(from->first + node), (uint32_t)(end - t)};
        }
        for (; t < end; t++) {
            Pair *pair = append(&self->pairs, sizeof(Pair));
            if (!pair) return -1;
            *pair = (Pair){from->left[t], from->right[t]};
            step->left_run &= t == first || from->left[t] == from->left[t - 1] + 1;
            step->right_run &= t == first || from->right[t] == from->right[t - 1] + 1;
        }
    }
    step->end = self->singles.used;
    if (kind == SUM && step->parts == step->end) self->steps.used--;
    return 0;
}

static int append_groups(Kernel *self, const Source *from) {
    char *taken = PyMem_RawCalloc(from->ends + 1, 1);
    if (!taken) return PyErr_NoMemory(), -1;
    size_t node = 0, group = 0;
    for (; group < from->kinds; node += from->count[group++])
        if (append_group(self, from, from->kind[group], node, node + from->count[group], taken) < 0) break;
    PyMem_RawFree(taken);
    return group < from->kinds ? -1 : 0;
}

static PyObject *kernel_new(PyTypeObject *type, PyObject *args, PyObject *keywords) {
    static char *names[] = {"inputs", "constants", "kinds",   "counts", "ends",
                            "left",   "right",     "outputs", "wide",   NULL};
    int wide = 1, overflow;
    PyObject *inputs, *constants, *kinds, *counts, *ends, *left, *right, *outputs;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O!OOOOOOO|p:Kernel", names, &PyLong_Type, &inputs, &constants,
                                     &kinds, &counts, &ends, &left, &right, &outputs, &wide))
        return NULL;
    long long n = PyLong_AsLongLongAndOverflow(inputs, &overflow);
    if (overflow) n = overflow < 0 ? -1 : LLONG_MAX;
    Kernel *self = (Kernel *)type->tp_alloc(type, 0);
    Source from = {0};
    if (self && (self->constant = from.constant = copied(constants, "constants", 'd', &from.constants)) &&
        (from.kind = copied(kinds, "kinds", 'B', &from.kinds)) &&
        (from.count = copied(counts, "counts", 'I', &from.counts)) &&
        (from.end = copied(ends, "ends", 'I', &from.ends)) && (from.left = copied(left, "left", 'I', &from.lefts)) &&
        (from.right = copied(right, "right", 'I', &from.rights)) &&
        (self->output = from.output = copied(outputs, "outputs", 'I', &from.outputs))) {
        from.first = 1 + (size_t)n + from.constants;
        if (check(&from, n) == 0 && append_groups(self, &from) == 0) {
            self->wide = wide && has_vectors();
            self->inputs = (uint32_t)n, self->constants = (uint32_t)from.constants;
            self->slots = (uint32_t)(from.first + from.ends);
            self->outputs = from.outputs, self->terms = (uint32_t)from.lefts;
        }
    }
    PyMem_RawFree(from.kind), PyMem_RawFree(from.count), PyMem_RawFree(from.end);
    PyMem_RawFree(from.left), PyMem_RawFree(from.right);
    if (self && PyErr_Occurred()) Py_CLEAR(self);
    return (PyObject *)self;
}

static void kernel_dealloc(Kernel *self) {
    PyTypeObject *type = Py_TYPE(self);
    for (Scratch *next, *it = self->free; it; it = next) next = it->next, PyMem_RawFree(it);
    PyMem_RawFree(self->constant), PyMem_RawFree(self->output);
    PyMem_RawFree(self->steps.items), PyMem_RawFree(self->pairs.items);
    PyMem_RawFree(self->segments.items), PyMem_RawFree(self->singles.items);
    type->tp_free(self);
    Py_DECREF(type);
}

/* ---- running */

#ifdef Py_GIL_DISABLED
#define LOCKED(statement) (PyMutex_Lock(&self->lock), statement, PyMutex_Unlock(&self->lock))
#else
#define LOCKED(statement) (statement)
#endif

static void give_back(Kernel *self, Scratch *it) { LOCKED((it->next = self->free, self->free = it)); }

/* The slots of this call, with the constants in them. */
static Scratch *take(Kernel *self) {
    Scratch *it;
    LOCKED((it = self->free, self->free = it ? it->next : NULL));
    if (it) return it;
    it = PyMem_RawMalloc(sizeof(Scratch) + self->slots * sizeof(double));
    if (!it) return (Scratch *)PyErr_NoMemory();
    it->slots[0] = 1;
    if (self->constants) memcpy(it->slots + 1 + self->inputs, self->constant, self->constants * sizeof(double));
    return it;
}

#define LONG_RUN 20000 /* terms: from this many on it pays to release the GIL */

/* Copy the outputs from one on to another; adding -0 changes none, adding 0 makes 0 of -0. */
static void copy_outputs(const Kernel *self, char *out, const double *u, size_t from, size_t to, double zero) {
    for (size_t i = from; i < to; i++) {
        double x = u[self->output[i]] + zero;
        memcpy(out + i * sizeof(double), &x, sizeof(double));
    }
}

static PyObject *run_on(Kernel *self, const Py_buffer *views, Py_ssize_t n, size_t grads) {
    Scratch *it = take(self);
    if (!it) return NULL;
    double *u = it->slots, *next = u + 1;
    for (Py_ssize_t i = 1; i < n; next += views[i++].len / sizeof(double))
        if (views[i].len) memcpy(next, views[i].buf, views[i].len);
    PyThreadState *released = self->terms < LONG_RUN ? NULL : PyEval_SaveThread();
    compute(self, u);
    if (released) PyEval_RestoreThread(released);
    char *out = views[0].buf;
    if (grads) {
        copy_outputs(self, out, u, 0, 1, -0.0);
        copy_outputs(self, out, u, 1, grads, 0.0);
    }
    copy_outputs(self, out, u, grads, self->outputs, -0.0);
    give_back(self, it);
    Py_RETURN_NONE;
}

static PyObject *run(Kernel *self, PyObject *const *args, Py_ssize_t n, size_t grads) {
    if (n < 1) return PyErr_Format(PyExc_TypeError, "run takes the buffer for the results, then those of the inputs");
    Py_buffer few[8], *views = n <= 8 ? few : PyMem_New(Py_buffer, n);
    if (!views) return PyErr_NoMemory();
    PyObject *done = NULL;
    Py_ssize_t held = 0, total = 0;
    for (; held < n; held++) {
        if (get_buffer(args[held], views + held, held ? "an input" : "out", 'd', !held) < 0) goto release;
        if (held) total += views[held].len / sizeof(double);
    }
    if (total != (Py_ssize_t)self->inputs)
        refuse("the inputs must have %zu numbers together, got %zd", (size_t)self->inputs, total);
    else if (views[0].len / sizeof(double) != self->outputs)
        refuse("out must have %zu numbers, got %zd", (size_t)self->outputs, views[0].len / sizeof(double));
    else if (grads > self->outputs)
        refuse("the gradient ends at output %zu, but there are %zu", grads, self->outputs);
    else
        done = run_on(self, views, n, grads);
release:
    while (held) PyBuffer_Release(views + --held);
    if (views != few) PyMem_Free(views);
    return done;
}

static PyObject *kernel_run(Kernel *self, PyObject *const *args, Py_ssize_t n) { return run(self, args, n, 0); }

static PyObject *kernel_run_with_gradient(Kernel *self, PyObject *const *args, Py_ssize_t n) {
    if (n < 1) return PyErr_Format(PyExc_TypeError, "run_with_gradient takes the end of the gradient first");
    Py_ssize_t end = PyLong_AsSsize_t(args[0]);
    if (end == -1 && PyErr_Occurred()) return NULL;
    if (end < 1) return refuse("the gradient begins at output 1, got the end %zd", end), NULL;
    return run(self, args + 1, n - 1, (size_t)end);
}

static PyMethodDef kernel_methods[] = {
    {"run", (PyCFunction)(void (*)(void))kernel_run, METH_FASTCALL,
     "run(out, *inputs): compute the outputs, from float64 buffers that hold the inputs one after the other.\n\n"
     "The inputs are read before `out` is written. Raises ValueError if the sizes do not fit."},
    {"run_with_gradient", (PyCFunction)(void (*)(void))kernel_run_with_gradient, METH_FASTCALL,
     "run_with_gradient(end, out, *inputs): the same; the outputs from 1 to `end` are a gradient.\n\n"
     "A grad begins at 0 and is added to, so that it is never -0."},
    {0},
};

static PyMemberDef kernel_members[] = {
    {"inputs", T_UINT, offsetof(Kernel, inputs), READONLY, "how many inputs there are"},
    {"outputs", T_PYSSIZET, offsetof(Kernel, outputs), READONLY, "how many outputs there are"},
    {"terms", T_UINT, offsetof(Kernel, terms), READONLY, "how many terms there are"},
    {"together", T_UINT, offsetof(Kernel, together), READONLY, "how many of them are computed in lanes"},
    {"wide", T_BOOL, offsetof(Kernel, wide), READONLY, "whether the lanes are AVX2's"},
    {0},
};

static PyType_Slot kernel_slots[] = {
    {Py_tp_new, kernel_new},
    {Py_tp_dealloc, kernel_dealloc},
    {Py_tp_methods, kernel_methods},
    {Py_tp_members, kernel_members},
    {Py_tp_doc, "Kernel(inputs, constants, kinds, counts, ends, left, right, outputs, wide=True)\n\n"
                "A loaded program; raises ValueError for one that is broken. `kinds` are places in KINDS. With `wide` it\n"
                "uses AVX2 where the processor has it; the results are the same numbers."},
    {0},
};

static PyType_Spec kernel_spec = {"micrograd.compiler.backends._kernel.Kernel", sizeof(Kernel), 0, Py_TPFLAGS_DEFAULT,
                                  kernel_slots};

/* ---- the numbers of objects */

/* The number in the slot of a value; -1 and an exception if there is none. */
static double number_of(PyObject *value, PyTypeObject *type, PyMemberDef *slot) {
    if (!PyObject_TypeCheck(value, type)) {
        PyErr_Format(PyExc_TypeError, "the values must be of type %s, got %s", type->tp_name, Py_TYPE(value)->tp_name);
        return -1;
    }
    PyObject *held = PyMember_GetOne((char *)value, slot);
    if (!held) return -1;
    double number = PyFloat_AsDouble(held);
    Py_DECREF(held);
    return number;
}

static PyObject *read_values(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    if (n != 3) return PyErr_Format(PyExc_TypeError, "read takes values, descriptor, out; got %zd arguments", n);
    PyObject *values = args[0], *descriptor = args[1];
    if (!Py_IS_TYPE(descriptor, &PyMemberDescr_Type) ||
        ((PyMemberDescrObject *)descriptor)->d_member->type != T_OBJECT_EX)
        return PyErr_Format(PyExc_TypeError, "the second argument must be the descriptor of a slot, got %s",
                            Py_TYPE(descriptor)->tp_name);
    PyTypeObject *type = ((PyDescrObject *)descriptor)->d_type;
    PyMemberDef *slot = ((PyMemberDescrObject *)descriptor)->d_member;
    if (!PyList_Check(values) && !PyTuple_Check(values))
        return PyErr_Format(PyExc_TypeError, "the first argument must be a list or a tuple of %s, got %s",
                            type->tp_name, Py_TYPE(values)->tp_name);
    Py_buffer out;
    if (get_buffer(args[2], &out, "the third argument", 'd', 1) < 0) return NULL;
    values = PySequence_Tuple(values); /* so that code that runs while numbers are read cannot change it */
    Py_ssize_t count = values ? PyTuple_GET_SIZE(values) : 0, room = out.len / (Py_ssize_t)sizeof(double);
    if (values && count != room) refuse("there must be a number for each of the %zd values, got %zd", count, room);
    for (Py_ssize_t i = 0; count == room && i < count; i++) {
        double number = number_of(PyTuple_GET_ITEM(values, i), type, slot);
        if (number == -1 && PyErr_Occurred()) break;
        memcpy((char *)out.buf + i * sizeof(double), &number, sizeof(double));
    }
    PyBuffer_Release(&out);
    Py_XDECREF(values);
    if (PyErr_Occurred()) return NULL;
    Py_RETURN_NONE;
}

/* ---- the module */

static PyMethodDef functions[] = {
    {"read", (PyCFunction)(void (*)(void))read_values, METH_FASTCALL,
     "read(values, descriptor, out): copy the number in this slot of each value to the buffer `out`."},
    {0},
};

static int fill_module(PyObject *module) {
    PyObject *kinds = PyTuple_New(KINDS);
    for (int kind = 0; kinds && kind < KINDS; kind++) {
        PyObject *name = PyUnicode_FromString(KIND[kind].name);
        if (!name) Py_CLEAR(kinds);
        else PyTuple_SET_ITEM(kinds, kind, name);
    }
    PyObject *type = PyType_FromModuleAndSpec(module, &kernel_spec, NULL);
    int failed = !kinds || !type || PyModule_AddObjectRef(module, "KINDS", kinds) < 0 ||
                 PyModule_AddType(module, (PyTypeObject *)type) < 0;
    Py_XDECREF(kinds);
    Py_XDECREF(type);
    return failed ? -1 : 0;
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
    PyModuleDef_HEAD_INIT, .m_name = "_kernel", .m_doc = "Runs compiled programs on numbers.", .m_methods = functions,
    .m_slots = module_slots,
};

PyMODINIT_FUNC PyInit__kernel(void) { return PyModuleDef_Init(&definition); }
