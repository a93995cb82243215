/* Loading blocks: how each piece of a sum is added, and what is done with the sums. */

#ifndef MICROGRAD_PARTS_H
#define MICROGRAD_PARTS_H

#include "_operands.h"

#define FEW_TERMS 4 /* from here on it pays to turn some terms of some lanes at a time */

/* How a piece of a sum is added; `packs` tells which of its two views are to be copied in lanes. */
static int way_of(const Kernel *self, const Shape *shape, const View *left, const View *right, int64_t terms, int *packs) {
    const View *both[2] = {left, right};
    int strided = 0, straight = 1, reused = 0;
    for (int k = 0; k < 2; k++) {
        const View *view = both[k];
        packs[k] = !view->indexed && view->stride[2] != 0 && view->stride[2] != 1;
        strided |= packs[k];
        straight &= !view->indexed && (terms == 1 || view->along == 0 || view->along == 1);
        reused |= packs[k] && ((shape->n[1] > 1 && !view->stride[1]) || (shape->n[0] > 1 && !view->stride[0]) ||
                               is_copied(self, shape, view, terms));
    }
    if (strided && straight && !reused && terms >= FEW_TERMS) {
        packs[0] = packs[1] = 0;
        return ACROSS;
    }
    return BOTH;
}

/* Whether the terms of each lane of this view lie side by side, or are one slot: where they begin is all there is to
know. Lanes that are strided are as good as listed ones. */
static int is_listed(const Source *from, const Shape *shape, const View *view, int64_t terms) {
    if (terms < FEW_TERMS || shape->moving) return 0;
    if (!view->indexed) return view->along == 0 || view->along == 1;
    if (!view->stride[2] || (shape->n[1] > 1 && !view->stride[1])) return 0; /* others are rather copied once */
    for (int64_t o = 0; o < (view->stride[0] ? shape->n[0] : 1); o++)
        for (int64_t i = 0; i < (view->stride[1] ? shape->n[1] : 1); i++)
            for (int64_t j = 0; j < shape->n[2]; j++) {
                const uint32_t *at = from->index + view->base + o * view->stride[0] + i * view->stride[1] +
                                     j * view->stride[2];
                for (int64_t t = 1; view->along && t < terms; t++)
                    if (at[t * view->along] != at[0] + t) return 0;
            }
    return 1;
}

/* A part whose lanes are listed: of both operands the slots where the terms of the lanes begin, in the index. */
static int append_listed(Kernel *self, const Source *from, const Shape *shape, const View *const *both,
                         int64_t terms) {
    Part *part = append(&self->parts, sizeof(Part), 1);
    if (!part) return -1;
    *part = (Part){LISTED, (uint32_t)terms, {0}, {0}};
    for (int k = 0; k < 2; k++) {
        View first = *both[k];
        first.along = 0;
        Operand *operand = k ? &part->right : &part->left;
        size_t n[2];
        for (int d = 0; d < 2; d++) n[d] = count_of(first.stride[d], shape->n[d]);
        Copy list = {SLOTS, (uint32_t)n[0], (uint32_t)n[1], (uint32_t)shape->n[2], 1, {0}, 0, self->indexes.used, 0};
        if (!(list.count = size_of(&list))) return -1;
        *operand = (Operand){(ptrdiff_t)list.index, n[0] > 1 ? (ptrdiff_t)(n[1] * list.lanes) : 0,
                             n[1] > 1 ? list.lanes : 0, 1, both[k]->along != 0, 0};
        uint32_t *index = append(&self->indexes, sizeof(uint32_t), list.count);
        if (!index) return -1;
        for (size_t o = 0; o < n[0]; o++)
            for (size_t i = 0; i < n[1]; i++)
                for (size_t j = 0; j < list.lanes; j++) {
                    int64_t place = first.base + (int64_t)o * first.stride[0] + (int64_t)i * first.stride[1] +
                                    (int64_t)j * first.stride[2];
                    *index++ = first.indexed ? from->index[place] : (uint32_t)place;
                }
    }
    return 0;
}

/* Count what is read in vectors: they are loaded faster from a multiple of their size. */
static void note(Kernel *self, const Shape *shape, const Operand *x, uint32_t terms) {
    if (x->lane == 1 && x->at < SCRATCH && x->row % 4 == 0 && x->along % 4 == 0)
        self->placed[x->at % 4] += (double)terms * (double)shape->n[1] * (double)shape->n[2];
}

/* A part of one sum alone: of both operands the slots of all terms, in the index. */
static int append_chain(Kernel *self, const Source *from, const View *const *both, int64_t terms) {
    Part *part = append(&self->parts, sizeof(Part), 1);
    if (!part) return -1;
    *part = (Part){LISTED, (uint32_t)terms, {0}, {0}};
    for (int k = 0; k < 2; k++) {
        (k ? &part->right : &part->left)->at = (ptrdiff_t)self->indexes.used;
        uint32_t *index = append(&self->indexes, sizeof(uint32_t), (size_t)terms);
        if (!index) return -1;
        for (int64_t t = 0; t < terms; t++) {
            int64_t place = both[k]->base + t * both[k]->along;
            *index++ = both[k]->indexed ? from->index[place] : (uint32_t)place;
        }
    }
    return 0;
}

static int append_part(Kernel *self, const Source *from, const Shape *shape, const Piece *piece, const View *views) {
    const View *left = views, *right = views + 1;
    if (is_ones(left)) left = views + 1, right = views;
    int packs[2], how = way_of(self, shape, left, right, piece->terms, packs);
    Part part = {how, (uint32_t)piece->terms, {0}, {0}};
    const View *both[2] = {left, right};
    int single = shape->n[0] * shape->n[1] * shape->n[2] == 1 && !shape->moving;
    if (single && (left->indexed || right->indexed) && (size_t)piece->terms <= from->indexes + self->slots)
        return append_chain(self, from, both, piece->terms);
    if (is_listed(from, shape, left, piece->terms) && is_listed(from, shape, right, piece->terms) &&
        (left->indexed || right->indexed))
        return append_listed(self, from, shape, both, piece->terms);
    if (append_operand(self, from, shape, left, piece->terms, packs[0], &part.left) < 0 ||
        append_operand(self, from, shape, right, piece->terms, packs[1], &part.right) < 0)
        return -1;
    if (part.left.lane && !part.right.lane && !is_ones(right)) {
        Operand other = part.left;
        part.left = part.right, part.right = other;
    }
    if (how == BOTH && is_ones(right)) part.how = part.left.lane ? ONE_VECTOR : ONE_SCALAR;
    else if (how == BOTH && !part.right.lane) part.how = SCALARS;
    else if (how == BOTH && !part.left.lane) part.how = part.right.row ? MIXED : SHARED;
    note(self, shape, &part.left, part.terms), note(self, shape, &part.right, part.terms);
    Part *room = append(&self->parts, sizeof(Part), 1);
    if (!room) return -1;
    *room = part;
    return 0;
}

/* The operands of a function; of 'choose' the second term is a part of its own. */
static int append_terms(Kernel *self, const Source *from, const Shape *shape, int kind, const Piece *piece,
                        const View *views) {
    int apart = kind == CHOOSE && piece->terms == 2;
    for (int t = 0; t <= apart; t++) {
        View left = views[0];
        int64_t terms = apart ? 1 : piece->terms;
        left.base += t * left.along;
        Part *part = append(&self->parts, sizeof(Part), 1);
        if (!part) return -1;
        size_t at = self->parts.used - 1;
        *part = (Part){BOTH, (uint32_t)terms, {0}, {0}};
        Operand operands[2] = {{0}};
        if (append_operand(self, from, shape, &left, terms, 0, operands) < 0) return -1;
        if (!t && kind != PICK && append_operand(self, from, shape, views + 1, 1, 0, operands + 1) < 0) return -1;
        ITEMS(self->parts, Part)[at].left = operands[0], ITEMS(self->parts, Part)[at].right = operands[1];
    }
    return 0;
}

static int append_finish(Kernel *self, const Source *from, const Shape *shape, int kind, int64_t out,
                         const View *view) {
    Finish finish = {kind, out != -1, view->stride[2] != 0, (ptrdiff_t)out, {0}};
    int packed = view->stride[2] != 0 && view->stride[2] != 1;
    if (append_operand(self, from, shape, view, 1, packed, &finish.other) < 0) return -1;
    Finish *room = append(&self->finishes, sizeof(Finish), 1);
    if (!room) return -1;
    *room = finish;
    return 0;
}

/* Whether this kind is done as a tail is: of a sum of one term. */
static int is_simple(int kind) {
    return kind == RELU || kind == STEP || kind == DIV || kind == LESS || kind == AT_MOST || kind == EQUAL ||
           kind == GATE || kind == RELU_GATE;
}

/* A simple function as a sum of one term, and what is done with it; of a gate the second operand is that sum. */
static int append_simple(Kernel *self, const Source *from, const Shape *shape, int kind, int64_t out,
                         const View *views) {
    int gate = kind == GATE || kind == RELU_GATE;
    const View both[2] = {views[gate], {0}};
    const Piece one = {.terms = 1};
    return append_part(self, from, shape, &one, both) < 0 ? -1
                                                          : append_finish(self, from, shape, kind, out, views + !gate);
}

#endif
