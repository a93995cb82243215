/* Loading blocks: from their views to operands that tiles can read, in lanes or one for all lanes. */

#ifndef MICROGRAD_OPERANDS_H
#define MICROGRAD_OPERANDS_H

#include "_program.h"

#define MOST_SCRATCH ((size_t)1 << 31) /* numbers */
#define PAD 8                          /* numbers behind the slots that a vector may read too many */
#define SCRATCH ((ptrdiff_t)1 << 47)   /* the scratch memory begins there, until its place is known, */
#define STAYS ((ptrdiff_t)1 << 48)     /* and there what is copied to stay */
#define MOST_STAYS ((size_t)1 << 15)   /* numbers */

typedef struct { /* the shape of a block while it is loaded, and where its results go */
    int64_t n[3], out[3];
    View *view; /* of each piece the left and the right, then one of each tail */
    size_t pieces, views;
    int moving;
} Shape;

/* Whether dimension k and the next one can be one, since every view goes on from the one to the other. */
static int is_nested(const Shape *shape, int k) {
    if (shape->n[k] == 1 || shape->n[k + 1] == 1) return 1;
    for (size_t i = 0; i < shape->views; i++)
        if (shape->view[i].stride[k] != shape->view[i].stride[k + 1] * shape->n[k + 1]) return 0;
    return 1;
}

/* Make dimension k and the next one one dimension, the second of the two. */
static void merge(Shape *shape, int k) {
    int single = shape->n[k + 1] == 1;
    for (size_t i = 0; single && i < shape->views; i++) shape->view[i].stride[k + 1] = shape->view[i].stride[k];
    if (single) shape->out[k + 1] = shape->out[k];
    shape->n[k + 1] *= shape->n[k], shape->n[k] = 1;
    for (size_t i = 0; i < shape->views; i++) shape->view[i].stride[k] = 0;
}

static void exchange(Shape *shape) {
#define EXCHANGE(array)                                                                                                \
    do {                                                                                                               \
        int64_t other = array[0];                                                                                      \
        array[0] = array[1], array[1] = other;                                                                         \
    } while (0)
    EXCHANGE(shape->n);
    EXCHANGE(shape->out);
    for (size_t i = 0; i < shape->views; i++) EXCHANGE(shape->view[i].stride);
#undef EXCHANGE
}

/* As few dimensions as possible: lanes last, then rows, which are rather many. */
static void simplify(Shape *shape) {
    shape->out[2] = 1, shape->out[1] = shape->n[2], shape->out[0] = shape->n[1] * shape->n[2];
    for (size_t i = 0; i < shape->views; i++)
        for (int k = 0; k < 3; k++)
            if (shape->n[k] == 1) shape->view[i].stride[k] = 0;
    if (is_nested(shape, 1)) merge(shape, 1);
    if (is_nested(shape, 0)) merge(shape, 0);
    if (shape->n[1] == 1 && shape->n[0] > 1) exchange(shape);
    if (is_nested(shape, 1)) merge(shape, 1);
    if (shape->n[1] < 4 && shape->n[0] > shape->n[1]) exchange(shape);
}

static int is_ones(const View *view) {
    return !view->base && !view->indexed && !view->stride[0] && !view->stride[1] && !view->stride[2] && !view->along &&
           !view->moves;
}

static size_t count_of(int64_t stride, int64_t n) { return stride ? (size_t)n : 1; }

/* Room in the scratch memory, for this block or to stay; -1 if that is too much. Copies may write a few numbers too many. */
static ptrdiff_t take_scratch(Kernel *self, size_t all, int stays) {
    size_t *used = stays ? &self->stay : &self->scratch;
    if (all > MOST_SCRATCH - *used) return refuse("the blocks need too much memory");
    size_t at = *used;
    *used += (all + 2 * PAD - 1) / PAD * PAD;
    if (self->scratch > self->most_scratch) self->most_scratch = self->scratch;
    return (ptrdiff_t)at + (stays ? STAYS : SCRATCH);
}

/* How many numbers a copy has; 0 if that is too many. */
static size_t size_of(const Copy *copy) {
    const size_t factors[4] = {copy->outer, copy->rows, copy->terms, copy->lanes};
    size_t all = 1;
    for (int k = 0; k < 4; k++) {
        if (all > MOST_SCRATCH / factors[k]) return refuse("a block needs too much memory"), 0;
        all *= factors[k];
    }
    return all;
}

#define SHORT_SPAN 5 /* slots: on average spans must be longer to be worth it */

/* Write a listed copy as spans, if these are long; a single slot is a span, too. */
static int find_spans(Kernel *self, Copy *copy) {
    const uint32_t *index = ITEMS(self->indexes, uint32_t) + copy->index;
    size_t spans = self->spans.used, n = copy->count, most = n / SHORT_SPAN;
    for (size_t i = 0, length; i < n; i += length) {
        uint32_t step = i + 1 < n ? index[i + 1] - index[i] : 0;
        for (length = 1; step <= 1 && i + length < n && index[i + length] == index[i + length - 1] + step;) length++;
        if (self->spans.used - spans == most) {
            self->spans.used = spans;
            return 0;
        }
        Span *span = append(&self->spans, sizeof(Span), 1);
        if (!span) return -1;
        *span = (Span){index[i], (uint32_t)length, length > 1 && !step};
    }
    self->indexes.used -= n;
    copy->how = SPANS, copy->index = spans, copy->count = self->spans.used - spans;
    return 0;
}

/* Append the slots of an indexed view in the order of its copy: outer, rows, terms, lanes. */
static int list_slots(Kernel *self, const Source *from, const Copy *copy, const View *view) {
    uint32_t *index = append(&self->indexes, sizeof(uint32_t), copy->count);
    if (!index) return -1;
    for (int64_t o = 0; o < copy->outer; o++)
        for (int64_t i = 0; i < copy->rows; i++)
            for (int64_t t = 0; t < copy->terms; t++)
                for (int64_t j = 0; j < copy->lanes; j++)
                    *index++ = from->index[view->base + o * view->stride[0] + i * view->stride[1] +
                                           j * view->stride[2] + t * view->along];
    return 0;
}

/* A copy of the same numbers, made by a step before: slots are written once, so that it still holds them. */
static const Copy *find_copy(const Kernel *self, const Copy *like) {
    const Copy *all = ITEMS(self->copies, Copy);
    for (size_t k = self->copies.used, tried = 0; k-- && tried < 64; tried++)
        if (all[k].how == STRIDED && all[k].to >= STAYS && !memcmp(&all[k].outer, &like->outer, 4 * sizeof(uint32_t)) &&
            !memcmp(&all[k].from, &like->from, sizeof(Operand)))
            return all + k;
    return NULL;
}

/* A copy of a view in lanes, that has no place yet. */
static Copy copy_of(const Kernel *self, const Shape *shape, const View *view, int64_t terms, const Operand *from) {
    return (Copy){view->indexed ? SLOTS : STRIDED,
                  (uint32_t)count_of(from->outer, shape->n[0]),
                  (uint32_t)count_of(from->row, shape->n[1]),
                  (uint32_t)count_of(from->lane, shape->n[2]),
                  (uint32_t)count_of(from->along, terms),
                  *from,
                  0,
                  self->indexes.used,
                  0};
}

static Operand operand_of(const Shape *shape, const View *view, int64_t terms) {
    return (Operand){view->base, view->stride[0], view->stride[1], view->stride[2], terms > 1 ? view->along : 0,
                     shape->moving ? view->moves : 0};
}

/* Whether a step before has made this copy. */
static int is_copied(const Kernel *self, const Shape *shape, const View *view, int64_t terms) {
    Operand from = operand_of(shape, view, terms);
    Copy made = copy_of(self, shape, view, terms, &from);
    return !view->indexed && !shape->moving && find_copy(self, &made);
}

/* The operand of a view, copied to the scratch memory in lanes if it is indexed or `packed`. */
static int append_operand(Kernel *self, const Source *from, const Shape *shape, const View *view, int64_t terms,
                          int packed, Operand *out) {
    *out = operand_of(shape, view, terms);
    if (!view->indexed && !packed) return 0;
    Copy made = copy_of(self, shape, view, terms, out);
    if (!(made.count = size_of(&made))) return -1;
    int stays = packed && !shape->moving && made.count <= MOST_STAYS - self->stay;
    const Copy *known = stays ? find_copy(self, &made) : NULL;
    if (known)
        made.to = known->to;
    else {
        if ((made.to = take_scratch(self, made.count, stays)) < 0) return -1;
        Copy *copy = append(&self->copies, sizeof(Copy), 1);
        if (!copy) return -1;
        if (view->indexed) made.from.at = 0;
        *copy = made;
        if (view->indexed && (list_slots(self, from, copy, view) < 0 || find_spans(self, copy) < 0)) return -1;
    }
    ptrdiff_t lanes = made.lanes, terms_of_lanes = made.terms * lanes;
    *out = (Operand){made.to, made.outer > 1 ? made.rows * terms_of_lanes : 0, made.rows > 1 ? terms_of_lanes : 0,
                     lanes > 1, made.terms > 1 ? lanes : 0, 0};
    return 0;
}

#endif
