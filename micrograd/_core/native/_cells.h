/* A node: what it holds, as numbers and as objects. */

typedef enum { NOTHING, FLOAT, SHUT, ONES, MANY, NOTE, OBJECT = 8, ARRAY } Kind;
#define HOLDS 8 /* of kinds that hold something which has to be given back */

typedef struct {
    Py_ssize_t length;
    double item[];
} Packed;

typedef union { /* read together with its Kind */
    double number;
    PyObject *object;
    Packed *array;    /* of MANY operands: a derivative for each */
    Py_ssize_t length; /* of ONES: so many derivatives that are 1; of NOTE: a position, see `_recording.h` */
    struct Node *next; /* of a free slot */
} Cell;

/* The slots of `nodes.Node`, which explains them: numbers are kept as doubles, anything else as an object. */
typedef struct Node {
    PyObject_HEAD
    uint32_t slab;                  /* the position of its slab, or NO_SLAB */
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
    case NOTE: return PyLong_FromSsize_t(cell.length);
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
