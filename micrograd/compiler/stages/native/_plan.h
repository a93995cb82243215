/* The rows, as the stages from here to the blocks see them: class `Graph` of agenda.py. */

enum { ON_LEFT = 1, ON_RIGHT = 2, APPLIED = 4 };

typedef struct {
    Arena keep, now; /* for all the work; and for a block, or for one stage */
    /* as they come */
    uint32_t inputs, constants, first, count; /* the first computed row, and the number of all rows */
    const uint8_t *kinds, *sides; /* sides: for each kind where a tail's operand may stand, and if it is APPLIED */
    const uint32_t *ends, *adjoint_of, *outputs;
    size_t terms, returned;
    int64_t least;
    uint8_t sum;
    /* found out */
    uint32_t *left, *right, *uses, *unit;
    int32_t *classes;
    uint8_t *varies;
} Plan;

#define NONE UINT32_MAX

static inline uint32_t terms_from(const Plan *p, uint32_t i) { return i == p->first ? 0 : p->ends[i - p->first - 1]; }
static inline uint32_t terms_to(const Plan *p, uint32_t i) { return p->ends[i - p->first]; }
static inline uint32_t terms_in(const Plan *p, uint32_t i) { return terms_to(p, i) - terms_from(p, i); }
static inline uint8_t kind_of(const Plan *p, uint32_t i) { return p->kinds[i - p->first]; }
static inline uint64_t rank_of(const Plan *p, uint32_t i) { return (uint64_t)p->adjoint_of[i - p->first] << 32 | i; }

static inline uint64_t mix(uint64_t hash, uint64_t x) {
    hash = (hash ^ x) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

static inline size_t power_of_two(size_t least) {
    size_t n = 16;
    while (n < least) n *= 2;
    return n;
}

static int compare_ranks(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The class of a computed row; of its operands, if it is a sum, those of higher classes come to the left. */
static int32_t classify(Plan *p, uint32_t i) {
    uint8_t varies = 0;
    for (uint32_t t = terms_from(p, i); t < terms_to(p, i); t++) {
        uint32_t a = p->left[t], b = p->right[t];
        varies |= p->varies[a] | p->varies[b];
        if (kind_of(p, i) == p->sum && p->classes[a] < p->classes[b]) p->left[t] = b, p->right[t] = a;
    }
    p->varies[i] = varies;
    return 4 + 4 * kind_of(p, i) + 2 * varies + (p->adjoint_of[i - p->first] != i);
}

/* `apart` are the classes of the inputs, or NULL. */
static void make_plan(Plan *p, const uint32_t *left, const uint32_t *right, const uint8_t *varying,
                      const int32_t *apart) {
    p->left = TAKE(&p->keep, uint32_t, p->terms);
    p->right = TAKE(&p->keep, uint32_t, p->terms);
    if (p->terms) {
        memcpy(p->left, left, p->terms * sizeof *left);
        memcpy(p->right, right, p->terms * sizeof *right);
    }
    p->classes = TAKE(&p->keep, int32_t, p->count);
    p->uses = TAKE(&p->keep, uint32_t, p->count);
    p->unit = TAKE(&p->keep, uint32_t, p->count);
    p->varies = TAKE(&p->keep, uint8_t, p->count);
    memset(p->unit, 0xff, p->count * sizeof *p->unit);
    for (uint32_t k = 0; k < p->inputs; k++) {
        p->varies[1 + k] = varying[k];
        p->classes[1 + k] = apart ? apart[k] : 1 + varying[k];
    }
    for (uint32_t i = 1 + p->inputs; i < p->first; i++) p->classes[i] = 3;
    for (uint32_t i = p->first; i < p->count; i++) p->classes[i] = classify(p, i);
    for (size_t t = 0; t < p->terms; t++) p->uses[left[t]]++, p->uses[right[t]]++;
    for (size_t k = 0; k < p->returned; k++) p->uses[p->outputs[k]]++;
}
