/* Tails: fuse.py; and the order of the steps: levels.py. */

/* A unit and its tails: `links` are their rows, lane by lane, and `others[k]` are those of the link after k. */
typedef struct {
    uint32_t **links, **others, n, lanes, room, place;
    uint8_t small;
} Chain;

/* chain_of: for each unit its chain; and room for all rows: `lane` is 0 but for a moment, and what `follows` finds. */
typedef struct {
    Chain *chains;
    uint32_t *chain_of, *lane, *rows, *others;
} Fusing;

/* Whether the unit does something with each result of the chain, which stands on that side; then its rows, lane by
   lane, and the other operands are found. */
static int follows(const Plan *p, const Unit *unit, const Chain *chain, int side, Fusing *f) {
    uint32_t head = chain->links[0][0], *last = chain->links[chain->n - 1], *lane = f->lane;
    if (chain->small || kind_of(p, head) != p->sum || p->varies[head] != p->varies[unit->rows[0]]) return 0;
    if (chain->lanes != unit->n) return 0;
    const uint32_t *ours = side == ON_LEFT ? p->left : p->right, *other = side == ON_LEFT ? p->right : p->left;
    uint32_t found = 0;
    for (uint32_t k = 0; k < unit->n; k++) lane[ours[terms_from(p, unit->rows[k])]] = k + 1;
    for (uint32_t k = 0; k < unit->n; k++) {
        uint32_t at = lane[last[k]];
        if (!at) break;
        f->rows[k] = unit->rows[at - 1], f->others[k] = other[terms_from(p, f->rows[k])];
        found++;
    }
    for (uint32_t k = 0; k < unit->n; k++) lane[ours[terms_from(p, unit->rows[k])]] = 0;
    return found == unit->n; /* all rows of the last link are read, and there are no more lanes than those */
}

/* Whether the chain can be computed as late as that: nobody else reads its rows. */
static int waits_for_nobody(const Plan *p, const Chain *chain) {
    for (uint32_t l = 0; l < chain->n; l++)
        for (uint32_t k = 0; k < chain->lanes; k++)
            if (p->uses[chain->links[l][k]] > 1) return 0;
    return 1;
}

static uint32_t *copy_rows(Arena *arena, const uint32_t *rows, uint32_t n) {
    return memcpy(TAKE(arena, uint32_t, n), rows, n * sizeof *rows);
}

/* Add a link; `others` is NULL for the first one. */
static void add_link(Plan *p, Chain *chain, uint32_t *rows, uint32_t *others) {
    if (chain->n == chain->room) {
        chain->room = chain->room ? 2 * chain->room : 1;
        uint32_t **links = TAKE(&p->keep, uint32_t *, chain->room);
        uint32_t **further = TAKE(&p->keep, uint32_t *, chain->room - 1); /* most chains have one link */
        for (uint32_t l = 0; l < chain->n; l++) links[l] = chain->links[l];
        for (uint32_t l = 0; l + 1 < chain->n; l++) further[l] = chain->others[l];
        chain->links = links, chain->others = further;
    }
    chain->links[chain->n] = rows;
    if (others) chain->others[chain->n - 1] = others;
    chain->n++;
}

/* The chain that unit `place` is now the last link of; or NONE. */
static uint32_t extend_chain(Plan *p, const Unit *unit, uint32_t place, Fusing *f) {
    uint32_t i = unit->rows[0];
    if (terms_in(p, i) != 1) return NONE;
    for (int side = ON_LEFT; side <= ON_RIGHT; side++) {
        if (!(p->sides[kind_of(p, i)] & side)) continue;
        uint32_t source = p->unit[(side == ON_LEFT ? p->left : p->right)[terms_from(p, i)]];
        if (source == NONE) continue;
        Chain *chain = &f->chains[f->chain_of[source]];
        if (!follows(p, unit, chain, side, f)) continue;
        int early = 1;
        for (uint32_t k = 0; early && k < unit->n; k++) {
            uint32_t its = p->unit[f->others[k]];
            early = its == NONE || f->chains[f->chain_of[its]].place < chain->place;
        }
        if (!early) {
            if (!waits_for_nobody(p, chain)) continue;
            chain->place = place;
        }
        add_link(p, chain, copy_rows(&p->keep, f->rows, unit->n), copy_rows(&p->keep, f->others, unit->n));
        return f->chain_of[source];
    }
    return NONE;
}

static int compare_places(const void *a, const void *b) {
    uint32_t x = ((const Chain *)a)->place, y = ((const Chain *)b)->place;
    return (x > y) - (x < y);
}

/* The chains of the units, each after those that it reads. */
static Chain *fuse(Plan *p, const Units *units, uint32_t *n) {
    Fusing f = {.chains = TAKE(&p->keep, Chain, units->n), .chain_of = TAKE(&p->now, uint32_t, units->n)};
    uint32_t **room[] = {&f.lane, &f.rows, &f.others};
    for (int k = 0; k < 3; k++) *room[k] = TAKE(&p->now, uint32_t, p->count);
    *n = 0;
    for (uint32_t place = 0; place < units->n; place++) {
        const Unit *unit = &units->units[place];
        f.chain_of[place] = extend_chain(p, unit, place, &f);
        if (f.chain_of[place] != NONE) continue;
        Chain *chain = &f.chains[f.chain_of[place] = (*n)++];
        *chain = (Chain){.lanes = unit->n, .place = place, .small = (uint8_t)unit->small};
        add_link(p, chain, unit->rows, NULL);
    }
    qsort(f.chains, *n, sizeof *f.chains, compare_places);
    give_back(&p->now);
    return f.chains;
}

/* ---- levels */

/* A block, or a row to be listed; rows of one level and kind, which vary or not, are one group. */
typedef struct {
    uint32_t level, kind, varies, terms;
    uint64_t rank;
    const Chain *chain; /* NULL for a row */
} Place;

static int compare_steps(const void *a, const void *b) {
    const Place *x = a, *y = b;
    if (x->level != y->level) return x->level < y->level ? -1 : 1;
    if (!x->chain != !y->chain) return x->chain ? 1 : -1;
    if (!x->chain) {
        if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
        if (x->varies != y->varies) return x->varies < y->varies ? -1 : 1;
        if (x->terms != y->terms) return x->terms < y->terms ? -1 : 1;
    }
    return (x->rank > y->rank) - (x->rank < y->rank);
}

static uint32_t highest(const Plan *p, const uint32_t *level, const uint32_t *rows, uint32_t n) {
    uint32_t most = 0;
    for (uint32_t k = 0; k < n; k++)
        for (uint32_t t = terms_from(p, rows[k]); t < terms_to(p, rows[k]); t++) {
            if (level[p->left[t]] > most) most = level[p->left[t]];
            if (level[p->right[t]] > most) most = level[p->right[t]];
        }
    return most;
}

/* The blocks and the rows to be listed, in their order. */
static Place *order_steps(Plan *p, const Chain *chains, uint32_t n, size_t *count) {
    Place *steps = TAKE(&p->keep, Place, p->count - p->first);
    uint32_t *level = TAKE(&p->now, uint32_t, p->count);
    *count = 0;
    for (const Chain *chain = chains; chain < chains + n; chain++) {
        uint32_t height = 0, head = chain->links[0][0];
        for (uint32_t k = 0; chain->small && k < chain->lanes; k++) {
            uint32_t i = chain->links[0][k];
            level[i] = highest(p, level, &i, 1) + 1;
            steps[(*count)++] = (Place){level[i], kind_of(p, i), p->varies[i], terms_in(p, i), rank_of(p, i), NULL};
        }
        if (chain->small) continue;
        for (uint32_t l = 0; l < chain->n; l++) {
            uint32_t there = highest(p, level, chain->links[l], chain->lanes);
            if (there > height) height = there;
        }
        for (uint32_t l = 0; l < chain->n; l++)
            for (uint32_t k = 0; k < chain->lanes; k++) level[chain->links[l][k]] = height + 1;
        steps[(*count)++] = (Place){height + 1, 0, 0, 0, rank_of(p, head), chain};
    }
    qsort(steps, *count, sizeof *steps, compare_steps);
    give_back(&p->now);
    return steps;
}
