/* What the agenda knows of rows before it begins: their looks from afar, and the groups that read the same rows. */

typedef struct {
    Arena now;
    Operands o;
    Py_buffer views[2];
    const uint32_t *row; /* the number of the row at each place */
    const uint8_t *known;
    PyObject *judge, *shown; /* `forward`, as Python sees it */
    uint8_t *forward;        /* whether a result is made from the row */
    /* of each row: the number of its look from afar, its group, and how deep it lies */
    uint32_t *near, *group, *depth;
    uint32_t nears, *first; /* of each look from afar the first row */
    /* groups: rows that read the same rows. Those of group g are members[members_at[g]] up to members_at[g + 1] */
    uint32_t groups, *members_at, *members;
    uint32_t *own_at, *own; /* those that it reads */
    size_t owned, own_room;
    uint64_t *edges; /* pairs of looks from afar: one, and another that it reads; each once */
    size_t edged;
    Py_ssize_t looks; /* as `judge` tells */
    const uint32_t *look_of;
    const uint8_t *flags;
    Ints order, ends; /* what is found */
} Survey;

enum { BACKWARD = 1, RECURRENT = 2 };

/* What a look from afar sees of an item: whether a leaf is a known number, or the kind of a row. */
static inline uint32_t sight(const Survey *s, uint32_t number) {
    uint32_t place = s->o.place[number];
    return place < s->o.rows ? 2u + s->o.kinds[place] : !!s->known[number];
}

static int seem_alike(const Survey *s, uint32_t a, uint32_t b) {
    Items x, y;
    if (s->forward[a] != s->forward[b] || s->o.kinds[a] != s->o.kinds[b]) return 0;
    if (!items_at(&s->o, a, &x) || !items_at(&s->o, b, &y) || x.n != y.n) return 0;
    for (uint32_t k = 0; k < x.n; k++)
        if (sight(s, item(&x, k)) != sight(s, item(&y, k))) return 0;
    return 1;
}

/* Number the looks from afar. */
static void look_from_afar(Survey *s) {
    size_t size = power_of_two(2 * (size_t)s->o.rows), room = 0, n = 0;
    uint32_t *table = TAKE(&s->now, uint32_t, size); /* 1 + a row of each */
    for (uint32_t i = 0; i < s->o.rows; i++) {
        Items items;
        items_at(&s->o, i, &items);
        uint64_t hash = mix(s->o.kinds[i], s->forward[i]);
        for (uint32_t k = 0; k < items.n; k++) hash = mix(hash, sight(s, item(&items, k)));
        size_t at = hash & (size - 1);
        while (table[at] && !seem_alike(s, table[at] - 1, i)) at = (at + 1) & (size - 1);
        s->near[i] = table[at] ? s->near[table[at] - 1] : (uint32_t)n;
        if (table[at]) continue;
        table[at] = i + 1;
        GROW(&s->now, s->first, n, room);
        s->first[n++] = i;
    }
    s->nears = (uint32_t)n;
}

/* Put the places of the rows that row i reads at the end of `own`, each once, and mark them; their hash, in any order. */
static uint64_t collect_own(Survey *s, uint32_t i, uint32_t *marks) {
    Items items;
    uint64_t hash = 0;
    items_at(&s->o, i, &items);
    for (uint32_t k = 0; k < items.n; k++) {
        uint32_t p = s->o.place[item(&items, k)];
        if (p >= s->o.rows || marks[p] == i + 1) continue;
        marks[p] = i + 1;
        GROW(&s->now, s->own, s->owned, s->own_room);
        s->own[s->owned++] = p;
        hash += mix(p, 1);
    }
    return hash;
}

/* Whether a group reads the marked rows, as many as these. */
static int reads_marked(const Survey *s, uint32_t g, size_t n, const uint32_t *marks, uint32_t mark) {
    uint32_t begin = s->own_at[g], end = s->own_at[g + 1];
    if (end - begin != n) return 0;
    for (uint32_t k = begin; k < end; k++)
        if (marks[s->own[k]] != mark) return 0;
    return 1;
}

static void group_rows(Survey *s) {
    uint32_t rows = s->o.rows;
    size_t size = power_of_two(2 * (size_t)rows);
    uint32_t *table = TAKE(&s->now, uint32_t, size), *marks = TAKE(&s->now, uint32_t, rows); /* of groups, 1 + each */
    uint32_t *deep = TAKE(&s->now, uint32_t, rows);
    s->own_at = TAKE(&s->now, uint32_t, (size_t)rows + 1);
    for (uint32_t i = 0; i < rows; i++) {
        size_t before = s->owned;
        uint64_t hash = collect_own(s, i, marks);
        size_t at = mix(hash, s->owned - before) & (size - 1);
        while (table[at] && !reads_marked(s, table[at] - 1, s->owned - before, marks, i + 1)) at = (at + 1) & (size - 1);
        if (table[at]) s->owned = before;
        else {
            uint32_t g = s->groups++;
            table[at] = g + 1;
            for (size_t k = before; k < s->owned; k++) lift(&deep[g], s->depth[s->own[k]]);
            deep[g]++;
            s->own_at[g + 1] = (uint32_t)s->owned;
        }
        s->group[i] = table[at] - 1;
        s->depth[i] = deep[s->group[i]];
    }
}

/* Lists by counting: the places of all items in the order of their keys, and where those of each key begin. */
static uint32_t *sort_by(Arena *arena, const uint32_t *keys, size_t n, uint32_t count, uint32_t **begins) {
    uint32_t *at = TAKE(arena, uint32_t, (size_t)count + 2), *sorted = TAKE(arena, uint32_t, n);
    for (size_t k = 0; k < n; k++) at[keys[k] + 2]++;
    for (uint32_t c = 0; c < count; c++) at[c + 2] += at[c + 1];
    for (size_t k = 0; k < n; k++) sorted[at[keys[k] + 1]++] = (uint32_t)k;
    *begins = at;
    return sorted;
}

static void find_edges(Survey *s) {
    uint64_t *edges = NULL;
    size_t n = 0, room = 0;
    uint32_t *using = TAKE(&s->now, uint32_t, s->nears), *read = TAKE(&s->now, uint32_t, s->nears);
    for (uint32_t g = 0; g < s->groups; g++)
        for (uint32_t m = s->members_at[g]; m < s->members_at[g + 1]; m++) {
            uint32_t user = s->near[s->members[m]], mark = m + 1;
            if (using[user] == g + 1) continue;
            using[user] = g + 1;
            for (uint32_t k = s->own_at[g]; k < s->own_at[g + 1]; k++) {
                uint32_t other = s->near[s->own[k]];
                if (read[other] == mark) continue;
                read[other] = mark;
                GROW(&s->now, edges, n, room);
                edges[n++] = (uint64_t)user << 32 | other;
            }
        }
    if (n) qsort(edges, n, sizeof *edges, compare_ranks);
    for (size_t k = 0; k < n; k++)
        if (!k || edges[k] != edges[k - 1]) edges[s->edged++] = edges[k];
    s->edges = edges;
}

/* ---- all of it */

/* Whether each row stands at its place, after all rows that it reads. */
static int are_in_order(const Operands *o, const uint32_t *row) {
    for (uint32_t i = 0; i < o->rows; i++) {
        Items items;
        if (row[i] >= o->numbers || o->place[row[i]] != i || !items_at(o, i, &items)) return 0;
        for (uint32_t k = 0; k < items.n; k++) {
            uint32_t p = o->place[item(&items, k)];
            if (p < o->rows && p >= i) return 0;
        }
    }
    return 1;
}

/* Mark the rows that the results are made from, themselves among them. */
static int find_forward(Survey *s, PyObject *results) {
    Ints wanted = {0};
    s->shown = PyBytes_FromStringAndSize(NULL, s->o.rows);
    int right = s->shown && read_ints(results, &wanted, s->o.numbers);
    s->forward = right ? memset(PyBytes_AS_STRING(s->shown), 0, s->o.rows) : NULL;
    for (Py_ssize_t k = 0; right && k < wanted.n; k++) {
        uint32_t place = s->o.place[wanted.at[k]];
        if (place < s->o.rows) s->forward[place] = 1;
    }
    for (uint32_t i = s->o.rows; right && i-- > 0;) {
        Items items;
        if (!s->forward[i] || !items_at(&s->o, i, &items)) continue;
        for (uint32_t k = 0; k < items.n; k++) {
            uint32_t place = s->o.place[item(&items, k)];
            if (place < s->o.rows) s->forward[place] = 1;
        }
    }
    DROP(&wanted);
    return right;
}

static int survey_rows(Survey *s) {
    jmp_buf no_memory;
    s->now.no_memory = &no_memory;
    if (setjmp(no_memory)) return PyErr_NoMemory(), 0;
    uint32_t rows = s->o.rows;
    s->near = TAKE(&s->now, uint32_t, rows), s->group = TAKE(&s->now, uint32_t, rows);
    s->depth = TAKE(&s->now, uint32_t, rows);
    look_from_afar(s);
    group_rows(s);
    s->members = sort_by(&s->now, s->group, rows, s->groups, &s->members_at);
    find_edges(s);
    return 1;
}
