/* Sums of terms that lie one behind the other for each lane. Included once for each width. */

#define find_lanes NAMED(find_lanes)
#define sum_across NAMED(sum_across)
#define sum_two_across NAMED(sum_two_across)
#define sum_listed NAMED(sum_listed)
#define pass_across NAMED(pass_across)

/* Where the terms of some lanes of a row begin, of which `count` count. */
INLINE void find_lanes(const int listed, const ptrdiff_t count, const Ready *b, const Operand *x, const double *u,
                       Place at, const double **starts) {
    ptrdiff_t first = x->at + at.row * x->row + at.lane * x->lane;
    UNROLLED for (ptrdiff_t l = 0; l < WIDTH; l++) {
        ptrdiff_t place = first + (l < count ? l : count - 1) * x->lane;
        starts[l] = u + (listed ? (ptrdiff_t)b->index[place] : place);
    }
}

/* A vector of sums, with terms added that lie one behind the other for each lane: some terms are turned at a time. */
INLINE Lanes sum_across(const int listed, const ptrdiff_t count, const Ready *ready, const Part *p, const double *u,
                        Place at, Lanes r) {
    ptrdiff_t n = p->terms, t = 0, a_along = p->left.along, b_along = p->right.along;
    const double *a[WIDTH], *b[WIDTH];
    find_lanes(listed, count, ready, &p->left, u, at, a);
    find_lanes(listed, count, ready, &p->right, u, at, b);
    Lanes x[WIDTH];
#define TURNED(LEFT, RIGHT)                                                                                            \
    for (; t + WIDTH <= n; t += WIDTH) {                                                                               \
        UNROLLED for (int l = 0; l < WIDTH; l++) x[l] = mul(LEFT, RIGHT);                                              \
        turn(x);                                                                                                       \
        UNROLLED for (int l = 0; l < WIDTH; l++) r = add(r, x[l]);                                                     \
    }
    if (a_along && b_along)
        TURNED(load(a[l] + t), load(b[l] + t))
    else if (a_along)
        TURNED(load(a[l] + t), spread(*b[l]))
    else if (b_along)
        TURNED(spread(*a[l]), load(b[l] + t))
#undef TURNED
    for (; t < n; t++) {
        double left[WIDTH], right[WIDTH];
        UNROLLED for (int l = 0; l < WIDTH; l++) left[l] = a[l][t * a_along], right[l] = b[l][t * b_along];
        r = add(r, mul(load(left), load(right)));
    }
    return r;
}

/* The same for two vectors at once, of lanes that are strided: their additions do not wait for each other. `shared`:
the right terms are the same for all lanes. */
INLINE void sum_two_across(const int shared, const Part *p, const double *a, const double *b, Lanes *r) {
    ptrdiff_t n = p->terms, a_lane = p->left.lane, b_lane = p->right.lane;
    const double *A = a + WIDTH * a_lane, *B = b + WIDTH * b_lane;
    HIDE(A);
    HIDE(B);
    for (; n >= WIDTH; n -= WIDTH, a += WIDTH, A += WIDTH, b += WIDTH, B += WIDTH) {
        Lanes x[WIDTH], y[WIDTH], same = shared ? load(b) : spread(0);
        UNROLLED for (int l = 0; l < WIDTH; l++) {
            x[l] = mul(load(a + l * a_lane), shared ? same : load(b + l * b_lane));
            y[l] = mul(load(A + l * a_lane), shared ? same : load(B + l * b_lane));
        }
        turn(x), turn(y);
        UNROLLED for (int l = 0; l < WIDTH; l++) r[0] = add(r[0], x[l]), r[1] = add(r[1], y[l]);
    }
    for (; n--; a++, A++, b++, B++) {
        r[0] = add(r[0], mul(apart(a, a_lane), apart(b, b_lane)));
        r[1] = add(r[1], mul(apart(A, a_lane), apart(B, b_lane)));
    }
}

/* Some lanes of a row, of which each operand has an index of its own: nothing else is read in this loop. */
INLINE void sum_listed(int begins, ptrdiff_t lanes, ptrdiff_t terms, const uint32_t *left, const uint32_t *right,
                       const double *u, double *to) {
    const Lanes zeros = spread(-0.0);
    for (ptrdiff_t lane = 0; lane < lanes; lane += WIDTH, left += WIDTH, right += WIDTH) {
        Lanes r = begins ? zeros : load(to + lane), x[WIDTH];
        ptrdiff_t t = 0;
        for (; t + WIDTH <= terms; t += WIDTH) {
            UNROLLED for (int l = 0; l < WIDTH; l++) x[l] = mul(load(u + left[l] + t), load(u + right[l] + t));
            turn(x);
            UNROLLED for (int l = 0; l < WIDTH; l++) r = add(r, x[l]);
        }
        for (; t < terms; t++) {
            double a[WIDTH], b[WIDTH];
            UNROLLED for (int l = 0; l < WIDTH; l++) a[l] = u[left[l] + t], b[l] = u[right[l] + t];
            r = add(r, mul(load(a), load(b)));
        }
        store(to + lane, r);
    }
}

INLINE void pass_across(const int listed, int begins, const Ready *b, const Part *p, const double *u, double *to) {
    Place at = {0};
    for (; at.row < b->rows; at.row++, to += b->out_row) {
        ptrdiff_t n = b->lanes;
        at.lane = 0;
        for (; !listed && p->left.along && p->right.along && at.lane + 2 * WIDTH <= n; at.lane += 2 * WIDTH) {
            const double *left = u + p->left.at + at.row * p->left.row + at.lane * p->left.lane;
            const double *right = u + p->right.at + at.row * p->right.row + at.lane * p->right.lane;
            const double *from = begins ? MINUS_ZEROS : to + at.lane;
            Lanes r[2] = {load(from), load(from + WIDTH)};
            if (p->right.lane) sum_two_across(0, p, left, right, r);
            else sum_two_across(1, p, left, right, r);
            put(2, to + at.lane, WIDTH, r);
        }
        if (listed && p->left.along && p->right.along && p->left.lane && p->right.lane && n >= WIDTH) {
            at.lane = n / WIDTH * WIDTH;
            sum_listed(begins, at.lane, p->terms, b->index + p->left.at + at.row * p->left.row,
                       b->index + p->right.at + at.row * p->right.row, u, to);
        }
        for (; at.lane + WIDTH <= n; at.lane += WIDTH) {
            Lanes r = load(begins ? MINUS_ZEROS : to + at.lane);
            store(to + at.lane, sum_across(listed, WIDTH, b, p, u, at, r));
        }
        if (at.lane == n) continue;
        Lanes r = load(begins ? MINUS_ZEROS : to + at.lane);
        r = sum_across(listed, n - at.lane, b, p, u, at, r);
        put(1, to + at.lane, n - at.lane, &r);
    }
}

static void NAMED(strided_each)(int begins, const Ready *b, const Part *p, const double *u, double *to) {
    pass_across(0, begins, b, p, u, to);
}
static void NAMED(listed_each)(int begins, const Ready *b, const Part *p, const double *u, double *to) {
    pass_across(1, begins, b, p, u, to);
}
