/* How slots lie, as strides or as an index: views.py. */

enum { DIMS = 3, MOST_SIZES = 32 };

typedef struct {
    int64_t base, strides[DIMS], along;
    uint32_t *slots; /* of an index; NULL if there is none */
    size_t n;
} Found;

/* The sizes of the blocks of a nested strided sequence, the smallest first; -1 if it is none. Destroys `at`. */
static int nest(uint32_t *at, uint32_t n, uint32_t sizes[MOST_SIZES]) {
    uint32_t size = 1;
    int count = 0;
    while (n > 1) {
        int64_t stride = (int64_t)at[1] - at[0];
        uint32_t run = 2;
        while (run < n && (int64_t)at[run] - at[run - 1] == stride) run++;
        if (n % run) return -1;
        for (uint32_t k = run; k < n; k += run)
            for (uint32_t j = k + 1; j < k + run; j++)
                if ((int64_t)at[j] - at[j - 1] != stride) return -1;
        sizes[count++] = size *= run;
        for (uint32_t k = 0; k < n / run; k++) at[k] = at[k * run];
        n /= run;
    }
    return count;
}

/* The sizes of the dimensions so far, as 1 = cuts[0] < … < cuts[n - 1] = lanes: each divides the next one. */
typedef struct {
    uint32_t cuts[1 + DIMS];
    int n;
} Cuts;

/* Add these sizes, ascending, if there are not too many then. */
static void add_sizes(Cuts *cuts, const uint32_t *sizes, int n) {
    uint32_t all[1 + DIMS + MOST_SIZES];
    int count = 0;
    for (int a = 0, b = 0; a < cuts->n || b < n; count++) {
        all[count] = b == n || (a < cuts->n && cuts->cuts[a] <= sizes[b]) ? cuts->cuts[a] : sizes[b];
        while (a < cuts->n && cuts->cuts[a] == all[count]) a++;
        while (b < n && sizes[b] == all[count]) b++;
    }
    if (count > 1 + DIMS) return;
    for (int k = 1; k < count; k++)
        if (all[k] % all[k - 1]) return;
    memcpy(cuts->cuts, all, count * sizeof *all);
    cuts->n = count;
}

static void find_dims(const Cuts *cuts, int64_t dims[DIMS]) {
    for (int d = 0; d < DIMS; d++) {
        int k = DIMS - d; /* the last dimension is from the first cut to the second */
        dims[d] = k < cuts->n ? cuts->cuts[k] / cuts->cuts[k - 1] : 1;
    }
}

/* An index over the dimensions and terms by which the slots vary; the lanes of the last dimension lie densely. */
static Found make_index(Arena *arena, const Side *side, const uint32_t *order, const int64_t dims[DIMS]) {
    int64_t steps[DIMS] = {dims[1] * dims[2], dims[2], 1}, lanes = dims[0] * steps[0], m[DIMS], terms = 1;
    for (int d = 0; d < DIMS; d++) {
        m[d] = 1;
        for (int64_t k = steps[d]; m[d] == 1 && k < lanes; k++)
            if (k / steps[d] % dims[d] &&
                memcmp(lane_of(side, order[k]), lane_of(side, order[k - steps[d]]), side->terms * sizeof(uint32_t)))
                m[d] = dims[d];
    }
    for (int64_t k = 0; terms == 1 && k < lanes; k++)
        for (uint32_t t = 1; t < side->terms; t++)
            if (lane_of(side, order[k])[t] != lane_of(side, order[k])[0]) terms = side->terms;
    Found found = {.n = (size_t)(m[0] * m[1] * terms * m[2])};
    uint32_t *to = found.slots = TAKE(arena, uint32_t, found.n);
    for (int64_t i0 = 0; i0 < m[0]; i0++)
        for (int64_t i1 = 0; i1 < m[1]; i1++)
            for (int64_t t = 0; t < terms; t++)
                for (int64_t i2 = 0; i2 < m[2]; i2++)
                    *to++ = lane_of(side, order[i0 * steps[0] + i1 * steps[1] + i2])[t];
    found.strides[0] = m[0] > 1 ? m[1] * terms * m[2] : 0;
    found.strides[1] = m[1] > 1 ? terms * m[2] : 0;
    found.strides[2] = m[2] > 1;
    found.along = terms > 1 ? m[2] : 0;
    return found;
}

static Found find_view(Arena *arena, const Side *side, const uint32_t *order, const int64_t dims[DIMS]) {
    int64_t n1 = dims[1], n2 = dims[2], base = lane_of(side, order[0])[0];
    int64_t s0 = dims[0] > 1 ? lane_of(side, order[n1 * n2])[0] - base : 0;
    int64_t s1 = n1 > 1 ? lane_of(side, order[n2])[0] - base : 0, s2 = n2 > 1 ? lane_of(side, order[1])[0] - base : 0;
    int64_t along = side->terms > 1 ? lane_of(side, order[0])[1] - base : 0;
    const uint32_t *lane = order;
    for (int64_t i0 = 0; i0 < dims[0]; i0++)
        for (int64_t i1 = 0; i1 < n1; i1++)
            for (int64_t i2 = 0; i2 < n2; i2++) {
                const uint32_t *slots = lane_of(side, *lane++);
                int64_t slot = base + i0 * s0 + i1 * s1 + i2 * s2;
                for (uint32_t t = 0; t < side->terms; t++, slot += along)
                    if (slots[t] != slot) return make_index(arena, side, order, dims);
            }
    return (Found){.base = base, .strides = {s0, s1, s2}, .along = along};
}
