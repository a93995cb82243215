/* A loaded program: steps with everything prepared, so that running them decides as little as possible.

All places are counted from slot 0. Behind the slots lies the scratch memory: what is read in an order that suits no
vector is copied there first, in lanes. */

#ifndef MICROGRAD_PROGRAM_H
#define MICROGRAD_PROGRAM_H

#include "_buffers.h"
#include "_kinds.h"

typedef struct {
    uint32_t left, right;
} Pair;

/* ---- groups */

typedef struct { /* some consecutive terms of a row: from one sum to the next their slots move by these strides */
    size_t terms;
    ptrdiff_t left, right;
} Segment;

typedef struct { /* a sum or a pick on its own */
    uint32_t slot, terms;
} Single;

typedef struct { /* `count` results in slots a stride apart, from these pairs, segments, singles or
                    spans on */
    int kind, left_run, right_run; /* whether the left and the right slots of a function are consecutive */
    uint32_t slot, count;
    ptrdiff_t stride; /* of whole numbers, the first weight */
    size_t pairs, parts, end; /* pairs: in a loop from its first one on */
} Listed;

/* ---- blocks */

typedef struct { /* the slot for (i0, i1, i2) and term t is at + i0 outer + i1 row + i2 lane + t along */
    ptrdiff_t at, outer, row, lane, along, moves;
} Operand;

/* How the two operands of a part vary by lane. ONE: there is one operand. ACROSS: the terms of a lane lie side by side,
and the lanes anywhere; LISTED: so they do, and an index says where the terms of each lane begin; of one sum alone, where
each of its terms is. */
enum { BOTH, SHARED, MIXED, SCALARS, ONE_VECTOR, ONE_SCALAR, ACROSS, LISTED };

typedef struct { /* some terms of a block, all of one pattern; the left one varies by lane if only one does */
    int how;
    uint32_t terms;
    Operand left, right;
} Part;

typedef struct { /* what is done with the result, where it is stored, and the other operand */
    int kind, stored, vector;
    ptrdiff_t out;
    Operand other;
} Finish;

/* Copy an operand to the scratch memory: for each of its rows `terms` terms of `lanes` lanes side by side; or what an
index lists: slots, or spans of consecutive or equal ones. */
enum { STRIDED, SLOTS, SPANS };

typedef struct {
    uint32_t first, length, equal;
} Span;

typedef struct {
    int how;
    uint32_t outer, rows, lanes, terms;
    Operand from;
    ptrdiff_t to;
    size_t index, count; /* in the index, or in the spans */
} Copy;

#define TALLEST 6

typedef struct { /* all rows and lanes of a block */
    uint32_t rows, lanes;
    int stored, in_lines; /* in_lines: see `_lines.h` */
    int short_row; /* whether the only row is short: it stays in registers over many parts */
    int tall, product, done; /* the first so many parts are a matrix product, in tiles of `tall` rows: its function */
    ptrdiff_t out, out_row;
    const Part *parts, *end;
    const Finish *finishes, *last;
    const uint32_t *index; /* of listed lanes */
    const double *begin;   /* what the sums of a product begin with */
} Ready;

typedef struct {
    Ready ready; /* once all is loaded */
    uint32_t outer;
    int kind;
    ptrdiff_t out_outer, moves;
    size_t output; /* the results are the outputs from that one on, and nothing else; 0: they are not */
    ptrdiff_t output_outer, output_row;
    size_t terms, parts, end, finishes, last, copies, copied;
} Block;

/* ---- steps */

enum { ROW, SUMS, WHOLE, CHOICES, PICKS, FUNCTION, BLOCK, REDUCTION, MAP, REPEAT };

typedef struct {
    int how;
    uint32_t times;             /* a loop runs the next `steps` so many times */
    size_t at;                  /* among the blocks, or the moves of a loop's pairs */
    size_t steps, first, pairs; /* of a loop: the steps, the first of its pairs, how many these are */
    ptrdiff_t moves;
    Listed listed;
} Step;

typedef struct Scratch { /* the memory of a call */
    struct Scratch *next;
    double *slots; /* behind this record */
} Scratch;

enum { APART, TOGETHER, EQUALS };

typedef struct {
    uint32_t slot, count;
    int how; /* whether these outputs lie in consecutive slots from that one on, or are all that one */
    int written; /* where they are wanted, by the block that computes them, if that can be */
} Run;

typedef struct {
    PyObject_HEAD
    uint32_t inputs, constants, slots;
    size_t outputs, terms, together, moving, shifted, memory; /* memory: doubles of a call */
    size_t scratch, most_scratch, stay;
    double placed[4]; /* how many numbers are read in vectors from slots with this rest modulo 4 */
    size_t aligned;   /* slots with this rest lie at a multiple of 32 bytes */
    size_t first_pair;
    size_t written; /* behind the last output that a block can write where it is wanted */
    char wide; /* whether vectors are AVX2's */
    Array steps;
    Array pairs, segments, singles, moves;
    Array blocks, parts, finishes, copies, indexes, spans, runs;
    Array weights, compared; /* of sums of whole numbers; the slots that are known to be 0 or 1 */
    double *constant;
    uint32_t *output;
    Scratch *free; /* of earlier calls, ready for the next */
#ifdef Py_GIL_DISABLED
    PyMutex lock;
#endif
} Kernel;

#define ITEMS(array, type) ((type *)(array).items)

/* ---- reading it */

static const double MINUS_ZEROS[16] = {-0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0,
                                       -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0, -0.0};
static const double ZEROS[16] = {0};

#ifdef __GNUC__
#define INLINE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("GCC unroll 16")
#else
#define INLINE static inline
#define UNROLLED
#endif

typedef struct { /* where a tile stands: its first row and lane, and how many lanes count */
    ptrdiff_t row, lane, count;
} Place;

static double pick(const double *u, const Pair *pairs, uint32_t terms) {
    double at = u[pairs[0].left];
    if (!(at >= 0 && at < terms - 1.0) || at != floor(at)) return NAN;
    return u[pairs[1 + (uint32_t)at].left];
}

/* Where the results are written first: to their own place, if they are stored, or else to that of the next ones that are. */
static ptrdiff_t target(const Ready *b, int stored, const Finish *f) {
    if (stored) return b->out;
    while (!f->stored) f++;
    return f->out;
}

/* A sum begins with its first term, that is at -0: 0 + (-0) would be 0. */
static double sum_of(const double *u, const Pair *pairs, uint32_t terms) {
    double sum = terms ? -0.0 : 0;
    for (const Pair *end = pairs + terms; pairs < end; pairs++) sum += u[pairs->left] * u[pairs->right];
    return sum;
}

/* ---- a program as it arrives */

enum { FROM_GROUP, FROM_BLOCK, FROM_LOOP };

typedef struct {
    int64_t base, stride[3], along, moves, indexed;
} View;

typedef struct {
    int64_t terms;
    View left, right;
} Piece;

typedef struct {
    int64_t kind, out;
    View other;
} Tail;

typedef struct {
    int64_t form, kind, out, moves, n[3], first, last, tail, tails;
} Record;

typedef struct {
    size_t constants, steps, pieces, tails, indexes, rows, lefts, rights, left_moves, right_moves, outputs;
    size_t first, slots; /* the first computed slot */
    double *constant;
    Record *step;
    Piece *piece;
    Tail *tail;
    uint32_t *index, *end, *left, *right, *output;
    int64_t *left_move, *right_move;
} Source;

static size_t begin(const Source *from, size_t row) { return row ? from->end[row - 1] : 0; }

#endif
