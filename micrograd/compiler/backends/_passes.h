/* What is not a matrix product: part by part, and function by function, a block passes over its results where they are
stored. Included once for each width. */

#define sum_part NAMED(sum_part)
#define pass_part NAMED(pass_part)
#define run_part NAMED(run_part)
#define done_with NAMED(done_with)
#define pass_finish NAMED(pass_finish)
#define run_finish NAMED(run_finish)
#define run_finishes NAMED(run_finishes)
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
        for (; j + WIDTH <= n; j += WIDTH) {                                                                           \
            COMPUTE(1, r);                                                                                             \
            put(1, to + j, WIDTH, r);                                                                                  \
        }                                                                                                              \
        if (n % WIDTH) store(to + n - WIDTH, *last);                                                                   \
    } while (0)

/* ---- parts */

/* W vectors of sums, with the terms of a part added. A sum begins with its first term, that is at -0. */
INLINE void sum_part(const int W, const int how, const int begins, const Part *p, const double *a, const double *b,
                     const double *sums, Lanes *r) {
    ptrdiff_t a_along = p->left.along, b_along = p->right.along;
    EACH_VECTOR r[k] = begins ? spread(-0.0) : load(sums + k * WIDTH);
    for (ptrdiff_t n = p->terms; n--; a += a_along, b += b_along) {
        Lanes s = how == ONE_VECTOR || how == BOTH ? spread(1) : spread(how == SCALARS ? *a * *b : *a);
        EACH_VECTOR {
            Lanes x = how == ONE_VECTOR || how == BOTH ? load(a + k * WIDTH) : s;
            if (how == BOTH || how == MIXED) x = mul(x, load(b + k * WIDTH));
            r[k] = add(r[k], x);
        }
    }
}

INLINE void pass_part(const int how, const int begins, const Ready *ready, const Part *p, const double *u, double *to) {
    const double *a = u + p->left.at, *b = u + p->right.at;
    ptrdiff_t n = ready->lanes, a_lane = how == ONE_VECTOR || how == BOTH, b_lane = how == BOTH || how == MIXED;
#define COMPUTE(W, R) sum_part(W, how, begins, p, a + j * a_lane, b + j * b_lane, to + j, R)
    for (uint32_t i = 0; i < ready->rows; i++, a += p->left.row, b += p->right.row, to += ready->out_row)
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

/* ---- functions of the results */

INLINE Lanes done_with(const int kind, Lanes x, Lanes y) {
    return kind == RELU      ? relu_of(x)
           : kind == STEP    ? step_of(x)
           : kind == SUM     ? mul(x, y)
           : kind == GATE    ? passed(y, x)
           : kind == DIV     ? quotient(x, y)
           : kind == LESS    ? is_less(x, y)
           : kind == AT_MOST ? is_at_most(x, y)
           : kind == EQUAL   ? is_equal(x, y)
                             : relu_passed(y, x);
}

INLINE void pass_finish(const int kind, const int vector, const Ready *b, const Finish *f, const double *u,
                        const double *from, double *to) {
    const double *other = u + f->other.at;
    ptrdiff_t n = b->lanes;
#define COMPUTE(W, R)                                                                                                  \
    EACH_VECTOR_OF(W)(R)[k] = done_with(kind, load(from + j + k * WIDTH), vector ? load(other + j + k * WIDTH) : same)
#define EACH_VECTOR_OF(W) UNROLLED for (int k = 0; k < W; k++)
    for (uint32_t i = 0; i < b->rows; i++, from += b->out_row, to += b->out_row, other += f->other.row) {
        Lanes same = spread(*other);
        OVER_LANES(COMPUTE);
    }
#undef COMPUTE
#undef EACH_VECTOR_OF
}

#define PASS(NAME, KIND)                                                                                               \
    static void NAMED(NAME##_each)(const Ready *b, const Finish *f, const double *u, const double *from, double *to) { \
        if (f->vector) pass_finish(KIND, 1, b, f, u, from, to);                                                        \
        else pass_finish(KIND, 0, b, f, u, from, to);                                                                  \
    }
PASS(relu, RELU)
PASS(step, STEP)
PASS(times, SUM)
PASS(gate, GATE)
PASS(quotient, DIV)
PASS(less, LESS)
PASS(at_most, AT_MOST)
PASS(equal, EQUAL)
PASS(relu_gate, RELU_GATE)
#undef PASS

static void run_finish(const Ready *b, const Finish *f, const double *u, const double *from, double *to) {
    switch (f->kind) {
    case RELU: NAMED(relu_each)(b, f, u, from, to); break;
    case STEP: NAMED(step_each)(b, f, u, from, to); break;
    case SUM: NAMED(times_each)(b, f, u, from, to); break;
    case GATE: NAMED(gate_each)(b, f, u, from, to); break;
    case DIV: NAMED(quotient_each)(b, f, u, from, to); break;
    case LESS: NAMED(less_each)(b, f, u, from, to); break;
    case AT_MOST: NAMED(at_most_each)(b, f, u, from, to); break;
    case EQUAL: NAMED(equal_each)(b, f, u, from, to); break;
    default: NAMED(relu_gate_each)(b, f, u, from, to);
    }
}

/* Do what is done with the results, from f on. */
static void run_finishes(const Ready *b, const Finish *f, double *u, double *results) {
    for (; f < b->last; f++) {
        double *to = u + target(b, 0, f);
        run_finish(b, f, u, results, to);
        results = to;
    }
}

/* ---- blocks */

static void run_rows(const Ready *b, double *u) {
    double *to = u + target(b, b->stored, b->finishes);
    const Part *p = b->parts + b->product;
    const Finish *f = b->finishes;
    if (b->product) run_product(b, u);
    if (b->product && b->done != SUM) to = u + f++->out;
    if (b->parts == b->end)
        for (size_t i = 0, all = (size_t)b->rows * b->lanes; i < all; i++) to[i] = 0;
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
