/* What is not a matrix product: part by part, and function by function, a block passes over its results where they are
stored. Included once for each width. */

#define add_terms NAMED(add_terms)
#define sum_part NAMED(sum_part)
#define sum_four_rows NAMED(sum_four_rows)
#define sum_parts NAMED(sum_parts)
#define sum_short_row NAMED(sum_short_row)
#define pass_part NAMED(pass_part)
#define run_part NAMED(run_part)
#define run_rows NAMED(run_rows)
#define run_reduction NAMED(run_reduction)

/* Do something for all lanes of a row: r[0] … r[W - 1] are W vectors from lane j on. The last one overlaps others, and
is computed before these are written. */
#define OVER_LANES(COMPUTE)                                                                                            \
    do {                                                                                                               \
        ptrdiff_t j = n - WIDTH;                                                                                       \
        Lanes r[4], last[1] = {spread(0)};                                                                             \
        if (n < WIDTH) {                                                                                               \
            j = 0;                                                                                                     \
            COMPUTE(1, last);                                                                                          \
            put(1, to, n, last);                                                                                       \
            break;                                                                                                     \
        }                                                                                                              \
        if (n % WIDTH) COMPUTE(1, last);                                                                               \
        for (j = 0; j + 4 * WIDTH <= n; j += 4 * WIDTH) {                                                              \
            COMPUTE(4, r);                                                                                             \
            put(4, to + j, WIDTH, r);                                                                                  \
        }                                                                                                              \
        for (; j + 2 * WIDTH <= n; j += 2 * WIDTH) {                                                                   \
            COMPUTE(2, r);                                                                                             \
            put(2, to + j, WIDTH, r);                                                                                  \
        }                                                                                                              \
        for (; j + WIDTH <= n; j += WIDTH) {                                                                           \
            COMPUTE(1, r);                                                                                             \
            put(1, to + j, WIDTH, r);                                                                                  \
        }                                                                                                              \
        if (n % WIDTH) store(to + n - WIDTH, *last);                                                                   \
    } while (0)

/* ---- parts */

/* Add the terms of a part to W vectors of sums. */
INLINE void add_terms(const int W, const int how, const Part *p, const double *a, const double *b, Lanes *r) {
    ptrdiff_t a_along = p->left.along, b_along = p->right.along;
    for (ptrdiff_t n = p->terms; n--; a += a_along, b += b_along) {
        Lanes s = how == ONE_VECTOR || how == BOTH ? spread(1) : spread(how == SCALARS ? *a * *b : *a);
        EACH_VECTOR {
            Lanes x = how == ONE_VECTOR || how == BOTH ? load(a + k * WIDTH) : s;
            if (how == BOTH || how == MIXED) x = mul(x, load(b + k * WIDTH));
            r[k] = add(r[k], x);
        }
    }
}

/* W vectors of sums, with the terms of a part added. A sum begins with its first term, that is at -0. */
INLINE void sum_part(const int W, const int how, const int begins, const Part *p, const double *a, const double *b,
                     const double *sums, Lanes *r) {
    EACH_VECTOR r[k] = begins ? spread(-0.0) : load(sums + k * WIDTH);
    add_terms(W, how, p, a, b, r);
}

/* All parts of some lanes of the only row, in registers. */
INLINE void sum_parts(const int W, const Ready *ready, const double *u, double *to, ptrdiff_t lane) {
    Lanes r[4];
    EACH_VECTOR r[k] = spread(-0.0);
    for (const Part *p = ready->parts; p < ready->end; p++) {
        const double *a = u + p->left.at, *b = u + p->right.at;
        switch (p->how) {
        case BOTH: add_terms(W, BOTH, p, a + lane, b + lane, r); break;
        case SHARED:
        case MIXED: add_terms(W, MIXED, p, a, b + lane, r); break;
        case SCALARS: add_terms(W, SCALARS, p, a, b, r); break;
        case ONE_VECTOR: add_terms(W, ONE_VECTOR, p, a + lane, b, r); break;
        default: add_terms(W, ONE_SCALAR, p, a, b, r);
        }
    }
    put(W, to + lane, WIDTH, r);
}

static void sum_short_row(const Ready *b, const double *u, double *to) {
    ptrdiff_t lane = 0;
    for (; lane + 4 * WIDTH <= b->lanes; lane += 4 * WIDTH) sum_parts(4, b, u, to, lane);
    for (; lane + 2 * WIDTH <= b->lanes; lane += 2 * WIDTH) sum_parts(2, b, u, to, lane);
    for (; lane + WIDTH <= b->lanes; lane += WIDTH) sum_parts(1, b, u, to, lane);
}

/* The same for four rows of two vectors. */
INLINE void sum_four_rows(const int how, const int begins, const Part *p, const double *a, const double *b, double *to,
                          ptrdiff_t row) {
    ptrdiff_t a_row = p->left.row, b_row = p->right.row, a_along = p->left.along, b_along = p->right.along;
    Lanes r[4][2];
    UNROLLED for (int x = 0; x < 4; x++) UNROLLED for (int k = 0; k < 2; k++)
        r[x][k] = begins ? spread(-0.0) : load(to + x * row + k * WIDTH);
    for (ptrdiff_t n = p->terms; n--; a += a_along, b += b_along)
        UNROLLED for (int x = 0; x < 4; x++) {
            Lanes s = spread(how == BOTH ? 1 : a[x * a_row]);
            UNROLLED for (int k = 0; k < 2; k++)
                r[x][k] = add(r[x][k], mul(how == BOTH ? load(a + x * a_row + k * WIDTH) : s,
                                           load(b + x * b_row + k * WIDTH)));
        }
    UNROLLED for (int x = 0; x < 4; x++) put(2, to + x * row, WIDTH, r[x]);
}

INLINE void pass_part(const int how, const int begins, const Ready *ready, const Part *p, const double *u, double *to) {
    const double *a = u + p->left.at, *b = u + p->right.at;
    ptrdiff_t n = ready->lanes, a_lane = how == ONE_VECTOR || how == BOTH, b_lane = how == BOTH || how == MIXED;
    uint32_t i = 0;
    if (b_lane && n == 2 * WIDTH)
        for (; i + 4 <= ready->rows; i += 4) {
            sum_four_rows(how, begins, p, a, b, to, ready->out_row);
            a += 4 * p->left.row, b += 4 * p->right.row, to += 4 * ready->out_row;
        }
#define COMPUTE(W, R) sum_part(W, how, begins, p, a + j * a_lane, b + j * b_lane, to + j, R)
    for (; i < ready->rows; i++, a += p->left.row, b += p->right.row, to += ready->out_row)
        OVER_LANES(COMPUTE);
#undef COMPUTE
}

#define PASS(NAME, HOW)                                                                                                \
    static void NAMED(NAME##_first)(const Ready *b, const Part *p, const double *u, double *to) {                      \
        pass_part(HOW, 1, b, p, u, to);                                                                                \
    }                                                                                                                  \
    static void NAMED(NAME##_next)(const Ready *b, const Part *p, const double *u, double *to) {                       \
        pass_part(HOW, 0, b, p, u, to);                                                                                \
    }
PASS(both, BOTH)
PASS(mixed, MIXED)
PASS(scalars, SCALARS)
PASS(one_vector, ONE_VECTOR)
PASS(one_scalar, ONE_SCALAR)
#undef PASS

/* Add the terms of a part to all results, or begin with them. */
static void run_part(int begins, const Ready *b, const Part *p, const double *u, double *to) {
#define PASS(NAME)                                                                                                     \
    if (begins) NAMED(NAME##_first)(b, p, u, to);                                                                      \
    else NAMED(NAME##_next)(b, p, u, to);                                                                              \
    break
    switch (p->how) {
    case BOTH: PASS(both);
    case SHARED:
    case MIXED: PASS(mixed);
    case SCALARS: PASS(scalars);
    case ONE_VECTOR: PASS(one_vector);
    case ONE_SCALAR: PASS(one_scalar);
    case ACROSS: NAMED(strided_each)(begins, b, p, u, to); break;
    default: NAMED(listed_each)(begins, b, p, u, to);
    }
#undef PASS
}

#include "_finishing.h"

/* ---- blocks */

static void run_rows(const Ready *b, double *u) {
    double *to = u + target(b, b->stored, b->finishes);
    const Part *p = b->parts + b->product;
    const Finish *f = b->finishes;
    if (b->product) run_product(b, u);
    if (b->product && b->done != SUM) to = u + f++->out;
    for (ptrdiff_t i = 0; b->parts == b->end && i < b->rows; i++)
        for (ptrdiff_t j = 0; j < b->lanes; j++) to[i * b->out_row + j] = 0;
    if (b->short_row)
        sum_short_row(b, u, to);
    else
        for (; p < b->end; p++) run_part(p == b->parts, b, p, u, to);
    run_finishes(b, f, u, to);
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
    double *to = u + target(b, b->stored, b->finishes);
    *to = sum;
    run_finishes(b, b->finishes, u, to);
}

#undef EACH_ROW
#undef EACH_VECTOR
#undef OVER_LANES
