/* Which rows are computed together: agenda.py. */

typedef struct {
    uint32_t *rows, n, small;
} Unit;

typedef struct {
    Unit *units;
    uint32_t n, room;
} Units;

/* The function of a sum of several terms. */
static uint16_t function_of(const Plan *p, const uint16_t *functions, uint32_t i) {
    return kind_of(p, i) == p->sum && terms_in(p, i) > 1 ? functions[i] : 0;
}

/* For each row the first function that is applied to it; or the kind of the first one whose result it multiplies. */
static uint16_t *find_functions(Plan *p) {
    uint16_t *functions = TAKE(&p->now, uint16_t, p->count);
    for (uint32_t i = p->count; i-- > p->first;) {
        if (p->sides[kind_of(p, i)] & APPLIED) functions[p->left[terms_from(p, i)]] = 1 + kind_of(p, i);
        else if (kind_of(p, i) == p->sum)
            for (uint32_t t = terms_from(p, i); t < terms_to(p, i); t++) {
                uint32_t a = p->left[t], b = p->right[t];
                if (b >= p->first && p->sides[kind_of(p, b)] & APPLIED) functions[a] = 256 + kind_of(p, b);
                if (a >= p->first && p->sides[kind_of(p, a)] & APPLIED) functions[b] = 256 + kind_of(p, a);
            }
    }
    return functions;
}

static uint64_t hash_signature(const Plan *p, const uint16_t *functions, uint32_t i) {
    uint64_t hash = mix(function_of(p, functions, i), (uint32_t)p->classes[i]);
    for (uint32_t t = terms_from(p, i); t < terms_to(p, i); t++)
        hash = mix(hash, (uint64_t)(uint32_t)p->classes[p->left[t]] << 32 | (uint32_t)p->classes[p->right[t]]);
    return hash;
}

static int same_signature(const Plan *p, const uint16_t *functions, uint32_t i, uint32_t j) {
    uint32_t n = terms_in(p, i), a = terms_from(p, i), b = terms_from(p, j);
    if (p->classes[i] != p->classes[j] || n != terms_in(p, j)) return 0;
    if (function_of(p, functions, i) != function_of(p, functions, j)) return 0;
    for (uint32_t t = 0; t < n; t++)
        if (p->classes[p->left[a + t]] != p->classes[p->left[b + t]] ||
            p->classes[p->right[a + t]] != p->classes[p->right[b + t]])
            return 0;
    return 1;
}

/* For each computed row the number of its signature; returns how many there are. */
static uint32_t sign(Plan *p, uint32_t *signatures) {
    size_t size = power_of_two(2 * (size_t)(p->count - p->first));
    uint32_t *table = TAKE(&p->now, uint32_t, size), count = 0; /* a row of each signature; 0 is a leaf */
    const uint16_t *functions = find_functions(p);
    for (uint32_t i = p->first; i < p->count; i++) {
        size_t at = hash_signature(p, functions, i) & (size - 1);
        while (table[at] && !same_signature(p, functions, table[at], i)) at = (at + 1) & (size - 1);
        signatures[i - p->first] = table[at] ? signatures[table[at] - p->first] : count++;
        if (!table[at]) table[at] = i;
    }
    return count;
}

/* The signatures that have rows ready, the next one on top. */
typedef struct {
    double average;
    uint32_t signature;
    uint8_t waits; /* whether rows of it are not ready */
} Entry;

typedef struct {
    Entry *entries;
    size_t n, room;
} Heap;

static int comes_first(const Entry *a, const Entry *b) {
    if (a->waits != b->waits) return a->waits < b->waits;
    if (a->average != b->average) return a->average < b->average;
    return a->signature < b->signature;
}

static void push(Arena *arena, Heap *heap, Entry entry) {
    GROW(arena, heap->entries, heap->n, heap->room);
    size_t k = heap->n++;
    for (; k && comes_first(&entry, &heap->entries[(k - 1) / 2]); k = (k - 1) / 2)
        heap->entries[k] = heap->entries[(k - 1) / 2];
    heap->entries[k] = entry;
}

static Entry pop(Heap *heap) {
    Entry top = heap->entries[0], entry = heap->entries[--heap->n];
    size_t k = 0, next;
    for (; (next = 2 * k + 1) < heap->n; k = next) {
        if (next + 1 < heap->n && comes_first(&heap->entries[next + 1], &heap->entries[next])) next++;
        if (!comes_first(&heap->entries[next], &entry)) break;
        heap->entries[k] = heap->entries[next];
    }
    heap->entries[k] = entry;
    return top;
}

typedef struct {
    uint32_t *signatures, *left, *ready, *head, *next; /* ready rows are lists: the head of each, and who is next */
    double *average;
    uint32_t *waits, *begins, *users; /* the users of row first + k are those from begins[k] on */
    Heap heap;
} Agenda;

static Entry entry_of(const Agenda *a, uint32_t s) {
    return (Entry){.average = a->average[s], .signature = s, .waits = a->ready[s] < a->left[s]};
}

static void make_ready(Agenda *a, uint32_t k) {
    uint32_t s = a->signatures[k];
    a->next[k] = a->head[s], a->head[s] = k;
    a->ready[s]++;
}

static void find_users(Plan *p, Agenda *a) {
    uint32_t first = p->first, n = p->count - first;
    a->waits = TAKE(&p->now, uint32_t, n);
    a->begins = TAKE(&p->now, uint32_t, n + 1);
    a->users = TAKE(&p->now, uint32_t, 2 * p->terms);
    for (size_t t = 0; t < p->terms; t++) {
        if (p->left[t] >= first) a->begins[p->left[t] - first]++;
        if (p->right[t] >= first) a->begins[p->right[t] - first]++;
    }
    for (uint32_t k = 0, sum = 0; k <= n; k++) sum += a->begins[k], a->begins[k] = sum;
    for (uint32_t i = p->count; i-- > first;) /* backwards, so that `begins` come to be where they begin */
        for (uint32_t t = terms_from(p, i); t < terms_to(p, i); t++)
            for (int side = 0; side < 2; side++) {
                uint32_t operand = side ? p->right[t] : p->left[t];
                if (operand >= first) a->users[--a->begins[operand - first]] = i - first, a->waits[i - first]++;
            }
}

static inline void lift(uint32_t *x, uint32_t y) {
    if (*x < y) *x = y;
}

/* For each signature the average of thrice the longest way from a leaf, without that to a row that nobody reads. */
static void find_urgency(Plan *p, Agenda *a, uint32_t signatures) {
    uint32_t *depth = TAKE(&p->now, uint32_t, p->count), *height = TAKE(&p->now, uint32_t, p->count);
    int64_t *total = TAKE(&p->now, int64_t, signatures);
    for (uint32_t i = p->first; i < p->count; i++) {
        for (uint32_t t = terms_from(p, i); t < terms_to(p, i); t++)
            lift(&depth[i], depth[p->left[t]]), lift(&depth[i], depth[p->right[t]]);
        depth[i]++;
    }
    for (uint32_t i = p->count; i-- > p->first;) {
        for (uint32_t t = terms_from(p, i); t < terms_to(p, i); t++)
            lift(&height[p->left[t]], height[i] + 1), lift(&height[p->right[t]], height[i] + 1);
        uint32_t s = a->signatures[i - p->first];
        total[s] += 3 * (int64_t)depth[i] - height[i];
        a->left[s]++;
    }
    for (uint32_t s = 0; s < signatures; s++) a->average[s] = (double)total[s] / (double)a->left[s];
}

/* The ready rows of a signature as a unit, in the order of their ranks. */
static Unit take_batch(Plan *p, Agenda *a, uint32_t s) {
    Unit unit = {.rows = TAKE(&p->keep, uint32_t, a->ready[s])};
    uint64_t *ranks = TAKE(&p->now, uint64_t, a->ready[s]);
    for (uint32_t k = a->head[s]; k != NONE; k = a->next[k]) ranks[unit.n++] = rank_of(p, p->first + k);
    qsort(ranks, unit.n, sizeof *ranks, compare_ranks);
    for (uint32_t k = 0; k < unit.n; k++) unit.rows[k] = (uint32_t)ranks[k];
    uint32_t terms = terms_in(p, unit.rows[0]);
    unit.small = !terms || (int64_t)terms * unit.n < p->least;
    a->left[s] -= unit.n, a->ready[s] = 0, a->head[s] = NONE;
    return unit;
}

static void find_units(Plan *p, Units *found) {
    uint32_t n = p->count - p->first;
    Agenda a = {.signatures = TAKE(&p->now, uint32_t, n), .next = TAKE(&p->now, uint32_t, n)};
    uint32_t signatures = sign(p, a.signatures);
    a.left = TAKE(&p->now, uint32_t, signatures), a.ready = TAKE(&p->now, uint32_t, signatures);
    a.head = TAKE(&p->now, uint32_t, signatures), a.average = TAKE(&p->now, double, signatures);
    memset(a.head, 0xff, signatures * sizeof *a.head);
    find_urgency(p, &a, signatures);
    find_users(p, &a);
    for (uint32_t k = 0; k < n; k++)
        if (!a.waits[k]) make_ready(&a, k);
    for (uint32_t s = 0; s < signatures; s++)
        if (a.ready[s]) push(&p->now, &a.heap, entry_of(&a, s));
    while (a.heap.n) {
        Entry entry = pop(&a.heap);
        uint32_t s = entry.signature;
        if (!a.ready[s] || entry.waits != (a.ready[s] < a.left[s])) continue;
        GROW(&p->keep, found->units, found->n, found->room);
        Unit unit = found->units[found->n] = take_batch(p, &a, s);
        for (uint32_t k = 0; k < unit.n; k++) p->unit[unit.rows[k]] = found->n;
        found->n++;
        for (uint32_t k = 0; k < unit.n; k++) {
            uint32_t i = unit.rows[k] - p->first;
            for (uint32_t u = a.begins[i]; u < a.begins[i + 1]; u++) {
                uint32_t user = a.users[u];
                if (--a.waits[user]) continue;
                s = a.signatures[user];
                make_ready(&a, user);
                if (a.ready[s] == 1 || a.ready[s] == a.left[s]) push(&p->now, &a.heap, entry_of(&a, s));
            }
        }
    }
    give_back(&p->now);
}
