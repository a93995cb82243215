/* Blocks of few terms and many lanes: term by term and row by row, each with all lanes at once, so that what to do is
decided once for all of them. Included once for each width. */

#define line NAMED(line)
#define add_to_line NAMED(add_to_line)
#define finish_line NAMED(finish_line)
#define run_lines NAMED(run_lines)

#define LONGEST_LINE 256

#ifdef __GNUC__
#define EACH_LANES _Pragma("GCC unroll 4") for (ptrdiff_t j = 0; j < n; j += WIDTH)
#else
#define EACH_LANES for (ptrdiff_t j = 0; j < n; j += WIDTH)
#endif

typedef struct { /* what the sums have come to: numbers that lie side by side, or the same one for all lanes */
    const double *from;
    Lanes same;
    int begun;
} NAMED(Line);
#define Line NAMED(Line)

/* Add the terms of a part; what that comes to is in `to`. */
INLINE void add_to_line(Line *so_far, const Part *p, const double *u, ptrdiff_t row, ptrdiff_t lane, ptrdiff_t n,
                        double *to) {
    const int how = p->how;
    const double *a = u + p->left.at + row * p->left.row, *b = u + p->right.at;
    if (how == BOTH || how == ONE_VECTOR) a += lane;
    if (how == BOTH || how == SHARED || how == MIXED) b += lane;
    if (how == BOTH || how == MIXED || how == SCALARS) b += row * p->right.row;
#define ADD(TERM)                                                                                                      \
    if (so_far->from) EACH_LANES store(to + j, add(load(so_far->from + j), TERM));                                     \
    else EACH_LANES store(to + j, add(so_far->same, TERM));                                                            \
    so_far->from = to
    for (uint32_t t = 0; t < p->terms; t++, a += p->left.along, b += p->right.along, so_far->begun = 1) {
        if (how == ONE_VECTOR && !so_far->begun)
            so_far->from = a;
        else if (how == ONE_VECTOR) {
            ADD(load(a + j));
        } else if (how == BOTH) {
            ADD(mul(load(a + j), load(b + j)));
        } else if (how == SHARED || how == MIXED) {
            Lanes s = spread(*a);
            ADD(mul(s, load(b + j)));
        } else {
            Lanes s = spread(how == SCALARS ? *a * *b : *a);
            if (!so_far->from) {
                so_far->same = add(so_far->same, s);
                continue;
            }
            ADD(s);
        }
    }
#undef ADD
}

/* What is done with the sums, as in `finish`. */
INLINE void finish_line(const double *from, const Finish *f, const double *other, ptrdiff_t n, double *to) {
#define WITH_OTHER(RESULT)                                                                                             \
    if (f->vector) EACH_LANES {                                                                                        \
            Lanes x = load(from + j), y = load(other + j);                                                             \
            store(to + j, RESULT);                                                                                     \
        }                                                                                                              \
    else {                                                                                                             \
        Lanes y = spread(*other);                                                                                      \
        EACH_LANES {                                                                                                   \
            Lanes x = load(from + j);                                                                                  \
            store(to + j, RESULT);                                                                                     \
        }                                                                                                              \
    }                                                                                                                  \
    break
    switch (f->kind) {
    case RELU: EACH_LANES store(to + j, relu_of(load(from + j))); break;
    case STEP: EACH_LANES store(to + j, step_of(load(from + j))); break;
    case SUM: WITH_OTHER(mul(x, y));
    case GATE: WITH_OTHER(passed(y, x));
    case DIV: WITH_OTHER(quotient(x, y));
    case LESS: WITH_OTHER(is_less(x, y));
    case AT_MOST: WITH_OTHER(is_at_most(x, y));
    case EQUAL: WITH_OTHER(is_equal(x, y));
    default: WITH_OTHER(relu_passed(y, x));
    }
#undef WITH_OTHER
}

/* Some lanes of a row; those are a multiple of WIDTH. */
INLINE void line(const Ready *b, double *u, ptrdiff_t row, ptrdiff_t lane, ptrdiff_t n) {
    double room[LONGEST_LINE], *out = u + row * b->out_row + lane, *to = b->stored ? out + b->out : room;
    Line so_far = {NULL, spread(b->parts == b->end ? 0 : -0.0), 0};
    for (const Part *p = b->parts; p < b->end; p++) add_to_line(&so_far, p, u, row, lane, n, to);
    if (!so_far.from) EACH_LANES store(to + j, so_far.same);
    else if (b->stored && so_far.from != to) EACH_LANES store(to + j, load(so_far.from + j));
    const double *from = so_far.from && !b->stored ? so_far.from : to;
    for (const Finish *f = b->finishes; f < b->last; from = to, f++) {
        to = f->stored ? out + f->out : room;
        finish_line(from, f, u + f->other.at + row * f->other.row + (f->vector ? lane : 0), n, to);
    }
}

static void run_lines(const Ready *b, double *u) {
    ptrdiff_t lanes = b->lanes;
    for (ptrdiff_t row = 0; row < b->rows; row++)
        for (ptrdiff_t j = 0; j < lanes; j += LONGEST_LINE)
            line(b, u, row, j, lanes - j < LONGEST_LINE ? lanes - j : LONGEST_LINE);
}

#undef Line
#undef EACH_LANES
