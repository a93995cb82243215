/* Loading sums of whole numbers, which are the same in any order: whether comparisons turned out as before is such a sum of
results 0 and 1, and it has a term for each comparison. */

#ifndef MICROGRAD_WHOLE_H
#define MICROGRAD_WHOLE_H

#include "_program.h"

#define MANY_WHOLE 32   /* terms: from here on it pays to look */
#define MOST_WHOLE 1024 /* the largest constant: so that no sum of products is beyond 2^53 */
#define LONGEST_GAP 8   /* slots between two terms, at most, that are passed over */

typedef struct { /* slots of results that are 0 or 1 */
    uint32_t first, behind;
} Compared;

/* Note the results of a comparison. They lie the higher, the later they are noted. */
static int note_compared(Kernel *self, const Record *r, int64_t out) {
    if (r->kind != LESS && r->kind != AT_MOST && r->kind != EQUAL) return 0;
    int block = r->form == FROM_BLOCK;
    if (block && r->out == -1) return 0;
    int64_t first = block ? r->out : out, n = block ? r->n[0] * r->n[1] * r->n[2] : r->n[0];
    Compared *room = append(&self->compared, sizeof(Compared), 1);
    if (!room) return -1;
    *room = (Compared){(uint32_t)first, (uint32_t)(first + n)};
    return 0;
}

/* The compared slots that this one is among, or NULL. */
static const Compared *compared_at(const Kernel *self, uint32_t slot) {
    const Compared *all = self->compared.items;
    size_t low = 0, high = self->compared.used;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (all[middle].behind <= slot) low = middle + 1;
        else high = middle;
    }
    return low < self->compared.used && all[low].first <= slot ? all + low : NULL;
}

/* The whole number that is known to be in a slot, or -1/2. */
static double known_whole(const Source *from, uint32_t slot) {
    size_t constants = from->first - from->constants;
    double number = !slot ? 1 : slot < constants || slot >= from->first ? -0.5 : from->constant[slot - constants];
    return fabs(number) <= MOST_WHOLE && number == floor(number) ? number : -0.5;
}

typedef struct { /* a term: a compared slot, and how often it counts */
    uint32_t slot;
    double weight;
} Whole;

static int by_slot(const void *a, const void *b) {
    uint32_t one = ((const Whole *)a)->slot, two = ((const Whole *)b)->slot;
    return (one > two) - (one < two);
}

/* Append terms, sorted, as spans with a weight for each slot; -0 where no term is, as that adds nothing. */
static int append_spans(Kernel *self, const Whole *term, size_t n) {
    Span *span = NULL;
    const Compared *among = NULL;
    for (const Whole *end = term + n; term < end; term++) {
        if (!among || term->slot >= among->behind || term->slot > span->first + span->length + LONGEST_GAP) {
            among = compared_at(self, term->slot);
            if (!(span = append(&self->spans, sizeof(Span), 1))) return -1;
            *span = (Span){term->slot, 0, 0};
        }
        while (span->first + span->length <= term->slot) {
            double *weight = append(&self->weights, sizeof(double), 1);
            if (!weight) return -1;
            *weight = -0.0, span->length++;
        }
        ITEMS(self->weights, double)[self->weights.used - 1] += term->weight;
    }
    return 0;
}

/* Append a row as a sum of whole numbers: 1 if it is one, 0 if it is not, -1 for no memory. */
static int append_whole(Kernel *self, const Source *from, size_t row, uint32_t slot) {
    size_t first = begin(from, row), terms = from->end[row] - first, n = 0, pairs = self->pairs.used;
    Listed listed = {SUM, 0, 0, slot, 0, (ptrdiff_t)self->weights.used, pairs, self->spans.used, 0};
    if (terms < MANY_WHOLE) return 0;
    Whole *term = PyMem_RawMalloc(terms * sizeof(Whole));
    int failed = !term;
    for (size_t t = first; !failed && t < first + terms; t++) {
        uint32_t left = from->left[t], right = from->right[t];
        double a = known_whole(from, left), b = known_whole(from, right);
        if (a != -0.5 && b != -0.5) {
            Pair *pair = append(&self->pairs, sizeof(Pair), 1);
            if (pair) *pair = (Pair){left, right};
            failed = !pair;
        } else if (b != -0.5 && compared_at(self, left))
            term[n++] = (Whole){left, b};
        else if (a != -0.5 && compared_at(self, right))
            term[n++] = (Whole){right, a};
        else
            break;
    }
    listed.count = (uint32_t)(self->pairs.used - pairs);
    int whole = !failed && n >= MANY_WHOLE && n + listed.count == terms;
    if (whole) qsort(term, n, sizeof(Whole), by_slot);
    failed = failed || (whole && append_spans(self, term, n) < 0);
    PyMem_RawFree(term);
    Step *step = !failed && whole ? append(&self->steps, sizeof(Step), 1) : NULL;
    listed.end = self->spans.used;
    if (step) *step = (Step){.how = WHOLE, .listed = listed};
    else self->pairs.used = pairs;
    return failed || (whole && !step) ? (PyErr_NoMemory(), -1) : whole;
}

#endif
