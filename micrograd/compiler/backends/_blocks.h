/* Loading blocks: all of one, and in the end the places of all. */

#ifndef MICROGRAD_BLOCKS_H
#define MICROGRAD_BLOCKS_H

#include "_parts.h"

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

/* The rows of a tile: the last one overlaps the one before it, and of six rows each costs a tenth less than of four. */
static int height(int64_t rows) {
    int64_t sixes = (rows + 5) / 6 * 6, fours = (rows + 3) / 4 * 4;
    return rows >= 6 && 10 * sixes <= 11 * fours ? 6 : rows >= 4 ? 4 : 2;
}

#define SHORT_ROW 32 /* lanes */

/* Find the matrix product that a block begins with, and the function that is done at once. A function whose result is not
stored is for the one behind it: the last ones may go. */
static void find_product(const Kernel *self, Block *b) {
    const Part *parts = ITEMS(self->parts, Part) + b->parts, *end = ITEMS(self->parts, Part) + b->end, *p = parts;
    const Finish *f = ITEMS(self->finishes, Finish) + b->finishes;
    while (b->last > b->finishes && !f[b->last - b->finishes - 1].stored) b->last--;
    b->ready.product = 0, b->ready.done = SUM;
    b->ready.short_row = b->ready.rows == 1 && b->ready.lanes <= SHORT_ROW && b->ready.lanes % 4 == 0 && end - p > 1;
    for (const Part *q = p; q < end; q++) b->ready.short_row &= q->how != ACROSS && q->how != LISTED;
    if (b->kind != SUM || b->ready.rows < 2) return;
    if (p < end && p->terms == 1 && (p->how == ONE_SCALAR || p->how == ONE_VECTOR)) p++;
    const Part *first = p;
    while (p < end && p->how == SHARED) p++;
    if (p == first) return;
    b->ready.product = (int)(p - parts);
    if (p == end && !b->ready.stored && f->stored && (f->kind == RELU || (f->kind == RELU_GATE && f->vector)))
        b->ready.done = f->kind;
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
    find_product(self, &block);
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

#define LINES_OF_TERMS 4
#define LONG_LINE 32

/* Whether a block of sums runs in lines: these read what they have come to again for each term, but decide only once for
all lanes what to do. */
static int runs_in_lines(const Ready *b) {
    size_t terms = 0;
    if (b->product || b->lanes < LONG_LINE || b->lanes % 4) return 0;
    for (const Part *p = b->parts; p < b->end; terms += p++->terms)
        if (p->how == ACROSS || p->how == LISTED) return 0;
    return terms <= LINES_OF_TERMS;
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
        b->ready.index = self->indexes.items, b->ready.begin = MINUS_ZEROS;
        b->ready.in_lines = !b->output && runs_in_lines(&b->ready);
    }
}

#endif
