/* Matrix products: tiles of results that stay in registers over all terms. Lanes are different sums side by side, so that
each adds its own terms from left to right. Included once for each width. */

#define put NAMED(put)
#define add_shared NAMED(add_shared)
#define tiles NAMED(tiles)
#define find_rows NAMED(find_rows)
#define add_term NAMED(add_term)
#define add_pairs NAMED(add_pairs)
#define long_tiles NAMED(long_tiles)
#define run_product NAMED(run_product)

#define EACH_ROW UNROLLED for (int x = 0; x < R; x++)
#define EACH_VECTOR UNROLLED for (int k = 0; k < W; k++)

/* Store vectors, of whose lanes `count` count; only of one alone these are not all. */
INLINE void put(const int W, double *to, ptrdiff_t count, const Lanes *r) {
    if (W > 1 || count >= WIDTH)
        EACH_VECTOR store(to + k * WIDTH, r[k]);
    else {
        double few[WIDTH];
        store(few, r[0]);
        for (ptrdiff_t i = 0; i < count; i++) to[i] = few[i];
    }
}

/* Add the terms of a part: each is a number of each row, times lanes that are the same for all rows. The lower half of
the rows has a pointer of its own, so that all that the loop needs stays in registers. */
INLINE void add_shared(const int R, const int W, const Part *p, const double *a, const double *b, Lanes r[TALLEST][4]) {
    const int H = R > 3 ? R / 2 : R;
    ptrdiff_t row = p->left.row, a_along = p->left.along, b_along = p->right.along;
    const double *lower = a + H * row;
    HIDE(lower);
    for (ptrdiff_t n = p->terms; n--; a += a_along, lower += a_along, b += b_along) {
        Lanes y[4];
        EACH_VECTOR y[k] = load(b + k * WIDTH);
        EACH_VECTOR KEEP(y[k]);
        EACH_ROW {
            Lanes s = spread(x < H ? a[x * row] : lower[(x - H) * row]);
            EACH_VECTOR r[x][k] = add(r[x][k], mul(s, y[k]));
        }
    }
}

/* All rows of some lanes: parts that are SHARED, of sums that may begin with a bias, stored as they are or after one
function, `done`. All that a tile needs is known before the first one, for most of the time is spent here. The last tile
may overlap the one before it: no result depends on another one. A sum begins with its first term, that is at -0:
0 + (-0) would be 0. */
INLINE void tiles(const int R, const int W, const int done, const Ready *b, double *u, Place at) {
    const Part *p = b->parts, *end = b->parts + b->product;
    const Finish *f = b->finishes;
    const double *first = b->begin, *other = done == RELU_GATE ? u + f->other.at + at.lane : MINUS_ZEROS;
    ptrdiff_t first_row = 0;
    int vector = p->how != ONE_SCALAR;
    if (p->how != SHARED) first = u + p->left.at + (vector ? at.lane : 0), first_row = p++->left.row;
    double *to = u + (done == SUM ? target(b, b->stored, f) : f->out) + at.lane;
    ptrdiff_t to_row = b->out_row, other_row = done == RELU_GATE ? f->other.row : 0;
    const double *left = u + p->left.at, *right = u + p->right.at + at.lane;
    ptrdiff_t a_row = p->left.row;
    for (ptrdiff_t row = 0, rows = b->rows;;) {
        Lanes r[TALLEST][4];
        if (vector && first_row)
            EACH_ROW EACH_VECTOR r[x][k] = load(first + (row + x) * first_row + k * WIDTH);
        else if (vector)
            EACH_ROW EACH_VECTOR r[x][k] = load(first + k * WIDTH);
        else
            EACH_ROW EACH_VECTOR r[x][k] = spread(first[(row + x) * first_row]);
        add_shared(R, W, p, left, right, r);
        for (const Part *q = p + 1; q < end; q++)
            add_shared(R, W, q, u + q->left.at + row * q->left.row, u + q->right.at + at.lane, r);
        EACH_ROW {
            if (done == RELU) EACH_VECTOR r[x][k] = relu_of(r[x][k]);
            if (done == RELU_GATE) EACH_VECTOR r[x][k] = relu_passed(load(other + k * WIDTH), r[x][k]);
            put(W, to, at.count, r[x]);
            to += to_row, other += other_row;
        }
        if ((row += R) == rows) break;
        ptrdiff_t back = row > rows - R ? row - (rows - R) : 0;
        row -= back, left += (R - back) * a_row, to -= back * to_row, other -= back * other_row;
    }
}

#define STRIPE(NAME, DONE, R, W)                                                                                       \
    static void NAMED(NAME##_##R##_##W)(const Ready *b, double *u, ptrdiff_t lane, ptrdiff_t count) {                  \
        tiles(R, W, DONE, b, u, (Place){0, lane, count});                                                            \
    }
#define STRIPES(NAME, R, W)                                                                                            \
    for (; j + W * WIDTH <= n; j += W * WIDTH) NAMED(NAME##_##R##_##W)(b, u, j, count)
#define LAST(NAME, R)                                                                                                  \
    if (n - j > WIDTH && n >= 2 * WIDTH)                                                                               \
        NAMED(NAME##_##R##_2)(b, u, n - 2 * WIDTH, count);                                                             \
    else                                                                                                               \
        for (; j < n; j += WIDTH)                                                                                      \
        NAMED(NAME##_##R##_1)(b, u, j + WIDTH <= n ? j : n > WIDTH ? n - WIDTH : 0, count)
#define PRODUCT(NAME, DONE)                                                                                            \
    STRIPE(NAME, DONE, 6, 2)                                                                                           \
    STRIPE(NAME, DONE, 6, 1)                                                                                           \
    STRIPE(NAME, DONE, 4, 2)                                                                                           \
    STRIPE(NAME, DONE, 4, 1)                                                                                           \
    STRIPE(NAME, DONE, 2, 4)                                                                                           \
    STRIPE(NAME, DONE, 2, 2)                                                                                           \
    STRIPE(NAME, DONE, 2, 1)                                                                                           \
    static void NAMED(run_##NAME)(const Ready *b, double *u) {                                                         \
        ptrdiff_t n = b->lanes, j = 0, count = n < WIDTH ? n : WIDTH;                                                  \
        if (b->tall == 6) {                                                                                            \
            STRIPES(NAME, 6, 2);                                                                                       \
            LAST(NAME, 6);                                                                                             \
        } else if (b->tall == 4) {                                                                                     \
            STRIPES(NAME, 4, 2);                                                                                       \
            LAST(NAME, 4);                                                                                             \
        } else {                                                                                                       \
            STRIPES(NAME, 2, 4);                                                                                       \
            STRIPES(NAME, 2, 2);                                                                                       \
            LAST(NAME, 2);                                                                                             \
        }                                                                                                              \
    }

PRODUCT(plain, SUM)
PRODUCT(relu, RELU)
PRODUCT(gate, RELU_GATE)

/* ---- many lanes */

/* The rows of a tile, each with a pointer of its own: then one index is enough for all of them. */
INLINE void find_rows(const int R, const Operand *from, const double *u, ptrdiff_t row, const double **a) {
    a[0] = u + from->at + row * from->row;
    EACH_ROW {
        if (x) a[x] = a[x - 1] + from->row;
        HIDE(a[x]);
    }
}

/* Add a term to each result: a number of its row, times lanes that are the same for all rows. AFTER: a row at a time, for
only so do all results stay in registers. */
INLINE void add_term(const int R, const int W, const double *const *a, ptrdiff_t *i, const double **b,
                     Lanes r[TALLEST][4]) {
    Lanes y[4];
    EACH_VECTOR y[k] = load(*b + k * WIDTH);
    EACH_VECTOR KEEP(y[k]);
    EACH_ROW {
        Lanes s = spread(a[x][*i]);
        EACH_VECTOR r[x][k] = add(r[x][k], mul(s, y[k]));
        EACH_VECTOR AFTER(*i, r[x][k]);
    }
    AFTER(*b, r[R - 1][W - 1]);
}

/* Add the terms of a part, two at a time: little but arithmetic is left. */
INLINE void add_pairs(const int R, const int W, const Part *p, const double *const *a, const double *b,
                       Lanes r[TALLEST][4]) {
    const ptrdiff_t a_along = p->left.along, b_along = p->right.along;
    ptrdiff_t i = 0, n = p->terms;
    for (; n >= 2; n -= 2) {
        add_term(R, W, a, &i, &b, r);
        i += a_along, b += b_along;
        add_term(R, W, a, &i, &b, r);
        i += a_along, b += b_along;
    }
    if (n) add_term(R, W, a, &i, &b, r);
}

/* The same for many lanes, row by row: parts that are SHARED, of sums that may begin with a bias, stored as they are or after one function,
`done`. A sum begins with its first term, that is at -0: 0 + (-0) would be 0. */
INLINE void long_tiles(const int R, const int W, const int done, const Ready *b, double *u, ptrdiff_t row, ptrdiff_t stop,
                  ptrdiff_t lane, ptrdiff_t end) {
    const Part *p = b->parts, *last = b->parts + b->product, *bias = p->how == SHARED ? NULL : p++;
    const Finish *f = b->finishes;
    const int vector = bias && bias->how == ONE_VECTOR;
    const ptrdiff_t first_row = bias ? bias->left.row : 0, out = done == SUM ? target(b, b->stored, f) : f->out;
    const double *a[TALLEST], *rows[TALLEST];
    for (; row < stop; row += R) {
        const double *first = bias ? u + bias->left.at + row * first_row : MINUS_ZEROS;
        const double *other = done == RELU_GATE ? u + f->other.at + row * f->other.row : NULL;
        double *to = u + out + row * b->out_row;
        find_rows(R, &p->left, u, row, a);
        ptrdiff_t j = lane;
        do {
            Lanes r[TALLEST][4];
            if (vector)
                EACH_ROW EACH_VECTOR r[x][k] = load(first + x * first_row + j + k * WIDTH);
            else
                EACH_ROW EACH_VECTOR r[x][k] = spread(first[x * first_row]);
            add_pairs(R, W, p, a, u + p->right.at + j, r);
            for (const Part *q = p + 1; q < last; q++) {
                find_rows(R, &q->left, u, row, rows);
                add_pairs(R, W, q, rows, u + q->right.at + j, r);
            }
            EACH_ROW {
                if (done == RELU) EACH_VECTOR r[x][k] = relu_of(r[x][k]);
                if (done == RELU_GATE)
                    EACH_VECTOR r[x][k] = relu_passed(load(other + x * f->other.row + j + k * WIDTH), r[x][k]);
                put(W, to + x * b->out_row + j, end - j, r[x]);
            }
        } while ((j += W * WIDTH) + W * WIDTH <= end);
    }
}

#define TILES(NAME, DONE, R, W)                                                                                        \
    static void NAMED(NAME##_##R##_##W)(const Ready *b, double *u, ptrdiff_t i, ptrdiff_t stop, ptrdiff_t j, ptrdiff_t n) { \
        long_tiles(R, W, DONE, b, u, i, stop, j, n);                                                                   \
    }

/* So many rows, R at a time, and all lanes: the last tile may overlap the one before it, for no result depends on another
one. */
#define ROWS(NAME, R, MOST, FROM, TO)                                                                                  \
    do {                                                                                                               \
        ptrdiff_t row = FROM, stop = TO, j = n - n % (MOST * WIDTH);                                                   \
        if (j) NAMED(NAME##_##R##_##MOST)(b, u, row, stop, 0, n);                                                      \
        if (n - j > 2 * WIDTH) NAMED(NAME##_##R##_2)(b, u, row, stop, j, n), j += 2 * WIDTH;                           \
        if (n - j > WIDTH && n >= 2 * WIDTH)                                                                           \
            NAMED(NAME##_##R##_2)(b, u, row, stop, n - 2 * WIDTH, n);                                                  \
        else if (n > j)                                                                                                \
            NAMED(NAME##_##R##_1)(b, u, row, stop, n - WIDTH, n);                                                      \
    } while (0)

#undef PRODUCT

/* As many rows at a time as there are registers for; the last ones may overlap those before them. */
#define PRODUCT(NAME, DONE)                                                                                            \
    TILES(NAME, DONE, 6, 2)                                                                                            \
    TILES(NAME, DONE, 6, 1)                                                                                            \
    TILES(NAME, DONE, 4, 2)                                                                                            \
    TILES(NAME, DONE, 4, 1)                                                                                            \
    TILES(NAME, DONE, 2, 4)                                                                                            \
    TILES(NAME, DONE, 2, 2)                                                                                            \
    TILES(NAME, DONE, 2, 1)                                                                                            \
    static void NAMED(run_##NAME)(const Ready *b, double *u) {                                                         \
        const ptrdiff_t n = b->lanes, rows = b->rows, few = rows % 6 == 2 && rows >= 8 ? 8 : rows % 6;                 \
        const ptrdiff_t fours = few == 3 && rows > 3 ? 4 : few / 4 * 4, twos = few - fours;                            \
        if (few < rows) ROWS(NAME, 6, 2, 0, rows - few);                                                               \
        if (fours) ROWS(NAME, 4, 2, rows - few - (fours > few), rows - few - (fours > few) + fours);                   \
        if (twos > 1) ROWS(NAME, 2, 4, rows - twos, rows - twos + 2);                                                  \
        if (twos == 1 || twos == 3) ROWS(NAME, 2, 4, rows - 2, rows);                                                  \
    }

PRODUCT(long_plain, SUM)
PRODUCT(long_relu, RELU)
PRODUCT(long_gate, RELU_GATE)

#define MANY_LANES 32

static void run_product(const Ready *b, double *u) {
#define RUN(NAME) (b->lanes >= MANY_LANES ? NAMED(run_long_##NAME)(b, u) : NAMED(run_##NAME)(b, u))
    if (b->done == RELU) RUN(relu);
    else if (b->done == RELU_GATE) RUN(gate);
    else RUN(plain);
#undef RUN
}

#undef STRIPE
#undef STRIPES
#undef LAST
#undef TILES
#undef ROWS
#undef PRODUCT
