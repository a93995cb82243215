/* The lanes of a block: their order, their dimensions, and pieces of terms that have one pattern: lanes.py. */

enum { PARTS = 4, RUN = 3 };

typedef struct {
    Side left, right;
    Found on_left, on_right;
} Cut;

typedef struct {
    Side *columns; /* those of which the first terms count, n_columns of them */
    uint32_t *order, lanes, n, n_columns;
    int64_t dims[DIMS], products;
    Cut *pieces;
    Found *others;
    size_t indexed;
} Layout;

/* Where rows are by now: their slots, and the numbers of the steps that write them, plus 1; 0 for a leaf. */
typedef struct {
    uint32_t *slot, *step;
} Places;

/* Sort by (key, lane). */
typedef struct {
    uint64_t key;
    uint32_t lane;
} Keyed;

static int compare_keyed(const void *a, const void *b) {
    const Keyed *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->lane > y->lane) - (x->lane < y->lane);
}

/* Read the slots of these terms, counted from the first, into both sides, exchanged so that they look alike. */
static void read_sides(Plan *p, const Places *at, const uint32_t *rows, uint32_t lanes, uint32_t term, Side *a,
                       Side *b) {
    uint32_t first = terms_from(p, rows[0]) + term;
    int alike = kind_of(p, rows[0]) == p->sum && p->classes[p->left[first]] == p->classes[p->right[first]];
    for (uint32_t k = 0; k < lanes; k++) {
        const uint32_t *x = p->left + terms_from(p, rows[k]) + term, *y = p->right + terms_from(p, rows[k]) + term;
        for (uint32_t t = 0; t < a->terms; t++) {
            int exchanged = alike && at->step[x[t]] < at->step[y[t]];
            lane_of(a, k)[t] = at->slot[exchanged ? y[t] : x[t]];
            lane_of(b, k)[t] = at->slot[exchanged ? x[t] : y[t]];
        }
    }
    if (alike) exchange_sides(&p->now, a, b, lanes);
}

/* Whether term t lies equally far behind the one before, in all lanes. */
static int has_step(const Side *side, uint32_t lanes, uint32_t t, int64_t *step) {
    *step = (int64_t)side->at[t] - side->at[t - 1];
    for (uint32_t k = 1; k < lanes; k++)
        if ((int64_t)lane_of(side, k)[t] - lane_of(side, k)[t - 1] != *step) return 0;
    return 1;
}

static Side part_of(const Side *side, uint32_t begin, uint32_t end) {
    return (Side){.at = side->at + begin, .step = side->step, .terms = end - begin};
}

/* Add the piece; or, if it is strided along its terms but for some jumps, the parts between these. */
static void cut_by_stride(Plan *p, Layout *out, uint32_t *room, const Side *a, const Side *b, uint32_t lanes) {
    uint32_t terms = a->terms, *cuts = TAKE(&p->now, uint32_t, terms + 1), n = 1;
    int64_t x = 0, y = 0, last_x = 0, last_y = 0;
    for (uint32_t t = 1, known = 0; t < terms; t++) {
        int strided = has_step(a, lanes, t, &x) && has_step(b, lanes, t, &y);
        if (!strided || (known && (x != last_x || y != last_y))) cuts[n++] = t, known = 0;
        else last_x = x, last_y = y, known = 1;
    }
    if (n > 1 && terms < RUN * n) n = 1;
    cuts[n] = terms;
    for (uint32_t k = 0; k < n; k++) {
        GROW(&p->now, out->pieces, out->n, *room);
        Cut *piece = &out->pieces[out->n++];
        piece->left = part_of(a, cuts[k], cuts[k + 1]), piece->right = part_of(b, cuts[k], cuts[k + 1]);
    }
}

/* Sort sides so that those of many terms come first, two by two. */
static int compare_lengths(const void *a, const void *b) {
    const Keyed *x = a, *y = b;
    if (x->key != y->key) return x->key > y->key ? -1 : 1;
    return (x->lane > y->lane) - (x->lane < y->lane);
}

static void fill_column(uint32_t *column, const Side *side, const uint32_t *order, uint32_t lanes) {
    for (uint32_t k = 0; k < lanes; k++) column[k] = lane_of(side, order ? order[k] : k)[0];
}

/* The order in which most of the columns are nested: by the first one, by the second, or as they are. */
static uint32_t *find_order(Plan *p, const Side *columns, uint32_t n, uint32_t lanes) {
    uint32_t *best = NULL, most = 0, *work = TAKE(&p->now, uint32_t, lanes), sizes[MOST_SIZES];
    Keyed *keyed = TAKE(&p->now, Keyed, lanes);
    for (int way = 0; way < 3; way++) {
        uint32_t *order = TAKE(&p->now, uint32_t, lanes), nested = 0;
        for (uint32_t k = 0; k < lanes; k++) {
            uint64_t x = lane_of(&columns[0], k)[0], y = lane_of(&columns[1], k)[0];
            keyed[k] = (Keyed){way == 0 ? x << 32 | y : way == 1 ? y << 32 | x : 0, k};
        }
        if (way < 2) qsort(keyed, lanes, sizeof *keyed, compare_keyed);
        for (uint32_t k = 0; k < lanes; k++) order[k] = keyed[k].lane;
        for (uint32_t c = 0; c < n; c++) {
            fill_column(work, &columns[c], order, lanes);
            nested += nest(work, lanes, sizes) >= 0;
        }
        if (!best || nested > most) best = order, most = nested;
    }
    return best;
}

/* The pieces of the rows by the classes of their operands; and the order that a product gives, if one is one. */
static uint32_t *cut_by_class(Plan *p, const Places *at, const uint32_t *rows, Layout *out, uint32_t *outer,
                              uint32_t *inner) {
    uint32_t lanes = out->lanes, begin = terms_from(p, rows[0]), terms = terms_in(p, rows[0]), n = 0, room = 0;
    uint32_t *left = TAKE(&p->now, uint32_t, (size_t)lanes * terms);
    uint32_t *right = TAKE(&p->now, uint32_t, (size_t)lanes * terms);
    Side *sides = TAKE(&p->now, Side, 2 * (size_t)terms);
    Keyed *lengths = TAKE(&p->now, Keyed, terms);
    for (uint32_t t = 0, end; t < terms; t = end) {
        int32_t a = p->classes[p->left[begin + t]], b = p->classes[p->right[begin + t]];
        for (end = t + 1; end < terms; end++)
            if (p->classes[p->left[begin + end]] != a || p->classes[p->right[begin + end]] != b) break;
        sides[2 * n] = (Side){left + t, terms, end - t}, sides[2 * n + 1] = (Side){right + t, terms, end - t};
        read_sides(p, at, rows, lanes, t, &sides[2 * n], &sides[2 * n + 1]);
        lengths[n] = (Keyed){end - t, n};
        n++;
    }
    for (uint32_t k = 0; k < n; k++) cut_by_stride(p, out, &room, &sides[2 * k], &sides[2 * k + 1], lanes);
    qsort(lengths, n, sizeof *lengths, compare_lengths);
    for (uint32_t k = 0; lanes > 1 && k < n; k++) {
        Side *a = &sides[2 * lengths[k].lane], *b = a + 1;
        uint32_t known = 0, *order;
        for (uint32_t lane = 0; !known && lane < lanes; lane++)
            for (uint32_t t = 0; t < b->terms; t++) known |= lane_of(b, lane)[t];
        if (known && (order = find_product(&p->now, a, b, lanes, outer, inner))) return order;
    }
    return NULL;
}

/* Whether the columns have the same strides from lane k - 2 to k - 1 as from there to k, in the order of the layout. */
static int goes_on(const Layout *layout, uint32_t k) {
    const uint32_t *order = layout->order;
    for (const Side *column = layout->columns; column < layout->columns + layout->n_columns; column++) {
        int64_t a = lane_of(column, order[k - 2])[0], b = lane_of(column, order[k - 1])[0];
        if (lane_of(column, order[k])[0] - b != b - a) return 0;
    }
    return 1;
}

/* The number of parts in which each column has one stride, and where they begin; 0 if there are many. */
static uint32_t cut_lanes(const Layout *layout, uint32_t begins[PARTS + 1]) {
    uint32_t parts = 0;
    begins[parts++] = 0;
    for (uint32_t k = 1; k < layout->lanes; k++) {
        if (k - begins[parts - 1] < 2 || goes_on(layout, k)) continue;
        if (parts == PARTS) return 0;
        begins[parts++] = k;
    }
    begins[parts] = layout->lanes;
    return parts;
}

/* The layout of rows of one signature, and of further operands. */
static Layout lay_out(Plan *p, const Places *at, const uint32_t *rows, uint32_t lanes, uint32_t *const *others,
                      uint32_t further) {
    Layout out = {.lanes = lanes, .products = (int64_t)lanes * terms_in(p, rows[0])};
    uint32_t outer, inner, sizes[MOST_SIZES], *work = TAKE(&p->now, uint32_t, lanes);
    out.order = cut_by_class(p, at, rows, &out, &outer, &inner);
    Side *columns = TAKE(&p->now, Side, 2 * (size_t)out.n + further);
    Keyed *lengths = TAKE(&p->now, Keyed, out.n);
    for (uint32_t k = 0; k < out.n; k++) lengths[k] = (Keyed){out.pieces[k].left.terms, k};
    qsort(lengths, out.n, sizeof *lengths, compare_lengths);
    for (uint32_t k = 0; k < out.n; k++)
        columns[2 * k] = out.pieces[lengths[k].lane].left, columns[2 * k + 1] = out.pieces[lengths[k].lane].right;
    for (uint32_t l = 0; l < further; l++) {
        uint32_t *slots = TAKE(&p->now, uint32_t, lanes);
        for (uint32_t k = 0; k < lanes; k++) slots[k] = at->slot[others[l][k]];
        columns[2 * out.n + l] = (Side){slots, 1, 1};
    }
    Cuts cuts = {{1, lanes}, 1 + (lanes > 1)};
    if (out.order) {
        uint32_t wanted[] = {inner, inner * outer};
        add_sizes(&cuts, wanted, 2);
    } else out.order = find_order(p, columns, 2 * out.n + further, lanes);
    for (uint32_t c = 0; c < 2 * out.n + further; c++) {
        fill_column(work, &columns[c], out.order, lanes);
        int n = nest(work, lanes, sizes);
        if (n > 0) add_sizes(&cuts, sizes, n);
    }
    out.columns = columns, out.n_columns = 2 * out.n + further;
    find_dims(&cuts, out.dims);
    for (Cut *piece = out.pieces; piece < out.pieces + out.n; piece++) {
        piece->on_left = find_view(&p->now, &piece->left, out.order, out.dims);
        piece->on_right = find_view(&p->now, &piece->right, out.order, out.dims);
        out.indexed += piece->on_left.n + piece->on_right.n;
    }
    out.others = TAKE(&p->now, Found, further);
    for (uint32_t l = 0; l < further; l++) {
        out.others[l] = find_view(&p->now, &columns[2 * out.n + l], out.order, out.dims);
        out.indexed += out.others[l].n;
    }
    return out;
}
