/* A node: what it holds, where its memory comes from, how it dies, and what the cyclic collector sees of it. */

typedef enum { NOTHING, FLOAT, SHUT, ONES, MANY, OBJECT = 8, ARRAY } Kind;
#define HOLDS 8 /* of kinds that hold something which has to be given back */

typedef struct {
    Py_ssize_t length;
    double item[];
} Doubles;

typedef union { /* read together with its Kind */
    double number;
    PyObject *object;
    Doubles *array;    /* of MANY operands: a derivative for each */
    Py_ssize_t length; /* of ONES: so many derivatives that are 1 */
    struct Node *next; /* of a free slot */
} Cell;

/* The slots of `nodes.Node`, which explains them: numbers are kept as doubles, anything else as an object. */
typedef struct Node {
    PyObject_HEAD
    uint32_t slab; /* the position of its slab, or NO_SLAB */
    uint8_t data_is : 4, brief : 1; /* what `calls` holds: see `remember` */
    uint8_t grad_is;
    uint8_t da_is : 4, db_is : 4;
    uint8_t mark : 2, owns_op : 1, shown : 1;
    PyObject *a, *b; /* NULL for None */
    Cell da, db, grad;
    Cell data; /* from here on, backward reads nothing: what it reads fits into one line of the cache */
    PyObject *dict, *calls;
    PyObject *op; /* borrowed if it is one of `declared` */
} Node;

#define NO_SLAB UINT32_MAX

#if defined(_MSC_VER)
#define ALWAYS_INLINE __forceinline
#define NEVER_INLINE __declspec(noinline)
#else
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define NEVER_INLINE __attribute__((noinline))
#endif

/* Walks go through a graph against the order in which its nodes were made, so the next ones lie in front of this one. */
#if defined(__GNUC__)
#define EXPECT(v) (__builtin_prefetch((char *)(v), 1), __builtin_prefetch((char *)(v) + 63, 1))
#else
#define EXPECT(v) ((void)0)
#endif
#define EXPECT_NEIGHBOURS(v) EXPECT((char *)(v) - 768)
#define N(object) ((Node *)(object))

static PyTypeObject NodeType;
static PyTypeObject *Value = NULL; /* the class on top of it that fills the slabs */
static PyObject *shut = NULL;      /* ops.SHUT */

#define IS_NODE(object) (Py_IS_TYPE(object, Value) || PyObject_TypeCheck(object, &NodeType))

/* ---- cells */

static inline void put(Cell *cell, uint8_t *is, PyObject *x) {
    if (PyFloat_CheckExact(x)) cell->number = PyFloat_AS_DOUBLE(x), *is = FLOAT;
    else if (x == Py_None) *is = NOTHING;
    else if (x == Py_Ellipsis) *is = MANY;
    else if (x == shut) cell->number = 0, *is = SHUT;
    else cell->object = Py_NewRef(x), *is = OBJECT;
}

static inline void empty(Cell *cell, Kind was) {
    if (was == OBJECT) Py_CLEAR(cell->object);
    else if (was == ARRAY) PyMem_Free(cell->array), cell->array = NULL;
}

/* How many derivatives an ARRAY or ONES holds, and the one at i. */
static inline Py_ssize_t length_of(Cell cell, Kind is) { return is == ONES ? cell.length : cell.array->length; }
static inline double item_of(Cell cell, Kind is, Py_ssize_t i) { return is == ONES ? 1.0 : cell.array->item[i]; }

/* What the cell holds, for Python. */
static PyObject *shown(Cell cell, Kind is) {
    switch (is) {
    case FLOAT: return PyFloat_FromDouble(cell.number);
    case SHUT: return Py_NewRef(shut);
    case OBJECT: return Py_NewRef(cell.object);
    case MANY: return Py_NewRef(Py_Ellipsis);
    case NOTHING: Py_RETURN_NONE;
    default: break;
    }
    Py_ssize_t n = length_of(cell, is);
    PyObject *numbers = PyTuple_New(n);
    for (Py_ssize_t i = 0; numbers && i < n; i++) {
        PyObject *x = PyFloat_FromDouble(item_of(cell, is, i));
        if (x) PyTuple_SET_ITEM(numbers, i, x);
        else Py_CLEAR(numbers);
    }
    return numbers;
}

/* ---- slabs: memory for nodes of exactly the class Value, in the order in which they are made

The collector does not track them: following a graph of a hundred thousand nodes, again and again while it grows, costs
more than building it. But a full collection sees them all: they are enumerated from the slabs (`collecting`). */

#if PY_VERSION_HEX >= 0x030E0000
#define ALWAYS_TRACKED 1 /* the collector of 3.14 has no full collections of its own */
#else
#define ALWAYS_TRACKED 0
#endif

typedef struct { /* what lies before each object that the collector knows */
    uintptr_t next, previous;
} Head;

#define HEAD(v) ((Head *)(v) - 1)
#define IS_TRACKED(v) (HEAD(v)->next != 0)

typedef struct {
    Head head;
    Node node;
} Slot;

#ifndef SLOTS
#define SLOTS 584 /* 64 KiB */
#define KEPT 512  /* so many empty slabs are kept: 32 MiB */
#else             /* of 1: every node has memory of its own, for tests under a sanitizer */
#define KEPT 0
#endif

typedef struct Slab {
    struct Slab *previous, *next; /* of those with room, but for `current` */
    Node *free;
    uint32_t position, used, fresh; /* the slots from `fresh` on have never been used */
    Slot slot[SLOTS];
} Slab;

static Slab **slabs = NULL;  /* NULL where one was given back */
static uint32_t slab_count = 0, slab_room = 0;
static Slab *current = NULL; /* from which nodes are taken */
static Slab *roomy = NULL;   /* others with room */
static Slab *spare = NULL;   /* and those that are empty, linked by `next` */
static int spares = 0;

static int suspected = 0; /* whether a node may lead back to itself: its parents were assigned */
static uint32_t vacant = 0;   /* no position below it is vacant */
static Py_ssize_t used_slabs = 0;

static Slab *new_slab(void) {
    while (vacant < slab_count && slabs[vacant]) vacant++;
    if (vacant == slab_room) {
        uint32_t room = slab_room ? 2 * slab_room : 64;
        Slab **more = PyMem_RawRealloc(slabs, room * sizeof(Slab *));
        if (!more) return NULL;
        slabs = more, slab_room = room;
    }
    Slab *slab = PyMem_RawMalloc(sizeof(Slab));
    if (!slab) return NULL;
    slabs[slab->position = vacant] = slab;
    if (vacant == slab_count) slab_count++;
    return slab;
}

static int change_slab(void) {
    if (roomy) {
        current = roomy, roomy = roomy->next;
        if (roomy) roomy->previous = NULL;
        return 1;
    }
    Slab *slab = spare;
    if (slab) spare = slab->next, spares--;
    else if (!(slab = new_slab())) return 0;
    slab->free = NULL, slab->used = slab->fresh = 0;
    current = slab, used_slabs++;
    return 1;
}

static NEVER_INLINE void collect_if_needed(void);

static inline int has_room(void) { return current && (current->free || current->fresh < SLOTS); }

static NEVER_INLINE Node *take_unused(void) {
    if (!has_room()) {
        collect_if_needed(); /* which may free nodes of this slab, and make others, in another one */
        if (!has_room() && !change_slab()) return NULL;
    }
    Slab *slab = current;
    Node *v = slab->free;
    if (v) slab->free = v->grad.next;
    else v = &slab->slot[slab->fresh++].node;
    EXPECT((char *)v + 512);
    slab->used++;
    v->slab = slab->position;
    return v;
}

static ALWAYS_INLINE Node *take(void) {
    Slab *slab = current;
    Node *v = slab ? slab->free : NULL;
    if (!v) return take_unused();
    slab->free = v->grad.next;
    slab->used++;
    return v; /* with its `slab` */
}

static NEVER_INLINE void sort_in(Slab *slab);

static inline void give_back(Node *v) {
    Slab *slab = slabs[v->slab];
    v->ob_base.ob_type = NULL;
    v->grad.next = slab->free, slab->free = v;
    slab->used--;
    if (slab != current || SLOTS == 1) sort_in(slab);
}

/* A slab that has become roomier. */
static void sort_in(Slab *slab) {
    int was_full = slab->used == SLOTS - 1;
    if (slab->used && was_full) {
        slab->previous = NULL, slab->next = roomy;
        if (roomy) roomy->previous = slab;
        roomy = slab;
    } else if (!slab->used) {
        if (!was_full) {
            if (slab->previous) slab->previous->next = slab->next;
            else roomy = slab->next;
            if (slab->next) slab->next->previous = slab->previous;
        }
        used_slabs--;
        if (slab == current) current = NULL;
        if (spares < KEPT) {
            slab->next = spare, spare = slab, spares++;
        } else {
            slabs[slab->position] = NULL;
            if (slab->position < vacant) vacant = slab->position;
            PyMem_RawFree(slab);
        }
    }
}

/* A new node of this class, a leaf with the data and the gradient 0; NULL for an error. */
static NEVER_INLINE Node *fresh_of(PyTypeObject *kind) {
    Node *v = N(PyType_GenericAlloc(kind, 0));
    if (!v) return NULL;
    v->slab = NO_SLAB;
    v->data_is = v->grad_is = FLOAT;
    return v;
}

static ALWAYS_INLINE Node *fresh(PyTypeObject *kind) {
    if (kind != Value) return fresh_of(kind);
    Node *v = take();
    if (!v) return (Node *)PyErr_NoMemory();
    HEAD(v)->next = HEAD(v)->previous = 0; /* one by one: memset would take longer than all the rest */
    v->data_is = v->grad_is = FLOAT;
    v->da_is = v->db_is = NOTHING;
    v->brief = v->mark = v->owns_op = v->shown = 0;
    v->a = v->b = v->dict = v->calls = v->op = NULL;
    v->data.number = v->grad.number = 0;
    Py_SET_TYPE(v, (PyTypeObject *)Py_NewRef(kind));
#ifdef Py_REF_DEBUG
    _Py_NewReference((PyObject *)v);
#else
    Py_SET_REFCNT(v, 1);
#endif
    if (ALWAYS_TRACKED) PyObject_GC_Track(v);
    return v;
}

/* ---- death: without recursion, since a graph may be ten million nodes deep

While one node is taken apart, the nodes that this frees wait in a list, linked by what the collector no longer needs. */

static Node *doomed = NULL;
static int taking_apart = 0;

static void take_apart(Node *v) {
    PyTypeObject *kind = Py_TYPE(v);
    PyObject *a = v->a, *b = v->b, *op = v->owns_op ? v->op : NULL;
    EXPECT_NEIGHBOURS(v);
    v->a = v->b = v->op = NULL;
    empty(&v->data, v->data_is);
    empty(&v->grad, v->grad_is);
    empty(&v->da, v->da_is);
    empty(&v->db, v->db_is);
    Py_CLEAR(v->dict);
    Py_CLEAR(v->calls);
    Py_XDECREF(op);
    Py_XDECREF(b);
    Py_XDECREF(a);
    if (v->slab == NO_SLAB) PyObject_GC_Del(v);
    else give_back(v);
    Py_DECREF(kind);
}

/* Whether taking it apart frees nothing else: as nearly always, if it was a number on the way to another one. */
static inline int is_simple(const Node *v) {
    if (v->slab == NO_SLAB || v->owns_op || ((v->data_is | v->grad_is | v->da_is | v->db_is) & HOLDS)) return 0;
    if (v->dict || v->calls || HEAD(v)->next || Py_TYPE(v)->tp_finalize) return 0;
    Py_ssize_t own = v->a == v->b ? 2 : 1;
    return (!v->a || Py_REFCNT(v->a) > own) && (!v->b || Py_REFCNT(v->b) > own);
}

static void node_dealloc(PyObject *self) {
    Node *v = N(self);
    if (is_simple(v)) {
        PyTypeObject *kind = Py_TYPE(self);
        Py_XDECREF(v->a);
        Py_XDECREF(v->b);
        give_back(v);
        Py_DECREF(kind);
        return;
    }
    if (Py_TYPE(self)->tp_finalize) {
        if (!IS_TRACKED(self)) PyObject_GC_Track(self); /* as whatever a `__del__` brings back to life has to be */
        if (PyObject_CallFinalizerFromDealloc(self) < 0) return;
    }
    if (IS_TRACKED(self)) PyObject_GC_UnTrack(self);
    HEAD(v)->previous = (uintptr_t)doomed, doomed = v;
    if (taking_apart) return;
    taking_apart = 1;
    while ((v = doomed)) {
        doomed = (Node *)HEAD(v)->previous;
        take_apart(v);
    }
    taking_apart = 0;
}

/* ---- the collector */

/* A tuple that a node has for itself alone need not be tracked: what it holds belongs to the node, and whoever asks for
it gets it through `handed_out`. */
static PyObject *own(PyObject *tuple) {
    if (tuple) PyObject_GC_UnTrack(tuple);
    return tuple;
}

static PyObject *handed_out(PyObject *x) {
    if (PyTuple_CheckExact(x) && PyTuple_GET_SIZE(x) && !PyObject_GC_IsTracked(x)) PyObject_GC_Track(x);
    return Py_NewRef(x);
}

static int visit_own(PyObject *x, visitproc visit, void *arg) {
    if (!x || !PyTuple_CheckExact(x) || PyObject_GC_IsTracked(x)) Py_VISIT(x);
    else
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(x); i++) Py_VISIT(PyTuple_GET_ITEM(x, i));
    return 0;
}

/* The class of a node is visited by Python, whose classes these are. */
static int node_traverse(PyObject *self, visitproc visit, void *arg) {
    Node *v = N(self);
    int out;
    if ((out = visit_own(v->a, visit, arg)) || (out = visit_own(v->calls, visit, arg))) return out;
    Py_VISIT(v->b);
    Py_VISIT(v->dict);
    if (v->owns_op) Py_VISIT(v->op);
    if (v->data_is == OBJECT) Py_VISIT(v->data.object);
    if (v->grad_is == OBJECT) Py_VISIT(v->grad.object);
    if (v->da_is == OBJECT) Py_VISIT(v->da.object);
    if (v->db_is == OBJECT) Py_VISIT(v->db.object);
    return 0;
}

static int node_clear(PyObject *self) {
    Node *v = N(self);
    Kind data = v->data_is, grad = v->grad_is, da = v->da_is, db = v->db_is;
    PyObject *op = v->owns_op ? v->op : NULL;
    if (op) v->op = NULL, v->owns_op = 0;
    if (data == OBJECT) v->data_is = NOTHING, empty(&v->data, data);
    if (grad == OBJECT) v->grad_is = NOTHING, empty(&v->grad, grad);
    v->da_is = v->db_is = NOTHING;
    empty(&v->da, da);
    empty(&v->db, db);
    Py_XDECREF(op);
    Py_CLEAR(v->a);
    Py_CLEAR(v->b);
    Py_CLEAR(v->dict);
    Py_CLEAR(v->calls);
    return 0;
}

static void each_in_slabs(void (*act)(PyObject *, PyObject *), PyObject *with) {
    for (uint32_t i = 0; i < slab_count; i++)
        for (uint32_t k = 0; slabs[i] && slabs[i]->used && k < slabs[i]->fresh; k++) {
            Node *v = &slabs[i]->slot[k].node;
            if (Py_TYPE(v) && Py_REFCNT(v) > 0) act((PyObject *)v, with); /* neither free nor doomed */
        }
}

static void show(PyObject *v, PyObject *nothing) {
    if (PyObject_GC_IsTracked(v)) return;
    PyObject_GC_Track(v);
    N(v)->shown = 1;
}

static void hide(PyObject *v, PyObject *nothing) {
    if (!N(v)->shown) return;
    N(v)->shown = 0;
    if (PyObject_GC_IsTracked(v)) PyObject_GC_UnTrack(v);
}

/* A full collection is shown every node, and afterwards they are hidden from it again. */
static int collection = 0; /* whether one is under way, and how many full ones there have been */
static size_t full_collections = 0;

#ifndef MANY_SLABS
#define MANY_SLABS (250000 / SLOTS)
#endif
static Py_ssize_t collect_at = MANY_SLABS;

static void collect_later(void) { collect_at = 2 * used_slabs > MANY_SLABS ? 2 * used_slabs : MANY_SLABS; }

static void begin_collection(void) {
    if (!ALWAYS_TRACKED) each_in_slabs(show, NULL);
    full_collections++;
}

static void end_collection(void) {
    if (!ALWAYS_TRACKED) each_in_slabs(hide, NULL);
    collect_later();
}

/* It may also do so if anything but its parents can be reached from it. */
static void suspect(PyObject *self, PyObject *nothing) {
    Node *v = N(self);
    suspected |= v->dict || v->calls || (v->db_is == MANY && v->b) || v->data_is == OBJECT || v->grad_is == OBJECT ||
                 v->da_is == OBJECT || v->db_is == OBJECT;
}

/* Nodes do not bring a collection nearer, so the cycles that they are part of would wait for one too long: as soon as
many are alive, and one of them may lead back to itself, we ask for it. */
static void collect_if_needed(void) {
    if (used_slabs < collect_at || collection || !PyGC_IsEnabled()) return;
    collect_later();
    each_in_slabs(suspect, NULL);
    if (!suspected) return;
    PyObject *type, *error, *traceback;
    PyErr_Fetch(&type, &error, &traceback);
    size_t before = full_collections;
    PyGC_Collect(); /* it calls `collecting` */
    if (full_collections == before) { /* unless somebody has emptied gc.callbacks */
        begin_collection();
        PyGC_Collect();
        end_collection();
    }
    suspected = 0;
    PyErr_Restore(type, error, traceback);
}

/* For `gc.callbacks`. */
static PyObject *collecting(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    if (n != 2 || !PyUnicode_Check(args[0])) return PyErr_Format(PyExc_TypeError, "collecting takes a phase and an info");
    PyObject *generation = PyMapping_GetItemString(args[1], "generation");
    if (!generation) return NULL;
    long which = PyLong_AsLong(generation);
    Py_DECREF(generation);
    if (which == -1 && PyErr_Occurred()) return NULL;
    collection = PyUnicode_CompareWithASCIIString(args[0], "start") == 0;
    if (which >= 2) collection ? begin_collection() : end_collection();
    Py_RETURN_NONE;
}

/* In the child of a fork: the thread that was taking nodes apart does not exist there. */
static PyObject *forked(PyObject *module, PyObject *Py_UNUSED(nothing)) {
    taking_apart = collection = 0;
    Py_RETURN_NONE;
}

static void list_untracked(PyObject *v, PyObject *list) {
    if (!PyErr_Occurred() && !PyObject_GC_IsTracked(v)) PyList_Append(list, v);
}

/* untracked(): the nodes that the collector does not track. */
static PyObject *untracked(PyObject *module, PyObject *Py_UNUSED(nothing)) {
    PyObject *list = PyList_New(0);
    if (list) each_in_slabs(list_untracked, list);
    if (PyErr_Occurred()) Py_CLEAR(list);
    return list;
}
