/* Loading blocks: from their views to operands that tiles can read, in lanes or one for all lanes. */

#ifndef MICROGRAD_BLOCKS_H
#define MICROGRAD_BLOCKS_H

#include "_program.h"

#define MOST_SCRATCH ((size_t)1 << 31) /* numbers */
#define PAD 8                          /* numbers behind the slots that a vector may read too many */
#define SCRATCH ((ptrdiff_t)1 << 47)   /* the scratch memory begins there, until its place is known, */
#define STAYS ((ptrdiff_t)1 << 48)     /* and there what is copied to stay */
#define MOST_STAYS ((size_t)1 << 15)   /* numbers */
#define FEW_TERMS 4                    /* from here on it pays to turn some terms of some lanes at a time */

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

/* The operand of a view, copied to the scratch memory in lanes if it is indexed or `packed`. */
static int append_operand(Kernel *self, const Source *from, const Shape *shape, const View *view, int64_t terms,
                          int packed, Operand *out) {
    *out = (Operand){view->base, view->stride[0], view->stride[1], view->stride[2], terms > 1 ? view->along : 0,
                     shape->moving ? view->moves : 0};
    if (!view->indexed && !packed) return 0;
    Copy made = {view->indexed ? SLOTS : STRIDED,
                 (uint32_t)count_of(out->outer, shape->n[0]),
                 (uint32_t)count_of(out->row, shape->n[1]),
                 (uint32_t)count_of(out->lane, shape->n[2]),
                 (uint32_t)count_of(out->along, terms),
                 *out,
                 0,
                 self->indexes.used,
                 0};
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

/* How a piece of a sum is added; `packs` tells which of its two views are to be copied in lanes. */
static int way_of(const Shape *shape, const View *left, const View *right, int64_t terms, int *packs) {
    const View *both[2] = {left, right};
    int strided = 0, straight = 1, reused = 0;
    for (int k = 0; k < 2; k++) {
        const View *view = both[k];
        packs[k] = !view->indexed && view->stride[2] != 0 && view->stride[2] != 1;
        strided |= packs[k];
        straight &= !view->indexed && (terms == 1 || view->along == 0 || view->along == 1);
        reused |= packs[k] && ((shape->n[1] > 1 && !view->stride[1]) || (shape->n[0] > 1 && !view->stride[0]));
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
    int packs[2], how = way_of(shape, left, right, piece->terms, packs);
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

static int append_parts(Kernel *self, const Source *from, const Record *r, Shape *shape, Block *block) {
    const Piece *piece = from->piece + r->first;
    const Tail *tail = from->tail + r->tail;
    for (size_t k = 0; k < shape->pieces; k++) {
        shape->view[2 * k] = piece[k].left, shape->view[2 * k + 1] = piece[k].right;
        for (int side = 0; side < 2; side++)
            if (piece[k].terms == 1) shape->view[2 * k + side].along = 0;
        block->terms += (size_t)piece[k].terms;
    }
    for (size_t k = 2 * shape->pieces; k < shape->views; k++)
        shape->view[k] = tail[k - 2 * shape->pieces].other, shape->view[k].along = 0;
    if (!shape->moving)
        for (size_t k = 0; k < shape->views; k++) shape->view[k].moves = 0;
    simplify(shape);
    if (is_simple((int)r->kind)) {
        if (append_simple(self, from, shape, (int)r->kind, r->out, shape->view) < 0) return -1;
    } else
        for (size_t k = 0; k < shape->pieces; k++)
            if (r->kind == SUM ? append_part(self, from, shape, piece + k, shape->view + 2 * k) < 0
                               : append_terms(self, from, shape, (int)r->kind, piece + k, shape->view + 2 * k) < 0)
                return -1;
    for (size_t k = 0; k < shape->views - 2 * shape->pieces; k++)
        if (append_finish(self, from, shape, (int)tail[k].kind, tail[k].out, shape->view + 2 * shape->pieces + k) < 0)
            return -1;
    return 0;
}

/* The rows of a tile: the last tile overlaps the one before it, and of six rows each costs a tenth less than of four. */
static int height(int64_t rows) {
    int64_t sixes = (rows + 5) / 6 * 6, fours = (rows + 3) / 4 * 4;
    return rows >= 6 && 10 * sixes <= 11 * fours ? 6 : rows >= 4 ? 4 : rows >= 2 ? 2 : 1;
}

static int append_block(Kernel *self, const Source *from, const Record *r, int moving) {
    size_t pieces = (size_t)(r->last - r->first), views = 2 * pieces + (size_t)(r->tails - r->tail);
    Shape shape = {{r->n[0], r->n[1], r->n[2]}, {0}, PyMem_RawMalloc((views + 1) * sizeof(View)), pieces, views, moving};
    if (!shape.view) return PyErr_NoMemory(), -1;
    int simple = is_simple((int)r->kind);
    self->scratch = 0;
    Block block = {.kind = simple ? SUM : (int)r->kind, .moves = moving ? (ptrdiff_t)r->moves : 0,
                   .parts = self->parts.used, .finishes = self->finishes.used, .copies = self->copies.used};
    int failed = append_parts(self, from, r, &shape, &block) < 0;
    PyMem_RawFree(shape.view);
    Block *room = failed ? NULL : append(&self->blocks, sizeof(Block), 1);
    Step *step = room ? append(&self->steps, sizeof(Step), 1) : NULL;
    if (!step) return -1;
    block.ready = (Ready){.rows = (uint32_t)shape.n[1], .lanes = (uint32_t)shape.n[2],
                          .tall = height(shape.n[1]), .stored = !simple && r->out != -1, .out = (ptrdiff_t)r->out,
                          .out_row = (ptrdiff_t)shape.out[1]};
    block.outer = (uint32_t)shape.n[0], block.out_outer = (ptrdiff_t)shape.out[0];
    block.end = self->parts.used, block.last = self->finishes.used, block.copied = self->copies.used;
    int single = block.outer == 1 && block.ready.rows == 1 && block.ready.lanes == 1;
    *room = block;
    *step = (Step){.how = block.kind != SUM ? MAP : single ? REDUCTION : BLOCK, .at = self->blocks.used - 1};
    size_t shifted = (block.end - block.parts) * sizeof(Part) + (block.last - block.finishes) * sizeof(Finish);
    if ((moving || block.outer > 1) && shifted > self->shifted) self->shifted = shifted;
    double all = (double)block.terms * block.outer * block.ready.rows * block.ready.lanes;
    size_t terms = all < (double)(SIZE_MAX / 4 - self->terms) ? (size_t)all : SIZE_MAX / 4 - self->terms;
    self->terms += terms, self->together += terms;
    return 0;
}

/* Give the scratch memory its place, behind the slots. */
static void settle_place(const Kernel *self, ptrdiff_t base, ptrdiff_t *place) {
    if (*place >= STAYS) *place += base + (ptrdiff_t)self->most_scratch - STAYS;
    else if (*place >= SCRATCH) *place += base - SCRATCH;
}

/* Once nothing is appended any more, all gets its place, and blocks can point to their parts. */
static void settle(Kernel *self) {
    for (size_t k = 1; k < 4; k++)
        if (self->placed[k] > self->placed[self->aligned]) self->aligned = k;
    size_t base = (self->slots + 2 * PAD) / PAD * PAD + self->aligned;
    for (size_t k = 0; k < self->copies.used; k++) settle_place(self, base, &ITEMS(self->copies, Copy)[k].to);
    for (size_t k = 0; k < self->finishes.used; k++)
        settle_place(self, base, &ITEMS(self->finishes, Finish)[k].other.at);
    for (size_t k = 0; k < self->parts.used; k++) {
        Part *part = ITEMS(self->parts, Part) + k;
        if (part->how == LISTED) continue;
        settle_place(self, base, &part->left.at), settle_place(self, base, &part->right.at);
    }
    self->moving = base + self->most_scratch + self->stay + PAD;
    for (size_t k = 0; k < self->blocks.used; k++) {
        Block *b = ITEMS(self->blocks, Block) + k;
        b->ready.parts = ITEMS(self->parts, Part) + b->parts, b->ready.end = ITEMS(self->parts, Part) + b->end;
        b->ready.finishes = ITEMS(self->finishes, Finish) + b->finishes;
        b->ready.last = ITEMS(self->finishes, Finish) + b->last;
        b->ready.index = self->indexes.items;
    }
}

#endif
