/* Sums of products while they are collected: linked lists of pairs, so that one is appended to another at once. */

#define NONE UINT32_MAX

typedef struct {
    uint32_t left, right, next; /* the pair, and the place of the next term */
} Term;
ARRAY(Terms, Term);

typedef struct {
    uint32_t first, last, count;
} List;
ARRAY(Lists, List);

static int put_term(Terms *all, List *list, uint32_t left, uint32_t right) {
    if (all->n >= NONE - 1) return PyErr_NoMemory(), 0;
    if (!PUSH(all, ((Term){left, right, 0}))) return 0;
    uint32_t place = (uint32_t)all->n - 1;
    if (list->count++) all->at[list->last].next = place;
    else list->first = place;
    list->last = place;
    return 1;
}

static int put_term_in_front(Terms *all, List *list, uint32_t left, uint32_t right) {
    if (all->n >= NONE - 1) return PyErr_NoMemory(), 0;
    if (!PUSH(all, ((Term){left, right, list->count ? list->first : 0}))) return 0;
    list->first = (uint32_t)all->n - 1;
    if (!list->count++) list->last = list->first;
    return 1;
}

/* Of two lists, the second of which is used up. */
static void append_list(Terms *all, List *list, List other) {
    if (!other.count) return;
    if (list->count) all->at[list->last].next = other.first;
    else list->first = other.first;
    list->last = other.last;
    list->count += other.count;
}
