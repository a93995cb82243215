/* Complete products, and sides that are exchanged: products.py. */

/* The slots of one side of a piece: those of lane k are `terms` ones from at + k · step on. */
typedef struct {
    uint32_t *at;
    uint32_t step, terms;
} Side;

static inline uint32_t *lane_of(const Side *side, uint32_t k) { return side->at + (size_t)k * side->step; }

static uint64_t hash_slots(const uint32_t *slots, uint32_t n) {
    uint64_t hash = n;
    for (uint32_t t = 0; t < n; t++) hash = mix(hash, slots[t]);
    return hash;
}

/* Numbers rows of slots as they appear: the same row has the same number. */
typedef struct {
    uint32_t *table, n; /* the table holds numbers + 1 */
    const uint32_t **firsts;
    size_t size;
} Numbers;

static Numbers start_numbers(Arena *arena, size_t most) {
    size_t size = power_of_two(2 * most);
    const uint32_t **firsts = take(arena, most, sizeof *firsts);
    return (Numbers){.table = TAKE(arena, uint32_t, size), .size = size, .firsts = firsts};
}

static uint32_t find_number(Numbers *numbers, const uint32_t *slots, uint32_t n) {
    size_t at = hash_slots(slots, n) & (numbers->size - 1);
    for (uint32_t there; (there = numbers->table[at]); at = (at + 1) & (numbers->size - 1))
        if (!memcmp(numbers->firsts[there - 1], slots, n * sizeof *slots)) return there - 1;
    numbers->firsts[numbers->n] = slots;
    numbers->table[at] = ++numbers->n;
    return numbers->n - 1;
}

/* The number of each lane, in the order in which they appear; turned round if that goes down from slot to slot. */
static uint32_t *number_lanes(Arena *arena, const Side *side, uint32_t lanes, uint32_t *count) {
    Numbers numbers = start_numbers(arena, lanes);
    uint32_t *of = TAKE(arena, uint32_t, lanes), falls = 1;
    for (uint32_t k = 0; k < lanes; k++) of[k] = find_number(&numbers, lane_of(side, k), side->terms);
    while (falls < numbers.n && *numbers.firsts[falls] < *numbers.firsts[falls - 1]) falls++;
    for (uint32_t k = 0; falls == numbers.n && k < lanes; k++) of[k] = numbers.n - 1 - of[k];
    *count = numbers.n;
    return of;
}

static uint32_t root_of(uint32_t *parent, uint32_t x) {
    while (parent[x] != x) x = parent[x] = parent[parent[x]];
    return x;
}

/* The number of its group for each of n rows, from the row `begin` on, and its place there; returns the last place. */
static uint32_t enumerate_members(uint32_t *parent, uint32_t begin, uint32_t n, uint32_t *group_of_root,
                                  uint32_t *groups, uint32_t *sizes, uint32_t *group, uint32_t *place) {
    uint32_t most = 0;
    for (uint32_t x = 0; x < n; x++) {
        uint32_t root = root_of(parent, begin + x);
        if (!group_of_root[root]) group_of_root[root] = ++*groups;
        group[x] = group_of_root[root] - 1;
        place[x] = sizes[group[x]]++;
        if (place[x] > most) most = place[x];
    }
    return most;
}

static uint32_t count_runs(const uint32_t *order, uint32_t n) {
    uint32_t runs = 0;
    for (uint32_t k = 1; k < n; k++) runs += order[k] == order[k - 1] + 1 || order[k] + 1 == order[k - 1];
    return runs;
}

/* The order of the lanes, if they are all pairs of some left rows and some right rows; else NULL. */
static uint32_t *find_product(Arena *arena, const Side *a, const Side *b, uint32_t lanes, uint32_t *outer,
                              uint32_t *inner) {
    uint32_t lefts, rights, groups = 0;
    uint32_t *of_left = number_lanes(arena, a, lanes, &lefts), *of_right = number_lanes(arena, b, lanes, &rights);
    if (lefts == lanes && rights == lanes) return NULL;
    uint32_t *parent = TAKE(arena, uint32_t, (size_t)lefts + rights);
    for (uint32_t x = 0; x < lefts + rights; x++) parent[x] = x;
    for (uint32_t k = 0; k < lanes; k++) {
        uint32_t x = root_of(parent, of_left[k]), y = root_of(parent, lefts + of_right[k]);
        if (x != y) parent[x > y ? x : y] = x > y ? y : x;
    }
    uint32_t *numbers = TAKE(arena, uint32_t, (size_t)lefts + rights), *group = TAKE(arena, uint32_t, lefts);
    uint32_t *left_at = TAKE(arena, uint32_t, lefts), *right_at = TAKE(arena, uint32_t, rights);
    uint32_t *sizes = TAKE(arena, uint32_t, lefts), *others = TAKE(arena, uint32_t, lefts);
    uint32_t *ignored = TAKE(arena, uint32_t, rights);
    uint32_t last_left = enumerate_members(parent, 0, lefts, numbers, &groups, sizes, group, left_at);
    uint32_t last_right = enumerate_members(parent, lefts, rights, numbers, &groups, others, ignored, right_at);
    uint32_t p = lefts / groups, q = rights / groups;
    if ((uint64_t)groups * p * q != lanes || last_left >= p || last_right >= q) return NULL;
    uint32_t *by_rows = TAKE(arena, uint32_t, lanes), *by_columns = TAKE(arena, uint32_t, lanes);
    memset(by_rows, 0xff, lanes * sizeof *by_rows);
    for (uint32_t k = 0; k < lanes; k++) {
        uint32_t x = of_left[k], i = left_at[x], j = right_at[of_right[k]];
        by_rows[(group[x] * p + i) * q + j] = k;
        by_columns[(group[x] * q + j) * p + i] = k;
    }
    for (uint32_t k = 0; k < lanes; k++)
        if (by_rows[k] == NONE) return NULL; /* two lanes are the same pair */
    int swapped = count_runs(by_columns, lanes) > count_runs(by_rows, lanes);
    *outer = swapped ? q : p, *inner = swapped ? p : q;
    if (*inner < 4 && *outer >= 4) {
        uint32_t x = *inner;
        *inner = *outer, *outer = x, swapped = !swapped;
    }
    return swapped ? by_columns : by_rows;
}

/* The root of row x, and whether x stands on the other side than it. */
static uint32_t root_and_side(uint32_t *parent, uint8_t *odd, uint32_t x, uint8_t *side) {
    uint32_t root = x;
    *side = 0;
    for (; parent[root] != root; root = parent[root]) *side ^= odd[root];
    for (uint8_t rest = *side; parent[x] != x;) {
        uint32_t next = parent[x];
        uint8_t its = odd[x];
        parent[x] = root, odd[x] = rest, rest ^= its, x = next;
    }
    return root;
}

/* Exchange the sides of lanes so that no row of slots is on the left here and on the right there, if that can be. */
static void exchange_sides(Arena *arena, const Side *a, const Side *b, uint32_t lanes) {
    Numbers numbers = start_numbers(arena, 2 * (size_t)lanes);
    uint32_t *left = TAKE(arena, uint32_t, lanes), *parent = TAKE(arena, uint32_t, 2 * (size_t)lanes);
    uint8_t *odd = TAKE(arena, uint8_t, 2 * (size_t)lanes), *sides = TAKE(arena, uint8_t, 2 * (size_t)lanes);
    uint8_t x_side, y_side;
    for (uint32_t x = 0; x < 2 * lanes; x++) parent[x] = x;
    for (uint32_t k = 0; k < lanes; k++) {
        uint32_t x = left[k] = find_number(&numbers, lane_of(a, k), a->terms);
        uint32_t y = find_number(&numbers, lane_of(b, k), b->terms);
        x = root_and_side(parent, odd, x, &x_side), y = root_and_side(parent, odd, y, &y_side);
        if (x != y) parent[y] = x, odd[y] = x_side ^ y_side ^ 1;
        else if (x_side == y_side) return;
    }
    for (uint32_t k = 0; k < lanes; k++) {
        uint32_t root = root_and_side(parent, odd, left[k], &x_side);
        if (!sides[root]) sides[root] = 2 + x_side;
        left[k] = sides[root] != 2 + x_side;
    }
    for (uint32_t k = 0; k < lanes; k++)
        for (uint32_t t = 0; left[k] && t < a->terms; t++) {
            uint32_t *x = lane_of(a, k) + t, *y = lane_of(b, k) + t, z = *x;
            *x = *y, *y = z;
        }
}
