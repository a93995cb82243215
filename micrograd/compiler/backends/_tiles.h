/* Blocks: tiles of results stay in registers over all parts, and through what is done with them. Lanes are different sums
side by side, so that each adds its own terms from left to right. Included once for each width. */

#define put NAMED(put)
#define finish NAMED(finish)
#define find_lanes NAMED(find_lanes)
#define add_across NAMED(add_across)
#define add_part NAMED(add_part)
#define tile NAMED(tile)
#define stripe NAMED(stripe)
#define run_rows NAMED(run_rows)
#define run_tiles NAMED(run_tiles)
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

INLINE void add_part(const int R, const int W, const Ready *ready, const Part *p, double *u, Place at,
                     Lanes r[TALLEST][4]) {
    const double *a = u + p->left.at + at.row * p->left.row, *b = u + p->right.at;
    ptrdiff_t n = p->terms, a_row = p->left.row, b_row = p->right.row, a_along = p->left.along,
              b_along = p->right.along;
    switch (p->how) {
    case SHARED:
        for (b += at.lane; n--; a += a_along, b += b_along) {
            Lanes y[4];
            EACH_VECTOR y[k] = load(b + k * WIDTH);
            EACH_VECTOR KEEP(y[k]);
            EACH_ROW {
                Lanes s = spread(a[x * a_row]);
                EACH_VECTOR r[x][k] = add(r[x][k], mul(s, y[k]));
            }
        }
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

#define STRIPE(R, W)                                                                                                   \
    static void NAMED(stripe_##R##_##W)(const Ready *b, double *u, ptrdiff_t lane, ptrdiff_t count) {                  \
        stripe(R, W, b, u, (Place){0, lane, count});                                                                   \
    }
STRIPE(6, 2)
STRIPE(6, 1)
STRIPE(4, 2)
STRIPE(4, 1)
STRIPE(2, 4)
STRIPE(2, 2)
STRIPE(2, 1)
STRIPE(1, 4)
STRIPE(1, 2)
STRIPE(1, 1)
#undef STRIPE

static void run_rows(const Ready *b, double *u) {
    ptrdiff_t n = b->lanes, j = 0, count = n < WIDTH ? n : WIDTH;
#define STRIPES(R, W)                                                                                                  \
    for (; j + W * WIDTH <= n; j += W * WIDTH) NAMED(stripe_##R##_##W)(b, u, j, count)
#define LAST(R)                                                                                                        \
    if (n - j > WIDTH && n >= 2 * WIDTH)                                                                               \
        NAMED(stripe_##R##_2)(b, u, n - 2 * WIDTH, count);                                                             \
    else                                                                                                               \
        for (; j < n; j += WIDTH)                                                                                      \
        NAMED(stripe_##R##_1)(b, u, j + WIDTH <= n ? j : n > WIDTH ? n - WIDTH : 0, count)
    if (b->tall == 6) {
        STRIPES(6, 2);
        LAST(6);
    } else if (b->tall == 4) {
        STRIPES(4, 2);
        LAST(4);
    } else if (b->tall == 2) {
        STRIPES(2, 4);
        STRIPES(2, 2);
        LAST(2);
    } else {
        STRIPES(1, 4);
        STRIPES(1, 2);
        LAST(1);
    }
#undef STRIPES
#undef LAST
}

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
