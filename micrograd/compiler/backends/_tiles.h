/* Blocks: tiles of results stay in registers over all parts, and through what is done with them. Lanes are different sums
side by side, so that each adds its own terms from left to right. Included once for each width. */

#define put NAMED(put)
#define finish NAMED(finish)
#define add_across NAMED(add_across)
#define add_part NAMED(add_part)
#define tile NAMED(tile)
#define stripe NAMED(stripe)
#define run_tiles NAMED(run_tiles)
#define run_reduction NAMED(run_reduction)

#define EACH_ROW UNROLLED for (int x = 0; x < R; x++)
#define EACH_VECTOR UNROLLED for (int k = 0; k < W; k++)

/* Store a tile, of whose lanes `count` count; only of a narrow one are these not all. */
INLINE void put(const int R, const int W, double *out, ptrdiff_t row, ptrdiff_t count, Lanes r[4][4]) {
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
INLINE void finish(const int R, const int W, const Kernel *self, const Block *b, double *u, const Place *at,
                   Lanes r[4][4]) {
    ptrdiff_t place = at->outer * b->out_outer + at->row * b->out_row + at->lane + at->time * b->moves;
    if (b->stored) put(R, W, u + b->out + place, b->out_row, at->count, r);
    const Finish *f = ITEMS(self->finishes, Finish) + b->finishes, *last = ITEMS(self->finishes, Finish) + b->last;
    for (; f < last; f++) {
        const double *other = operand_at(u, &f->other, at);
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
        default: WITH_OTHER(relu_passed(y, r[x][k]));
        }
#undef WITH_OTHER
        if (f->stored) put(R, W, u + f->out + place, b->out_row, at->count, r);
    }
}

/* Add terms that lie one behind the other for each lane: some terms of some lanes are turned at a time. */
INLINE Lanes add_across(Lanes r, const Part *p, const double *a, const double *b, ptrdiff_t count) {
    ptrdiff_t n = p->terms, t = 0, a_along = p->left.along, b_along = p->right.along;
    ptrdiff_t from_a[WIDTH], from_b[WIDTH];
    UNROLLED for (ptrdiff_t l = 0; l < WIDTH; l++) {
        ptrdiff_t lane = l < count ? l : count - 1;
        from_a[l] = lane * p->left.lane, from_b[l] = lane * p->right.lane;
    }
    Lanes x[WIDTH];
#define TURNED(LEFT, RIGHT)                                                                                            \
    for (; t + WIDTH <= n; t += WIDTH) {                                                                               \
        UNROLLED for (int l = 0; l < WIDTH; l++) x[l] = mul(LEFT, RIGHT);                                            \
        turn(x);                                                                                                       \
        UNROLLED for (int l = 0; l < WIDTH; l++) r = add(r, x[l]);                                                    \
    }
    if (a_along && b_along)
        TURNED(load(a + from_a[l] + t), load(b + from_b[l] + t))
    else if (a_along)
        TURNED(load(a + from_a[l] + t), spread(b[from_b[l]]))
    else if (b_along)
        TURNED(spread(a[from_a[l]]), load(b + from_b[l] + t))
#undef TURNED
    for (; t < n; t++) {
        double left[WIDTH], right[WIDTH];
        UNROLLED for (int l = 0; l < WIDTH; l++) {
            left[l] = a[from_a[l] + t * a_along], right[l] = b[from_b[l] + t * b_along];
        }
        r = add(r, mul(load(left), load(right)));
    }
    return r;
}

INLINE void add_part(const int R, const int W, const Part *p, double *u, const Place *at, Lanes r[4][4]) {
    const double *a = operand_at(u, &p->left, at), *b = operand_at(u, &p->right, at);
    ptrdiff_t n = p->terms, a_row = p->left.row, b_row = p->right.row, a_along = p->left.along,
              b_along = p->right.along;
    switch (p->how) {
    case SHARED:
        for (; n--; a += a_along, b += b_along) {
            Lanes y[4];
            EACH_VECTOR y[k] = load(b + k * WIDTH);
            EACH_ROW {
                Lanes s = spread(a[x * a_row]);
                EACH_VECTOR r[x][k] = add(r[x][k], mul(s, y[k]));
            }
        }
        break;
    case MIXED:
        for (; n--; a += a_along, b += b_along)
            EACH_ROW {
                Lanes s = spread(a[x * a_row]);
                EACH_VECTOR r[x][k] = add(r[x][k], mul(s, load(b + x * b_row + k * WIDTH)));
            }
        break;
    case BOTH:
        for (; n--; a += a_along, b += b_along)
            EACH_ROW EACH_VECTOR r[x][k] =
                add(r[x][k], mul(load(a + x * a_row + k * WIDTH), load(b + x * b_row + k * WIDTH)));
        break;
    case ONE_VECTOR:
        for (; n--; a += a_along) EACH_ROW EACH_VECTOR r[x][k] = add(r[x][k], load(a + x * a_row + k * WIDTH));
        break;
    case SCALARS:
        for (; n--; a += a_along, b += b_along)
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
    default:
        for (int x = 0; x < R; x++)
            for (int k = 0; k < W; k++)
                r[x][k] = add_across(r[x][k], p, a + x * a_row + k * WIDTH * p->left.lane,
                                     b + x * b_row + k * WIDTH * p->right.lane, at->count);
    }
}

/* A sum begins with its first term, that is at -0: 0 + (-0) would be 0. */
INLINE void tile(const int R, const int W, const Kernel *self, const Block *b, double *u, Place at) {
    Lanes r[4][4];
    EACH_ROW EACH_VECTOR r[x][k] = spread(b->parts == b->end ? 0 : -0.0);
    const Part *p = ITEMS(self->parts, Part) + b->parts, *end = ITEMS(self->parts, Part) + b->end;
    for (; p < end; p++) add_part(R, W, p, u, &at, r);
    finish(R, W, self, b, u, &at, r);
}

/* All rows of some lanes; the last tile may overlap the one before it: no result depends on another one. */
INLINE void stripe(const int R, const int W, const Kernel *self, const Block *b, double *u, Place at) {
    ptrdiff_t rows = b->rows;
    for (at.row = 0; at.row + R <= rows; at.row += R) tile(R, W, self, b, u, at);
    if (at.row < rows) {
        at.row = rows - R;
        tile(R, W, self, b, u, at);
    }
}

#define STRIPE(R, W)                                                                                                   \
    static void NAMED(stripe_##R##_##W)(const Kernel *self, const Block *b, double *u, Place at) {                     \
        stripe(R, W, self, b, u, at);                                                                                  \
    }
STRIPE(4, 2)
STRIPE(4, 1)
STRIPE(2, 4)
STRIPE(2, 2)
STRIPE(2, 1)
STRIPE(1, 4)
STRIPE(1, 2)
STRIPE(1, 1)
#undef STRIPE

static void run_tiles(const Kernel *self, const Block *b, double *u, ptrdiff_t time) {
    ptrdiff_t n = b->lanes, width = WIDTH;
    Place at = {.time = time, .count = n < width ? n : width};
    for (; at.outer < b->outer; at.outer++) {
        ptrdiff_t j = 0;
#define STRIPES(R, W)                                                                                                  \
    for (; j + W * WIDTH <= n; j += W * WIDTH) at.lane = j, NAMED(stripe_##R##_##W)(self, b, u, at)
#define LAST(R)                                                                                                        \
    if (n - j > WIDTH && n >= 2 * WIDTH)                                                                               \
        at.lane = n - 2 * WIDTH, NAMED(stripe_##R##_2)(self, b, u, at);                                                \
    else                                                                                                               \
        for (; j < n; j += WIDTH)                                                                                      \
        at.lane = j + WIDTH <= n ? j : n > WIDTH ? n - WIDTH : 0, NAMED(stripe_##R##_1)(self, b, u, at)
        if (b->rows >= 4) {
            STRIPES(4, 2);
            LAST(4);
        } else if (b->rows >= 2) {
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
}

/* One sum alone. */
static void run_reduction(const Kernel *self, const Block *b, double *u, ptrdiff_t time) {
    Place at = {.time = time, .count = 1};
    double sum = b->parts == b->end ? 0 : -0.0;
    const Part *p = ITEMS(self->parts, Part) + b->parts, *end = ITEMS(self->parts, Part) + b->end;
    for (; p < end; p++) {
        const double *x = operand_at(u, &p->left, &at), *y = operand_at(u, &p->right, &at);
        ptrdiff_t n = p->terms, x_along = p->left.along, y_along = p->right.along;
        if (p->how == ONE_SCALAR)
            for (; n--; x += x_along) sum += *x;
        else
            for (; n--; x += x_along, y += y_along) sum += *x * *y;
    }
    Lanes r[4][4];
    r[0][0] = spread(sum);
    finish(1, 1, self, b, u, &at, r);
}

#undef EACH_ROW
#undef EACH_VECTOR
