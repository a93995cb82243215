/* Blocks: tiles of results stay in registers over all parts, and through what is done with them. Lanes are different sums
side by side, so that each adds its own terms from left to right. Included once for each width. */

#define put NAMED(put)
#define finish NAMED(finish)
#define find_lanes NAMED(find_lanes)
#define add_across NAMED(add_across)
#define add_shared NAMED(add_shared)
#define add_part NAMED(add_part)
#define tile NAMED(tile)
#define stripe NAMED(stripe)
#define product NAMED(product)
#define run_rows NAMED(run_rows)
#define run_reduction NAMED(run_reduction)

#define EACH_ROW UNROLLED for (int x = 0; x < R; x++)
#define EACH_VECTOR UNROLLED for (int k = 0; k < W; k++)

/* Store a tile, of whose lanes `count` count; only of a narrow one are these not all. */
INLINE void put(const int R, const int W, double *out, ptrdiff_t row, ptrdiff_t count, Lanes r[TALLEST][4]) {
    if (W > 1 || count >= WIDTH)
        EACH_ROW EACH_VECTOR store(out + x * row + k * WIDTH, r[x][k]);
    else
        EACH_ROW {
            double few[WIDTH];
            store(few, r[x][0]);
            for (ptrdiff_t i = 0; i < count; i++) out[x * row + i] = few[i];
        }
}

/* Store the results of a tile, do what is done with them, and store what comes of it. */
INLINE void finish(const int R, const int W, const Ready *b, double *u, Place at, Lanes r[TALLEST][4]) {
    double *out = u + at.row * b->out_row + at.lane;
    if (b->stored) put(R, W, out + b->out, b->out_row, at.count, r);
    for (const Finish *f = b->finishes; f < b->last; f++) {
        const double *other = u + f->other.at + at.row * f->other.row + (f->vector ? at.lane : 0);
        ptrdiff_t row = f->other.row;
#define WITH_OTHER(RESULT)                                                                                             \
    if (f->vector)                                                                                                     \
        EACH_ROW EACH_VECTOR {                                                                                         \
            Lanes y = load(other + x * row + k * WIDTH);                                                               \
            r[x][k] = RESULT;                                                                                          \
        }                                                                                                              \
    else                                                                                                               \
        EACH_ROW {                                                                                                     \
            Lanes y = spread(other[x * row]);                                                                          \
            EACH_VECTOR r[x][k] = RESULT;                                                                              \
        }                                                                                                              \
    break
        switch (f->kind) {
        case RELU: EACH_ROW EACH_VECTOR r[x][k] = relu_of(r[x][k]); break;
        case STEP: EACH_ROW EACH_VECTOR r[x][k] = step_of(r[x][k]); break;
        case SUM: WITH_OTHER(mul(r[x][k], y));
        case GATE: WITH_OTHER(passed(y, r[x][k]));
        case DIV: WITH_OTHER(quotient(r[x][k], y));
        case LESS: WITH_OTHER(is_less(r[x][k], y));
        case AT_MOST: WITH_OTHER(is_at_most(r[x][k], y));
        case EQUAL: WITH_OTHER(is_equal(r[x][k], y));
        default: WITH_OTHER(relu_passed(y, r[x][k]));
        }
#undef WITH_OTHER
        if (f->stored) put(R, W, out + f->out, b->out_row, at.count, r);
    }
}

/* Where the terms of some lanes of a row begin, the first `count` of them. */
INLINE void find_lanes(const int W, const Ready *b, int listed, const Operand *x, ptrdiff_t row, Place at,
                       ptrdiff_t starts[2][WIDTH]) {
    EACH_VECTOR UNROLLED for (ptrdiff_t l = 0; l < WIDTH; l++) {
        ptrdiff_t lane = at.lane + (W > 1 || l < at.count ? k * WIDTH + l : at.count - 1);
        ptrdiff_t place = x->at + row * x->row + lane * x->lane;
        starts[k][l] = listed ? b->index[place] : place;
    }
}

/* Add terms that lie one behind the other for each lane, to W vectors: some terms of some lanes are turned at a time. */
INLINE void add_across(const int W, double *sums, const Ready *ready, const Part *p, const double *u, ptrdiff_t row,
                       Place at) {
    ptrdiff_t n = p->terms, t = 0, a_along = p->left.along, b_along = p->right.along;
    ptrdiff_t a[2][WIDTH], b[2][WIDTH];
    find_lanes(W, ready, p->how == LISTED, &p->left, row, at, a);
    find_lanes(W, ready, p->how == LISTED, &p->right, row, at, b);
    Lanes r[2], x[WIDTH];
    EACH_VECTOR r[k] = load(sums + k * WIDTH);
#define TURNED(LEFT, RIGHT)                                                                                            \
    for (; t + WIDTH <= n; t += WIDTH)                                                                                 \
        EACH_VECTOR {                                                                                                  \
            UNROLLED for (int l = 0; l < WIDTH; l++) x[l] = mul(LEFT, RIGHT);                                          \
            turn(x);                                                                                                   \
            UNROLLED for (int l = 0; l < WIDTH; l++) r[k] = add(r[k], x[l]);                                           \
        }
    if (a_along && b_along && !p->right.lane && p->how == ACROSS)
        for (; t + WIDTH <= n; t += WIDTH) {
            Lanes y = load(u + b[0][0] + t);
            EACH_VECTOR {
                UNROLLED for (int l = 0; l < WIDTH; l++) x[l] = mul(load(u + a[k][l] + t), y);
                turn(x);
                UNROLLED for (int l = 0; l < WIDTH; l++) r[k] = add(r[k], x[l]);
            }
        }
    else if (a_along && b_along)
        TURNED(load(u + a[k][l] + t), load(u + b[k][l] + t))
    else if (a_along)
        TURNED(load(u + a[k][l] + t), spread(u[b[k][l]]))
    else if (b_along)
        TURNED(spread(u[a[k][l]]), load(u + b[k][l] + t))
#undef TURNED
    for (; t < n; t++)
        EACH_VECTOR {
            double left[WIDTH], right[WIDTH];
            UNROLLED for (int l = 0; l < WIDTH; l++) {
                left[l] = u[a[k][l] + t * a_along], right[l] = u[b[k][l] + t * b_along];
            }
            r[k] = add(r[k], mul(load(left), load(right)));
        }
    EACH_VECTOR store(sums + k * WIDTH, r[k]);
}

static void NAMED(add_across_1)(double *sums, const Ready *b, const Part *p, const double *u, ptrdiff_t row, Place at) {
    add_across(1, sums, b, p, u, row, at);
}
static void NAMED(add_across_2)(double *sums, const Ready *b, const Part *p, const double *u, ptrdiff_t row, Place at) {
    add_across(2, sums, b, p, u, row, at);
}

/* Add one term: a number for each row, times lanes that are the same for all rows. */
INLINE void add_shared(const int R, const int W, const double *a, ptrdiff_t row, const double *b, Lanes r[TALLEST][4]) {
    Lanes y[4];
    EACH_VECTOR y[k] = load(b + k * WIDTH);
    EACH_VECTOR KEEP(y[k]);
    EACH_ROW {
        Lanes s = spread(a[x * row]);
        EACH_VECTOR r[x][k] = add(r[x][k], mul(s, y[k]));
    }
}

INLINE void add_part(const int R, const int W, const Ready *ready, const Part *p, double *u, Place at,
                     Lanes r[TALLEST][4]) {
    const double *a = u + p->left.at + at.row * p->left.row, *b = u + p->right.at;
    ptrdiff_t n = p->terms, a_row = p->left.row, b_row = p->right.row, a_along = p->left.along,
              b_along = p->right.along;
    switch (p->how) {
    case SHARED:
        for (b += at.lane; n--; a += a_along, b += b_along) add_shared(R, W, a, a_row, b, r);
        break;
    case MIXED:
        for (b += at.lane + at.row * b_row; n--; a += a_along, b += b_along)
            EACH_ROW {
                Lanes s = spread(a[x * a_row]);
                EACH_VECTOR r[x][k] = add(r[x][k], mul(s, load(b + x * b_row + k * WIDTH)));
            }
        break;
    case BOTH:
        for (a += at.lane, b += at.lane + at.row * b_row; n--; a += a_along, b += b_along)
            EACH_ROW EACH_VECTOR r[x][k] =
                add(r[x][k], mul(load(a + x * a_row + k * WIDTH), load(b + x * b_row + k * WIDTH)));
        break;
    case ONE_VECTOR:
        for (a += at.lane; n--; a += a_along)
            EACH_ROW EACH_VECTOR r[x][k] = add(r[x][k], load(a + x * a_row + k * WIDTH));
        break;
    case SCALARS:
        for (b += at.row * b_row; n--; a += a_along, b += b_along)
            EACH_ROW {
                Lanes s = spread(a[x * a_row] * b[x * b_row]);
                EACH_VECTOR r[x][k] = add(r[x][k], s);
            }
        break;
    case ONE_SCALAR:
        for (; n--; a += a_along)
            EACH_ROW {
                Lanes s = spread(a[x * a_row]);
                EACH_VECTOR r[x][k] = add(r[x][k], s);
            }
        break;
    default: {
        double sums[TALLEST][4 * WIDTH];
        EACH_ROW EACH_VECTOR store(sums[x] + k * WIDTH, r[x][k]);
        ptrdiff_t lane = at.lane;
        for (int x = 0; x < R; x++)
            for (int k = 0; k < W; k += 2) {
                at.lane = lane + k * WIDTH;
                (W == 1 ? NAMED(add_across_1) : NAMED(add_across_2))(sums[x] + k * WIDTH, ready, p, u, at.row + x, at);
            }
        EACH_ROW EACH_VECTOR r[x][k] = load(sums[x] + k * WIDTH);
    }
    }
}

/* Sums begin with `first`, the numbers that are the same for all rows. */
INLINE void tile(const int R, const int W, const Ready *b, const Part *p, const Lanes *first, double *u, Place at) {
    Lanes r[TALLEST][4];
    EACH_ROW EACH_VECTOR r[x][k] = first[k];
    for (; p < b->end; p++) add_part(R, W, b, p, u, at, r);
    finish(R, W, b, u, at, r);
}

/* All rows of some lanes; the last tile may overlap the one before it: no result depends on another one. A sum begins
with its first term, that is at -0: 0 + (-0) would be 0. */
INLINE void stripe(const int R, const int W, const Ready *b, double *u, Place at) {
    ptrdiff_t rows = b->rows;
    const Part *p = b->parts;
    Lanes first[4];
    if (R > 1 && p < b->end && p->how == ONE_VECTOR && p->terms == 1 && !p->left.row) {
        EACH_VECTOR first[k] = load(u + p->left.at + at.lane + k * WIDTH);
        p++;
    } else
        EACH_VECTOR first[k] = spread(p == b->end ? 0 : -0.0);
    for (at.row = 0; at.row + R <= rows; at.row += R) tile(R, W, b, p, first, u, at);
    if (at.row < rows) {
        at.row = rows - R;
        tile(R, W, b, p, first, u, at);
    }
}

/* Matrix products take most of the time: sums of one SHARED part, which may begin with a bias, and are stored as they are
or after one function, `done`. All that a tile needs is known before the first one. */
INLINE void product(const int R, const int W, const int done, const Ready *b, double *u, Place at) {
    const Part *p = b->end - 1;
    const Finish *f = b->finishes;
    const double *first = p == b->parts ? MINUS_ZEROS : u + b->parts->left.at + at.lane;
    const double *left = u + p->left.at, *right = u + p->right.at + at.lane;
    const double *other = done == RELU_GATE ? u + f->other.at + at.lane : NULL;
    double *to = u + (done == SUM ? b->out : f->out) + at.lane;
    ptrdiff_t to_row = b->out_row, other_row = done == RELU_GATE ? f->other.row : 0;
    ptrdiff_t a_row = p->left.row, a_along = p->left.along, b_along = p->right.along, terms = p->terms;
    for (ptrdiff_t left_rows = b->rows;;) {
        Lanes r[TALLEST][4];
        EACH_ROW EACH_VECTOR r[x][k] = load(first + k * WIDTH);
        const double *a = left, *y = right;
        for (ptrdiff_t n = terms; n--; a += a_along, y += b_along) add_shared(R, W, a, a_row, y, r);
        EACH_ROW {
            if (done == RELU) EACH_VECTOR r[x][k] = relu_of(r[x][k]);
            if (done == RELU_GATE) EACH_VECTOR r[x][k] = relu_passed(load(other + k * WIDTH), r[x][k]);
            put(1, W, to, to_row, at.count, r + x);
            to += to_row, other += other_row;
        }
        if (!(left_rows -= R)) break;
        ptrdiff_t back = left_rows < R ? R - left_rows : 0;
        left += (R - back) * a_row, to -= back * to_row, other -= back * other_row, left_rows += back;
    }
}

#define STRIPE(NAME, R, W, DO)                                                                                         \
    static void NAMED(NAME##_##R##_##W)(const Ready *b, double *u, ptrdiff_t lane, ptrdiff_t count) {                  \
        Place at = {0, lane, count};                                                                                   \
        DO;                                                                                                            \
    }
#define STRIPES(NAME, R, W)                                                                                            \
    for (; j + W * WIDTH <= n; j += W * WIDTH) NAMED(NAME##_##R##_##W)(b, u, j, count)
#define LAST(NAME, R)                                                                                                  \
    if (n - j > WIDTH && n >= 2 * WIDTH)                                                                               \
        NAMED(NAME##_##R##_2)(b, u, n - 2 * WIDTH, count);                                                             \
    else                                                                                                               \
        for (; j < n; j += WIDTH)                                                                                      \
        NAMED(NAME##_##R##_1)(b, u, j + WIDTH <= n ? j : n > WIDTH ? n - WIDTH : 0, count)
#define ROWS(NAME, DO)                                                                                                 \
    STRIPE(NAME, 6, 2, DO(6, 2))                                                                                       \
    STRIPE(NAME, 6, 1, DO(6, 1))                                                                                       \
    STRIPE(NAME, 4, 2, DO(4, 2))                                                                                       \
    STRIPE(NAME, 4, 1, DO(4, 1))                                                                                       \
    STRIPE(NAME, 2, 4, DO(2, 4))                                                                                       \
    STRIPE(NAME, 2, 2, DO(2, 2))                                                                                       \
    STRIPE(NAME, 2, 1, DO(2, 1))                                                                                       \
    STRIPE(NAME, 1, 4, DO(1, 4))                                                                                       \
    STRIPE(NAME, 1, 2, DO(1, 2))                                                                                       \
    STRIPE(NAME, 1, 1, DO(1, 1))                                                                                       \
    static void NAMED(NAME##_rows)(const Ready *b, double *u) {                                                        \
        ptrdiff_t n = b->lanes, j = 0, count = n < WIDTH ? n : WIDTH;                                                  \
        if (b->tall == 6) {                                                                                            \
            STRIPES(NAME, 6, 2);                                                                                       \
            LAST(NAME, 6);                                                                                             \
        } else if (b->tall == 4) {                                                                                     \
            STRIPES(NAME, 4, 2);                                                                                       \
            LAST(NAME, 4);                                                                                             \
        } else if (b->tall == 2) {                                                                                     \
            STRIPES(NAME, 2, 4);                                                                                       \
            STRIPES(NAME, 2, 2);                                                                                       \
            LAST(NAME, 2);                                                                                             \
        } else {                                                                                                       \
            STRIPES(NAME, 1, 4);                                                                                       \
            STRIPES(NAME, 1, 2);                                                                                       \
            LAST(NAME, 1);                                                                                             \
        }                                                                                                              \
    }

#define ANY_TILES(R, W) stripe(R, W, b, u, at)
#define PLAIN_TILES(R, W) product(R, W, SUM, b, u, at)
#define RELU_TILES(R, W) product(R, W, RELU, b, u, at)
#define GATE_TILES(R, W) product(R, W, RELU_GATE, b, u, at)
ROWS(any, ANY_TILES)
ROWS(plain, PLAIN_TILES)
ROWS(relu, RELU_TILES)
ROWS(gate, GATE_TILES)

static void run_rows(const Ready *b, double *u) {
    switch (b->form) {
    case PRODUCT: NAMED(plain_rows)(b, u); break;
    case RELU_PRODUCT: NAMED(relu_rows)(b, u); break;
    case GATE_PRODUCT: NAMED(gate_rows)(b, u); break;
    default: NAMED(any_rows)(b, u);
    }
}

#undef STRIPE
#undef STRIPES
#undef LAST
#undef ROWS
#undef ANY_TILES
#undef PLAIN_TILES
#undef RELU_TILES
#undef GATE_TILES

/* One sum alone. */
static void run_reduction(const Ready *b, double *u) {
    double sum = b->parts == b->end ? 0 : -0.0;
    for (const Part *p = b->parts; p < b->end; p++) {
        const double *x = p->how == LISTED ? u : u + p->left.at, *y = p->how == LISTED ? u : u + p->right.at;
        ptrdiff_t n = p->terms, x_along = p->left.along, y_along = p->right.along;
        if (p->how == LISTED) {
            const uint32_t *left = b->index + p->left.at, *right = b->index + p->right.at;
            for (ptrdiff_t t = 0; t < n; t++) sum += u[left[t]] * u[right[t]];
        } else if (p->how == ONE_SCALAR)
            for (; n--; x += x_along) sum += *x;
        else
            for (; n--; x += x_along, y += y_along) sum += *x * *y;
    }
    Lanes r[TALLEST][4];
    r[0][0] = spread(sum);
    finish(1, 1, b, u, (Place){0, 0, 1}, r);
}

#undef EACH_ROW
#undef EACH_VECTOR
