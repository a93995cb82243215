/* Groups: rows of sums side by side, and results one by one. Included once for each width of vectors. */

#define lanes_of_row NAMED(lanes_of_row)
#define sixteen NAMED(sixteen)
#define four NAMED(four)
#define run_row NAMED(run_row)
#define run_singles NAMED(run_singles)
#define run_whole NAMED(run_whole)
#define run_choices NAMED(run_choices)
#define run_function NAMED(run_function)

#define CHUNK 64 /* numbers of a function at a time */

/* `n` sums of a row, from `first` on, side by side: unrolled, which compilers turn into vectors. Products commute, so that
the loader can see to it that only the right slot moves where only one does. */
INLINE void lanes_of_row(const Kernel *self, const Listed *s, double *u, ptrdiff_t first, const int n) {
    const Pair *p = ITEMS(self->pairs, Pair) + s->pairs;
    const Segment *g = ITEMS(self->segments, Segment) + s->parts, *last = ITEMS(self->segments, Segment) + s->end;
    double sum[16];
    UNROLLED for (int i = 0; i < n; i++) sum[i] = -0.0;
#define TERMS(LEFT, RIGHT)                                                                                             \
    for (; p < end; p++) {                                                                                             \
        const double *x = u + p->left + first * LEFT, *y = u + p->right + first * RIGHT;                               \
        UNROLLED for (int i = 0; i < n; i++) sum[i] += x[i * (LEFT)] * y[i * (RIGHT)];                                 \
    }
    for (; g < last; g++) {
        const Pair *end = p + g->terms;
        ptrdiff_t left = g->left, right = g->right;
        if (left == 0 && right == 1)
            TERMS(0, 1)
        else if (left == 0)
            TERMS(0, right)
        else if (left == 1 && right == 1)
            TERMS(1, 1)
        else
            TERMS(left, right)
    }
#undef TERMS
    ptrdiff_t stride = s->stride;
    double *out = u + s->slot + first * stride;
    if (stride == 1)
        UNROLLED for (int i = 0; i < n; i++) out[i] = sum[i];
    else
        UNROLLED for (int i = 0; i < n; i++) out[i * stride] = sum[i];
}

static void sixteen(const Kernel *self, const Listed *s, double *u, ptrdiff_t first) {
    lanes_of_row(self, s, u, first, 16);
}
static void four(const Kernel *self, const Listed *s, double *u, ptrdiff_t first) { lanes_of_row(self, s, u, first, 4); }

/* The last lanes may overlap those before them. */
static void run_row(const Kernel *self, const Listed *s, double *u) {
    ptrdiff_t n = s->count, i = 0;
    for (; i + 16 <= n; i += 16) sixteen(self, s, u, i);
    if (n >= 16 && n - i > 8)
        sixteen(self, s, u, n - 16);
    else
        for (; i < n; i += 4) four(self, s, u, i + 4 <= n ? i : n - 4);
}

/* Sums or picks, each with as many terms as it has. */
INLINE void run_singles(const Kernel *self, const Step *s, const Pair *p, double *u, ptrdiff_t moved) {
    const Single *it = ITEMS(self->singles, Single) + s->listed.parts, *end = ITEMS(self->singles, Single) + s->listed.end;
    for (; it < end; p += it++->terms)
        u[it->slot + moved] = s->how == SUMS ? sum_of(u, p, it->terms) : pick(u, p, it->terms);
}

/* A sum of whole numbers, in any order. */
INLINE void run_whole(const Kernel *self, const Listed *s, const Pair *p, double *u) {
    const Span *span = ITEMS(self->spans, Span) + s->parts, *end = ITEMS(self->spans, Span) + s->end;
    const double *weight = ITEMS(self->weights, double) + s->stride;
    double sum = s->count ? sum_of(u, p, s->count) : -0.0, each[WIDTH];
    Lanes r[4];
    UNROLLED for (int k = 0; k < 4; k++) r[k] = spread(-0.0);
    for (; span < end; span++) {
        const double *x = u + span->first;
        ptrdiff_t n = span->length, i = 0;
        for (; i + 4 * WIDTH <= n; i += 4 * WIDTH)
            UNROLLED for (int k = 0; k < 4; k++)
                r[k] = add(r[k], mul(load(x + i + k * WIDTH), load(weight + i + k * WIDTH)));
        for (; i + WIDTH <= n; i += WIDTH) r[0] = add(r[0], mul(load(x + i), load(weight + i)));
        for (; i < n; i++) sum += x[i] * weight[i];
        weight += n;
    }
    store(each, add(add(r[0], r[1]), add(r[2], r[3])));
    UNROLLED for (int l = 0; l < WIDTH; l++) sum += each[l];
    u[s->slot] = sum;
}

INLINE void run_choices(const Listed *s, const Pair *p, double *u, double *out) {
    for (size_t n = s->count; n--; p += 2) *out++ = u[u[p[0].left] != 0 ? p[0].right : p[1].left];
}

/* Few numbers go without wide vectors: to change between the two takes time. */
INLINE void run_function(const Listed *s, const Pair *p, const double *u, double *out) {
    double a[CHUNK], b[CHUNK];
    for (size_t n = s->count, m; n; n -= m, p += m, out += m) {
        m = n < CHUNK ? n : CHUNK;
        if (!s->left_run)
            for (size_t i = 0; i < m; i++) a[i] = u[p[i].left];
        if (!s->right_run && KIND[s->kind].binary)
            for (size_t i = 0; i < m; i++) b[i] = u[p[i].right];
        (m < WIDTH ? apply_narrow : apply)(s->kind, m, s->left_run ? u + p->left : a,
                                           s->right_run ? u + p->right : b, out);
    }
}
