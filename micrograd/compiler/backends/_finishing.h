/* What is done with the results of a block, where they are stored. Included once for each width. */

#define done_with NAMED(done_with)
#define pass_finish NAMED(pass_finish)
#define run_finish NAMED(run_finish)
#define run_finishes NAMED(run_finishes)

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
