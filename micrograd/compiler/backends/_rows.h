/* Loading groups. Most sums of an irregular program come in rows all the same, because it was written in loops: the slots
of neighbouring sums lie a constant stride apart, term by term. Of a row only the terms of the first sum are stored, and
its sums are computed side by side, in lanes; that halves the time, since it is the reading of slot numbers that costs. */

#ifndef MICROGRAD_ROWS_H
#define MICROGRAD_ROWS_H

#include "_whole.h"

#define LONGEST_STEP 64 /* between two sums of a row, in sums of their group */
#define SHORTEST_ROW 4

typedef struct { /* a group that is loaded: its rows, by their places in `ends`, and those that are in lanes already */
    int64_t first, behind, out;
    char *taken;
} Rows;

/* Whether term t of a sum is the pair of a row at this place, in either order. */
static int is_term(const Source *from, size_t term, Pair first, int64_t left, int64_t right, size_t place) {
    int64_t a = first.left + left * (int64_t)place, b = first.right + right * (int64_t)place;
    return (from->left[term] == a && from->right[term] == b) || (from->left[term] == b && from->right[term] == a);
}

/* The strides between two terms; where only one slot moves, it becomes the right one. */
static Pair strides(const Source *from, size_t one, size_t two, ptrdiff_t *left, ptrdiff_t *right) {
    Pair a = {from->left[one], from->right[one]}, b = {from->left[two], from->right[two]};
    if (a.left == b.right || a.right == b.left) b = (Pair){b.right, b.left};
    if (a.right == b.right && a.left != b.left) a = (Pair){a.right, a.left}, b = (Pair){b.right, b.left};
    *left = (ptrdiff_t)b.left - (ptrdiff_t)a.left, *right = (ptrdiff_t)b.right - (ptrdiff_t)a.right;
    return a;
}

/* Append the row that begins with this one and goes on with every `step`th, if there is one; the number of its sums,
0 if there is none, -1 for no memory. */
static ptrdiff_t find_row(Kernel *self, const Source *from, const Rows *rows, size_t node, size_t step) {
    size_t t = begin(from, node), terms = from->end[node] - t, n = 1, room = (rows->behind - 1 - node) / step + 1;
    size_t pairs = self->pairs.used, segments = self->segments.used;
    ptrdiff_t left = 0, right = 0;
    if (!terms || room < SHORTEST_ROW) return 0;
    for (; n < SHORTEST_ROW; n++) {
        size_t next = node + n * step;
        if (rows->taken[next - rows->first] || from->end[next] - begin(from, next) != terms) return 0;
        Pair a = strides(from, t, begin(from, node + step), &left, &right);
        if (!is_term(from, begin(from, next), a, left, right, n)) return 0;
    }
    Segment *segment = NULL;
    for (size_t i = 0; i < terms; i++) {
        Pair *pair = append(&self->pairs, sizeof(Pair), 1);
        if (!pair) return -1;
        *pair = strides(from, t + i, begin(from, node + step) + i, &left, &right);
        if (!segment || segment->left != left || segment->right != right) {
            if (!(segment = append(&self->segments, sizeof(Segment), 1))) return -1;
            *segment = (Segment){0, left, right};
        }
        segment->terms++;
    }
    const Pair *first = ITEMS(self->pairs, Pair) + pairs;
    for (n = 2; n < room; n++) {
        size_t next = node + n * step, other = begin(from, next), i = 0;
        if (rows->taken[next - rows->first] || from->end[next] - other != terms) break;
        for (segment = ITEMS(self->segments, Segment) + segments; i < terms; segment++)
            for (size_t end = i + segment->terms; i < end; i++)
                if (!is_term(from, other + i, first[i], segment->left, segment->right, n)) goto done;
    }
done:
    if (n < SHORTEST_ROW) {
        self->pairs.used = pairs, self->segments.used = segments;
        return 0;
    }
    Step *row = append(&self->steps, sizeof(Step), 1);
    if (!row) return -1;
    *row = (Step){.how = ROW, .listed = {SUM, 0, 0, (uint32_t)(rows->out + node - rows->first), (uint32_t)n,
                                         (ptrdiff_t)step, pairs, segments, self->segments.used}};
    self->together += n * terms;
    for (size_t i = 0; i < n; i++) rows->taken[node - rows->first + i * step] = 1;
    return n;
}

/* Append the pairs of the rows that are not in lanes, and how they move in a loop. */
static int append_rest(Kernel *self, const Source *from, const Rows *rows, int kind, int moving, int64_t out_moves) {
    size_t first = begin(from, rows->first);
    Step *step = append(&self->steps, sizeof(Step), 1);
    if (!step) return -1;
    Listed *listed = &step->listed;
    step->how = kind == SUM ? SUMS : kind == PICK ? PICKS : kind == CHOOSE ? CHOICES : FUNCTION;
    step->moves = out_moves;
    *listed = (Listed){kind, 1, 1, (uint32_t)rows->out, (uint32_t)(rows->behind - rows->first), 1,
                       self->pairs.used - self->first_pair, self->singles.used, 0};
    for (int64_t node = rows->first; node < rows->behind; node++) {
        size_t t = begin(from, node), end = from->end[node], n = end - t;
        if (rows->taken[node - rows->first]) continue;
        if (kind == SUM || kind == PICK) {
            Single *single = append(&self->singles, sizeof(Single), 1);
            if (!single) return -1;
            *single = (Single){(uint32_t)(rows->out + node - rows->first), (uint32_t)n};
        }
        Pair *pair = append(&self->pairs, sizeof(Pair), n), *move = moving ? append(&self->moves, sizeof(Pair), n) : NULL;
        if (!pair || (moving && !move)) return -1;
        for (; t < end; t++) {
            *pair++ = (Pair){from->left[t], from->right[t]};
            if (moving) *move++ = (Pair){(uint32_t)from->left_move[t], (uint32_t)from->right_move[t]};
            int after = t > first;
            listed->left_run &= !after || (from->left[t] == from->left[t - 1] + 1 &&
                                           (!moving || from->left_move[t] == from->left_move[t - 1]));
            listed->right_run &= !after || (from->right[t] == from->right[t - 1] + 1 &&
                                            (!moving || from->right_move[t] == from->right_move[t - 1]));
        }
    }
    listed->end = self->singles.used;
    if (kind == SUM && listed->parts == listed->end) self->steps.used--;
    return 0;
}

/* Append a group; `moving` in a loop, where no sums are put in lanes: their slots move on, each in its own way. */
static int append_group(Kernel *self, const Source *from, const Record *r, int64_t out, int moving) {
    Rows rows = {r->first, r->first + r->n[0], out, PyMem_RawCalloc(r->n[0] + 1, 1)};
    if (!rows.taken) return PyErr_NoMemory(), -1;
    int failed = 0;
    for (int64_t i = rows.first; r->kind == SUM && !moving && !failed && i < rows.behind; i++) {
        int whole = append_whole(self, from, i, (uint32_t)(out + i - rows.first));
        rows.taken[i - rows.first] = whole > 0, failed = whole < 0;
    }
    if (r->kind == SUM && !moving)
        for (int64_t step = 1; step <= LONGEST_STEP && step * (SHORTEST_ROW - 1) < r->n[0]; step++)
            for (int64_t i = rows.first; !failed && i < rows.behind; i++)
                if (!rows.taken[i - rows.first]) failed = find_row(self, from, &rows, i, step) < 0;
    if (!failed && r->n[0]) failed = append_rest(self, from, &rows, (int)r->kind, moving, moving ? r->moves : 0) < 0;
    PyMem_RawFree(rows.taken);
    self->terms += begin(from, rows.behind) - begin(from, rows.first);
    return failed ? -1 : 0;
}

#endif
