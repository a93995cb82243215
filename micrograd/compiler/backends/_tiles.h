/* Matrix products: tiles of results that stay in registers over all terms. Lanes are different sums side by side, so that
each adds its own terms from left to right. Included once for each width. */

#define put NAMED(put)
#define add_shared NAMED(add_shared)
#define tiles NAMED(tiles)
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
        if (vector)
            EACH_ROW EACH_VECTOR r[x][k] = load(first + (row + x) * first_row + k * WIDTH);
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

static void run_product(const Ready *b, double *u) {
    if (b->done == RELU) NAMED(run_relu)(b, u);
    else if (b->done == RELU_GATE) NAMED(run_gate)(b, u);
    else NAMED(run_plain)(b, u);
}

#undef STRIPE
#undef STRIPES
#undef LAST
#undef PRODUCT
