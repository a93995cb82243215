/* Writes the steps as blocks: writer.py. The flat arrays are those of blocks.py. */

enum { GROUP, BLOCK, STEP_RECORD = 11, PIECE_RECORD = 15, TAIL_RECORD = 9 };
enum { BLOCK_COST = 160, PIECE_WORTH = 8, ALONE = 16 };

typedef struct {
    int64_t *at;
    Py_ssize_t n, room;
} Longs;

typedef struct {
    Plan plan;
    Places at;
    Longs steps, pieces, tails;
    Ints index, ends, left, right, outputs;
    uint32_t slots, written;
} Roll;

/* Room for more items; from here on there is always some. */
#define RESERVE(roll, array, more)                                                                                     \
    do {                                                                                                               \
        if (!ROOM(array, more)) longjmp(*(roll)->plan.now.no_memory, 1);                                               \
    } while (0)

static void write_record(Roll *r, Longs *to, const int64_t *record, int n) {
    RESERVE(r, to, n);
    for (int k = 0; k < n; k++) PUT(to, record[k]);
}

/* Give the rows the next slots, in this order, and return the first. */
static uint32_t number_rows(Roll *r, const uint32_t *rows, const uint32_t *order, uint32_t n) {
    uint32_t out = r->slots;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t i = rows[order ? order[k] : k];
        r->at.slot[i] = r->slots++;
        r->at.step[i] = r->written + 1;
    }
    return out;
}

/* Rows of one kind, in the order of their lengths and ranks. */
static void write_group(Roll *r, const uint32_t *rows, uint32_t n) {
    Plan *p = &r->plan;
    int64_t record[STEP_RECORD] = {GROUP, kind_of(p, rows[0]), r->slots, 0, n, 0, 0, r->ends.n};
    for (uint32_t k = 0; k < n; k++) {
        uint32_t begin = terms_from(p, rows[k]), terms = terms_in(p, rows[k]);
        RESERVE(r, &r->left, terms);
        RESERVE(r, &r->right, terms);
        RESERVE(r, &r->ends, 1);
        for (uint32_t t = 0; t < terms; t++) {
            PUT(&r->left, r->at.slot[p->left[begin + t]]);
            PUT(&r->right, r->at.slot[p->right[begin + t]]);
        }
        PUT(&r->ends, (uint32_t)r->left.n);
    }
    number_rows(r, rows, NULL, n);
    write_record(r, &r->steps, record, STEP_RECORD);
    r->written++;
}

/* The record of a view, whose slots, if it has an index, are added to that of all. */
static void enter(Roll *r, const Found *found, int64_t *record) {
    record[0] = found->slots ? r->index.n : found->base;
    for (int d = 0; d < DIMS; d++) record[1 + d] = found->strides[d];
    record[4] = found->along, record[5] = 0, record[6] = found->slots != NULL;
    RESERVE(r, &r->index, found->n);
    for (size_t k = 0; k < found->n; k++) PUT(&r->index, found->slots[k]);
}

static int is_stored(const Plan *p, const Chain *chain, uint32_t link) {
    if (link == chain->n - 1) return 1;
    for (uint32_t k = 0; k < chain->lanes; k++)
        if (p->uses[chain->links[link][k]] > 1) return 1;
    return 0;
}

static void write_block(Roll *r, const Chain *chain, const Layout *layout) {
    Plan *p = &r->plan;
    int64_t record[STEP_RECORD] = {BLOCK, kind_of(p, chain->links[0][0]), -1, 0, layout->dims[0],
                                   layout->dims[1], layout->dims[2], r->pieces.n / PIECE_RECORD};
    for (uint32_t k = 0; k < layout->n; k++) {
        int64_t piece[PIECE_RECORD] = {layout->pieces[k].left.terms};
        enter(r, &layout->pieces[k].on_left, piece + 1);
        enter(r, &layout->pieces[k].on_right, piece + 8);
        write_record(r, &r->pieces, piece, PIECE_RECORD);
    }
    record[8] = r->pieces.n / PIECE_RECORD, record[9] = r->tails.n / TAIL_RECORD;
    for (uint32_t l = 0; l < chain->n; l++) {
        int64_t out = -1;
        if (is_stored(p, chain, l)) out = number_rows(r, chain->links[l], layout->order, chain->lanes);
        int64_t tail[TAIL_RECORD] = {kind_of(p, chain->links[l][0]), out};
        if (l) {
            enter(r, &layout->others[l - 1], tail + 2);
            write_record(r, &r->tails, tail, TAIL_RECORD);
        } else record[2] = out;
    }
    record[10] = r->tails.n / TAIL_RECORD;
    write_record(r, &r->steps, record, STEP_RECORD);
    r->written++;
}

static Chain take_lanes(Plan *p, const Chain *chain, const uint32_t *lanes, uint32_t n) {
    Chain part = {.n = chain->n, .lanes = n, .links = TAKE(&p->now, uint32_t *, chain->n),
                  .others = TAKE(&p->now, uint32_t *, chain->n)};
    for (uint32_t l = 0; l < chain->n; l++) {
        part.links[l] = TAKE(&p->now, uint32_t, n);
        for (uint32_t k = 0; k < n; k++) part.links[l][k] = chain->links[l][lanes[k]];
        if (l + 1 == chain->n) break;
        part.others[l] = TAKE(&p->now, uint32_t, n);
        for (uint32_t k = 0; k < n; k++) part.others[l][k] = chain->others[l][lanes[k]];
    }
    return part;
}

static int compare_lanes(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The lanes that read the same steps as others do, as long as there are many, and the rest. */
static Chain *split(Roll *r, const Chain *chain, uint32_t *n) {
    Plan *p = &r->plan;
    uint32_t lanes = chain->lanes, terms = terms_in(p, chain->links[0][0]), parts = 0;
    uint32_t *steps = TAKE(&p->now, uint32_t, 2 * (size_t)lanes * terms), *sizes = TAKE(&p->now, uint32_t, lanes);
    for (uint32_t k = 0; k < lanes; k++)
        for (uint32_t t = 0, begin = terms_from(p, chain->links[0][k]); t < terms; t++) {
            steps[2 * ((size_t)k * terms + t)] = r->at.step[p->left[begin + t]];
            steps[2 * ((size_t)k * terms + t) + 1] = r->at.step[p->right[begin + t]];
        }
    Side side = {steps, 2 * terms, 2 * terms};
    uint32_t count, *of = number_lanes(&p->now, &side, lanes, &count), *part = TAKE(&p->now, uint32_t, count);
    uint32_t *begins = TAKE(&p->now, uint32_t, (size_t)count + 2), *members = TAKE(&p->now, uint32_t, lanes);
    for (uint32_t k = 0; k < lanes; k++) sizes[of[k]]++;
    for (uint32_t c = 0; c < count; c++) part[c] = (uint64_t)sizes[c] * terms < ALONE ? count : parts++;
    for (uint32_t c = 0; c < count; c++)
        if (part[c] == count) part[c] = parts; /* the rest comes last */
    for (uint32_t k = 0; k < lanes; k++) begins[part[of[k]] + 1]++;
    parts += begins[parts + 1] > 0;
    for (uint32_t c = 0; c < parts; c++) begins[c + 1] += begins[c];
    memset(sizes, 0, lanes * sizeof *sizes);
    for (uint32_t k = 0; k < lanes; k++) members[begins[part[of[k]]] + sizes[part[of[k]]]++] = k;
    Chain *found = TAKE(&p->now, Chain, parts);
    for (uint32_t c = 0; c < parts; c++)
        found[c] = take_lanes(p, chain, members + begins[c], begins[c + 1] - begins[c]);
    *n = parts;
    return found;
}

/* The lanes in parts in which each first term has one stride; none if there are many. */
static Chain *cut(Roll *r, const Chain *chain, const Layout *layout, uint32_t *n) {
    Plan *p = &r->plan;
    uint32_t begins[PARTS + 1], *members = TAKE(&p->now, uint32_t, chain->lanes);
    *n = cut_lanes(layout, begins);
    Chain *found = TAKE(&p->now, Chain, *n);
    memcpy(members, layout->order, chain->lanes * sizeof *members);
    for (uint32_t c = 0; c < *n; c++) {
        qsort(members + begins[c], begins[c + 1] - begins[c], sizeof *members, compare_lanes);
        found[c] = take_lanes(p, chain, members + begins[c], begins[c + 1] - begins[c]);
    }
    return found;
}

static size_t cost(const Layout *layouts, uint32_t n) {
    size_t sum = 0;
    for (uint32_t k = 0; k < n; k++) sum += BLOCK_COST + layouts[k].indexed;
    return sum;
}

static Layout lay_out_chain(Roll *r, const Chain *chain) {
    return lay_out(&r->plan, &r->at, chain->links[0], chain->lanes, chain->others, chain->n - 1);
}

/* One block; or several, if one needed a long index; or a list, if the pieces are too short for a block. */
static void write_chain(Roll *r, const Chain *chain) {
    Plan *p = &r->plan;
    Layout layout = lay_out_chain(r, chain);
    int64_t worth = p->least < PIECE_WORTH ? p->least : PIECE_WORTH;
    if (layout.products < worth * layout.n && chain->n == 1) {
        write_group(r, chain->links[0], chain->lanes);
        return;
    }
    Chain *best = (Chain *)chain;
    Layout *layouts = &layout;
    uint32_t n = 1;
    for (int way = 0; way < 2 && layout.indexed > BLOCK_COST; way++) {
        uint32_t count;
        Chain *parts = way ? cut(r, chain, &layout, &count) : split(r, chain, &count);
        if (count < 2) continue;
        Layout *theirs = TAKE(&p->now, Layout, count);
        for (uint32_t k = 0; k < count; k++) theirs[k] = lay_out_chain(r, &parts[k]);
        if (cost(theirs, count) < cost(layouts, n)) best = parts, layouts = theirs, n = count;
    }
    for (uint32_t k = 0; k < n; k++) write_block(r, &best[k], &layouts[k]);
}

static void write_steps(Roll *r, const Place *steps, size_t n) {
    Plan *p = &r->plan;
    for (size_t k = 0, end; k < n; k = end) {
        end = k + 1;
        if (steps[k].chain) write_chain(r, steps[k].chain);
        else {
            while (end < n && !steps[end].chain && steps[end].level == steps[k].level &&
                   steps[end].kind == steps[k].kind && steps[end].varies == steps[k].varies)
                end++;
            uint32_t *rows = TAKE(&p->now, uint32_t, end - k);
            for (size_t j = k; j < end; j++) rows[j - k] = (uint32_t)steps[j].rank;
            write_group(r, rows, (uint32_t)(end - k));
        }
        give_back(&p->now);
    }
}
