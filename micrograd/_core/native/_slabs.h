/* Slabs: memory for nodes of exactly the class Value, in the order in which they are made.

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

static Slab **slabs = NULL; /* NULL where one was given back */
static uint32_t slab_count = 0, slab_room = 0;
static Slab *current = NULL; /* from which nodes are taken */
static Slab *roomy = NULL;   /* others with room */
static Slab *spare = NULL;   /* and those that are empty, linked by `next` */
static int spares = 0;

static int suspected = 0;   /* whether a node may lead back to itself: its parents were assigned */
static uint32_t vacant = 0; /* no position below it is vacant */
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
