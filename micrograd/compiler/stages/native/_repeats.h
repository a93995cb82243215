/* Repeats in the rows: `repeats.py` line by line. */

typedef struct {
    uint32_t least_times, depth, near, ahead, small, few, tries, effort; /* the numbers at the top of that file */
    double serial;
} Limits;

typedef struct {
    uint32_t start, period, times;
} Repeat;

typedef struct {
    Limits limits;
    uint32_t first, n;
    const uint8_t *kinds;
    const uint32_t *ends, *left, *right;
    long long effort;
    Ints changes, alike;
} Search;

typedef struct {
    Repeat best;
    int serial;
    uint32_t furthest;
} Longest;

static uint32_t row_begin(const Search *s, uint32_t x) { return x ? s->ends[x - 1] : 0; }
static uint32_t end_of(const Repeat *r) { return r->start + r->period * r->times; }

static uint64_t look_of(const Search *s, uint32_t x) {
    uint32_t i = s->first + x, begin = row_begin(s, x), end = s->ends[x];
    uint32_t nearest = i > s->limits.near && i - s->limits.near > s->first ? i - s->limits.near : s->first;
    uint64_t hash = mixed(mixed(1, s->kinds[x]), end - begin);
    for (uint32_t t = begin; t < end; t++) {
        hash = mixed(hash, s->left[t] >= nearest ? i - s->left[t] : 0);
        hash = mixed(hash, s->right[t] >= nearest ? i - s->right[t] : 0);
    }
    return hash;
}

/* The changes of look, and for each the next one that is followed by the same rows for a while, or 0. */
static int find_changes(Search *s) {
    size_t slots = 64;
    uint64_t before = 0, *look = NULL, *key = NULL;
    uint32_t *last = NULL;
    int right = 1;
    for (uint32_t x = 0; right && x < s->n; x++) {
        uint64_t now = look_of(s, x);
        if (!x || now != before) right = PUSH(&s->changes, x);
        before = now;
    }
    uint32_t count = (uint32_t)s->changes.n;
    while (slots < 2 * (size_t)count) slots *= 2;
    right = right && ROOM(&s->alike, count) && (look = zeros(count, sizeof *look)) &&
            (key = zeros((Py_ssize_t)slots, sizeof *key)) && (last = zeros((Py_ssize_t)slots, sizeof *last));
    if (right) {
        for (uint32_t at = 0; at < count; at++) {
            uint32_t x = s->changes.at[at], end = at + 1 < count ? s->changes.at[at + 1] : s->n;
            look[at] = mixed(look_of(s, x), end - x);
        }
        s->alike.n = count;
        for (uint32_t at = count; at--;) {
            uint64_t hash = 1;
            for (uint32_t k = at; k < count && k < at + s->limits.ahead; k++) hash = mixed(hash, look[k]);
            hash |= 1; /* 0 is no key */
            size_t slot = (size_t)(hash >> 7) & (slots - 1);
            while (key[slot] && key[slot] != hash) slot = (slot + 1) & (slots - 1);
            s->alike.at[at] = last[slot];
            key[slot] = hash;
            last[slot] = at;
        }
    }
    PyMem_Free(look);
    PyMem_Free(key);
    PyMem_Free(last);
    return right;
}

static int looks_the_same(const Search *s, uint32_t x, uint32_t period) {
    uint32_t y = x + period;
    return s->kinds[x] == s->kinds[y] && s->ends[x] - row_begin(s, x) == s->ends[y] - row_begin(s, y);
}

static int is_steady(const Search *s, uint32_t x, uint32_t period) {
    uint32_t a = row_begin(s, x - period), b = row_begin(s, x), c = row_begin(s, x + period), n = s->ends[x] - b;
    for (uint32_t t = 0; t < n; t++)
        if (s->left[b + t] - s->left[a + t] != s->left[c + t] - s->left[b + t] ||
            s->right[b + t] - s->right[a + t] != s->right[c + t] - s->right[b + t])
            return 0;
    return 1;
}

static uint32_t follow(Search *s, uint32_t x, uint32_t period) {
    uint32_t y = x;
    while (y + period < s->n && looks_the_same(s, y, period) && (y < x + period || is_steady(s, y, period))) y++;
    s->effort -= y - x;
    return y + period;
}

static Repeat extended(Search *s, Repeat found, uint32_t done) {
    uint32_t x = found.start, period = found.period;
    while (x > done && looks_the_same(s, x - 1, period) && is_steady(s, x - 1 + period, period)) x--;
    s->effort -= found.start - x;
    return (Repeat){x, period, (follow(s, x, period) - x) / period};
}

/* Whether most of a time waits for the time before; -1 and an exception if there is no memory. */
static int is_serial(const Search *s, Repeat r) {
    uint32_t period = r.period, middle = r.start + r.times / 2 * period, from = row_begin(s, middle);
    uint32_t to = s->ends[middle + period - 1];
    int64_t end = (int64_t)s->first + end_of(&r), begin = (int64_t)s->first + middle;
    int64_t earliest = begin - (int64_t)s->limits.depth * period;
    /* the rows that each reads, and those that read it: both as lists that end where those of the next begin */
    const size_t size = sizeof(uint32_t);
    uint32_t *reads = zeros(2 * (Py_ssize_t)(to - from), size), *read_by = zeros(2 * (Py_ssize_t)(to - from), size);
    uint32_t *ends = zeros(period + 1, size), *by_ends = zeros((Py_ssize_t)period + 2, size);
    uint32_t *count = zeros(period, size), *queue = zeros(period, size);
    uint8_t *waits = zeros(period, 1);
    int serial = -1;
    if (reads && read_by && ends && by_ends && count && queue && waits) {
        uint32_t used = 0;
        for (uint32_t k = 0; k < period; k++) {
            for (uint32_t t = row_begin(s, middle + k); t < s->ends[middle + k]; t++)
                for (int side = 0; side < 2; side++) {
                    const uint32_t *operand = side ? s->right : s->left;
                    int64_t p = operand[t];
                    if (operand[t + to - from] - operand[t] != period || p < earliest || p >= end) continue;
                    uint32_t j = (uint32_t)((p - earliest) % period);
                    reads[used++] = j;
                    by_ends[j + 2]++;
                }
            ends[k + 1] = used;
            waits[k] = 1;
        }
        for (uint32_t k = 2; k < period + 2; k++) by_ends[k] += by_ends[k - 1];
        for (uint32_t k = 0; k < period; k++)
            for (uint32_t e = ends[k]; e < ends[k + 1]; e++) read_by[by_ends[reads[e] + 1]++] = k;
        for (int pass = 0; pass < 2; pass++) {
            const uint32_t *there = pass ? read_by : reads, *back = pass ? reads : read_by;
            const uint32_t *there_end = pass ? by_ends : ends, *back_end = pass ? ends : by_ends;
            uint32_t free = 0;
            for (uint32_t k = 0; k < period; k++) {
                count[k] = 0;
                for (uint32_t e = there_end[k]; e < there_end[k + 1]; e++) count[k] += waits[there[e]];
            }
            for (uint32_t k = 0; k < period; k++)
                if (waits[k] && !count[k]) queue[free++] = k;
            for (uint32_t q = 0; q < free; q++) {
                uint32_t k = queue[q];
                waits[k] = 0;
                for (uint32_t e = back_end[k]; e < back_end[k + 1]; e++)
                    if (!--count[back[e]] && waits[back[e]]) queue[free++] = back[e];
            }
        }
        double waiting = 0, all = 0;
        for (uint32_t k = 0; k < period; k++) {
            uint32_t terms = s->ends[middle + k] - row_begin(s, middle + k);
            all += terms;
            waiting += waits[k] ? terms : 0;
        }
        serial = waiting >= s->limits.serial * all;
    }
    void *arrays[] = {reads, read_by, ends, by_ends, count, queue, waits};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++) PyMem_Free(arrays[k]);
    return serial;
}

static int consider(Search *s, Longest *found, uint32_t x, uint32_t period, uint32_t end, uint32_t done) {
    if (end > found->furthest) found->furthest = end;
    Repeat r = {x, period, (end - x) / period};
    if (r.times < s->limits.few || (found->best.times && end_of(&r) <= end_of(&found->best))) return 1;
    r = extended(s, r, done);
    int waits = is_serial(s, r);
    if (waits < 0) return 0;
    if (waits ? r.times >= s->limits.least_times : r.period * r.times >= s->limits.few * s->limits.least_times)
        found->best = r, found->serial = waits;
    return 1;
}

static int find_at(Search *s, Longest *found, uint32_t x, uint32_t at, uint32_t done) {
    uint32_t count = (uint32_t)s->changes.n, same = (at + 1 < count ? s->changes.at[at + 1] : s->n) - x;
    *found = (Longest){.furthest = x};
    for (uint32_t period = 1; period <= s->limits.small && period <= same / s->limits.few; period++)
        if (!consider(s, found, x, period, follow(s, x, period), done)) return 0;
    if (x != s->changes.at[at]) return 1;
    uint32_t furthest = x, tries = 0;
    while ((at = s->alike.at[at]) && tries < s->limits.tries && s->effort > 0) {
        s->effort--;
        if (s->changes.at[at] < furthest) continue;
        tries++;
        uint32_t period = s->changes.at[at] - x;
        furthest = follow(s, x, period);
        if (!consider(s, found, x, period, furthest, done)) return 0;
    }
    return 1;
}

/* Each repeat that is serial: its start, its period and its times. */
static int find_all_repeats(Search *s, Ints *out) {
    if (!find_changes(s)) return 0;
    uint32_t done = 0, count = (uint32_t)s->changes.n;
    for (uint32_t at = 0; at < count; at++) {
        uint32_t x = s->changes.at[at], end = at + 1 < count ? s->changes.at[at + 1] : s->n;
        if (x < done) x = done;
        while (x < end && s->effort > 0) {
            Longest found;
            if (!find_at(s, &found, x, at, done)) return 0;
            if (found.best.times) {
                done = end_of(&found.best);
                if (found.serial &&
                    !(PUSH(out, found.best.start) && PUSH(out, found.best.period) && PUSH(out, found.best.times)))
                    return 0;
            }
            uint32_t next = found.furthest > s->limits.small ? found.furthest - s->limits.small : 0;
            x = next > x + 1 ? next : x + 1;
            if (x < done) x = done;
        }
    }
    return 1;
}

/* find_repeats(first, kinds, ends, left, right, limits): start, period, times of each, in one array. */
static PyObject *repeats_of(PyObject *array_type, PyObject *const *args) {
    Search s = {.first = (uint32_t)PyLong_AsUnsignedLong(args[0])};
    Limits *l = &s.limits;
    if (PyErr_Occurred() || !PyArg_ParseTuple(args[5], "IIIIIIIId", &l->least_times, &l->depth, &l->near, &l->ahead,
                                              &l->small, &l->few, &l->tries, &l->effort, &l->serial))
        return NULL;
    if (l->few < 3) return PyErr_Format(PyExc_ValueError, "how operands move is seen in three times");
    PyObject *out = NULL;
    Py_buffer kinds, parts[3];
    Ints found = {0};
    int held = 0;
    if (PyObject_GetBuffer(args[1], &kinds, PyBUF_SIMPLE) < 0) return NULL;
    while (held < 3 && read_array(args[2 + held], &parts[held], 'I')) held++;
    if (held == 3) {
        s.n = (uint32_t)kinds.len, s.kinds = kinds.buf;
        s.ends = parts[0].buf, s.left = parts[1].buf, s.right = parts[2].buf;
        s.effort = (long long)l->effort * s.n;
        Py_ssize_t size = sizeof(uint32_t);
        int fits = kinds.len <= UINT32_MAX / 4 && parts[0].len == kinds.len * size && parts[1].len == parts[2].len;
        for (uint32_t x = 0; fits && x < s.n; x++)
            fits = row_begin(&s, x) <= s.ends[x] && s.ends[x] <= (size_t)(parts[1].len / size);
        if (!fits) PyErr_SetString(PyExc_ValueError, "each row needs a kind, and an end among the terms");
        else if (find_all_repeats(&s, &found))
            out = to_array(array_type, "I", found.at, found.n * sizeof(uint32_t));
    }
    DROP(&found);
    DROP(&s.changes);
    DROP(&s.alike);
    while (held) PyBuffer_Release(&parts[--held]);
    PyBuffer_Release(&kinds);
    return out;
}
