/* Whether a program is whole: what is checked here once, running it need not check.

Every number of a record may be anything. A slot is below 2³², so that a stride that reaches farther is refused before
it is multiplied; after that no sum of products overflows. */

#ifndef MICROGRAD_CHECKS_H
#define MICROGRAD_CHECKS_H

#include "_program.h"

#define MOST_SLOTS (PY_SSIZE_T_MAX / 16 < UINT32_MAX ? PY_SSIZE_T_MAX / 16 : UINT32_MAX) /* what memory can hold */

typedef struct { /* a step while it is checked: the slots that it writes, and how they move in a loop */
    size_t number;
    int64_t out, times, moves;
    const Record *record;
} Checked;

typedef struct {
    int64_t low, high;
} Range;

/* Widen a range by `n` places a stride apart; 0 if that reaches beyond all slots. */
static int widen(Range *range, int64_t stride, int64_t n) {
    if (n <= 1 || !stride) return 1;
    if (stride > MOST_SLOTS / (n - 1) || stride < -(MOST_SLOTS / (n - 1))) return 0;
    if (stride > 0) range->high += stride * (n - 1);
    else range->low += stride * (n - 1);
    return 1;
}

/* The slots that an indexed view names: exactly, or, where its places overlap, those between its first and its last. */
static Range slots_of(const Source *from, const View *view, const int64_t *n, int64_t terms, Range places) {
    Range slots = {UINT32_MAX, 0};
    int64_t count[4], step[4] = {view->stride[0], view->stride[1], view->stride[2], view->along}, all = 1;
    for (int k = 0; k < 4; k++) {
        count[k] = step[k] ? k < 3 ? n[k] : terms : 1;
        all = all > 4 * MOST_SLOTS / count[k] ? 4 * MOST_SLOTS : all * count[k];
    }
#define TAKE(PLACE)                                                                                                    \
    do {                                                                                                               \
        int64_t slot = from->index[PLACE];                                                                             \
        if (slot < slots.low) slots.low = slot;                                                                        \
        if (slot > slots.high) slots.high = slot;                                                                      \
    } while (0)
    if (all > 4 * (places.high - places.low + 1)) {
        for (int64_t place = places.low; place <= places.high; place++) TAKE(place);
        return slots;
    }
    for (int64_t a = 0; a < count[0]; a++)
        for (int64_t b = 0; b < count[1]; b++)
            for (int64_t c = 0; c < count[2]; c++)
                for (int64_t t = 0; t < count[3]; t++)
                    TAKE(view->base + a * step[0] + b * step[1] + c * step[2] + t * step[3]);
#undef TAKE
    return slots;
}

/* Whether slots in this range, at each time moved on by `moves`, lie below those that the step writes. */
static int is_below(const Checked *step, Range slots, int64_t moves) {
    if (slots.low < 0 || slots.high >= step->out) return 0;
    if (step->times == 1 || !moves) return 1;
    int64_t last = step->times - 1;
    if (moves > MOST_SLOTS / last || moves < -(MOST_SLOTS / last)) return 0;
    return slots.low + moves * last >= 0 && slots.high + moves * last < step->out + step->moves * last;
}

static int check_view(const Source *from, const Checked *step, const View *view, int64_t terms, const char *what) {
    const int64_t *n = step->record->n;
    if (view->indexed != 0 && view->indexed != 1)
        return refuse("step %zu: %s is indexed or not, 1 or 0, got %lld", step->number, what, (long long)view->indexed);
    int64_t most = view->indexed ? (int64_t)from->indexes : step->out;
    Range range = {view->base, view->base};
    int inside = view->base >= 0 && view->base < most;
    for (int k = 0; inside && k < 3; k++) inside = widen(&range, view->stride[k], n[k]);
    inside = inside && widen(&range, view->along, terms) && range.low >= 0 && range.high < most;
    if (!inside && view->indexed)
        return refuse("step %zu: %s reads places outside of the index, which has %zu", step->number, what,
                      from->indexes);
    if (inside && view->indexed) range = slots_of(from, view, n, terms, range);
    if (!inside || !is_below(step, range, view->moves))
        return refuse("step %zu: %s reads a slot outside of those before %lld, where it writes", step->number, what,
                      (long long)step->out);
    return 0;
}

/* Whether all numbers of a view from one term on are that in slot 0. */
static int is_one(const Source *from, const Checked *step, const View *view, int64_t first, int64_t terms) {
    if (first >= terms) return 1;
    Range range = {view->base + first * view->along, view->base + first * view->along}, slots;
    for (int k = 0; k < 3; k++) widen(&range, view->stride[k], step->record->n[k]);
    widen(&range, view->along, terms - first);
    View rest = *view;
    rest.base += first * view->along;
    slots = view->indexed ? slots_of(from, &rest, step->record->n, terms - first, range) : range;
    return !slots.low && !slots.high && (step->times == 1 || !view->moves);
}

static int check_pieces(const Source *from, const Checked *step) {
    const Record *r = step->record;
    int64_t terms = 0;
    if (r->first < 0 || r->last < r->first || r->last > (int64_t)from->pieces)
        return refuse("step %zu: its pieces are %lld to %lld, but there are %zu", step->number, (long long)r->first,
                      (long long)r->last, from->pieces);
    for (const Piece *p = from->piece + r->first; p < from->piece + r->last; p++) {
        if (p->terms < 1 || p->terms > MOST_SLOTS)
            return refuse("step %zu: a piece has from 1 to %zu terms, got %lld", step->number, (size_t)MOST_SLOTS,
                          (long long)p->terms);
        if (check_view(from, step, &p->left, p->terms, "the left of a piece") < 0) return -1;
        if (check_view(from, step, &p->right, p->terms, "the right of a piece") < 0) return -1;
        int64_t counts = r->kind == SUM ? p->terms : !terms && KIND[r->kind].binary;
        if (!is_one(from, step, &p->right, counts, p->terms))
            return refuse("step %zu: the right of '%s' must be slot 0 where it does not count", step->number,
                          KIND[r->kind].name);
        terms += p->terms;
        if (terms > UINT32_MAX) return refuse("step %zu: it has too many terms", step->number);
    }
    if (KIND[r->kind].terms != ANY ? terms != KIND[r->kind].terms : r->kind == PICK && !terms)
        return refuse("step %zu: '%s' takes %s, got %lld", step->number, KIND[r->kind].name, terms_of((int)r->kind),
                      (long long)terms);
    return 0;
}

static int check_tails(const Source *from, const Checked *step) {
    const Record *r = step->record;
    if (r->tail < 0 || r->tails < r->tail || r->tails > (int64_t)from->tails)
        return refuse("step %zu: its tails are %lld to %lld, but there are %zu", step->number, (long long)r->tail,
                      (long long)r->tails, from->tails);
    for (const Tail *t = from->tail + r->tail; t < from->tail + r->tails; t++) {
        int alone = t->kind == RELU || t->kind == STEP;
        if (!alone && t->kind != SUM && t->kind != GATE && t->kind != RELU_GATE)
            return refuse("step %zu: no tail is of kind %lld", step->number, (long long)t->kind);
        if (check_view(from, step, &t->other, 1, "a tail") < 0) return -1;
        if (alone && !is_one(from, step, &t->other, 0, 1))
            return refuse("step %zu: the other of a tail '%s' must be slot 0", step->number, KIND[t->kind].name);
    }
    return 0;
}

/* Check that the stored results of a block lie side by side from a slot on; returns the slot behind them. */
static int64_t check_results(const Source *from, const Checked *step, int64_t each) {
    const Record *r = step->record;
    int64_t stored = 0;
    if (r->tail < 0 || r->tails < r->tail || r->tails > (int64_t)from->tails) return check_tails(from, step);
    size_t results = 1 + (size_t)(r->tails - r->tail);
    for (size_t k = 0; k < results; k++) stored += (k ? from->tail[r->tail + k - 1].out : r->out) != -1;
    if (!stored) return refuse("step %zu: nothing of it is stored", step->number);
    if (stored > (MOST_SLOTS - step->out) / each)
        return refuse("a program has at most %zu slots", (size_t)MOST_SLOTS);
    char few[16] = {0}, *taken = results <= sizeof(few) ? few : PyMem_RawCalloc(stored, 1);
    if (!taken) return PyErr_NoMemory(), -1;
    int64_t failed = 0;
    for (size_t k = 0; !failed && k < results; k++) {
        int64_t out = k ? from->tail[r->tail + k - 1].out : r->out, place = out - step->out;
        if (out == -1) continue;
        if (out < step->out || place % each || place / each >= stored || taken[place / each])
            failed = refuse("step %zu: its results must lie side by side from slot %lld on, got one at %lld",
                            step->number, (long long)step->out, (long long)out);
        else
            taken[place / each] = 1;
    }
    if (taken != few) PyMem_RawFree(taken);
    return failed ? -1 : step->out + stored * each;
}

static int check_group(const Source *from, const Checked *step) {
    const Record *r = step->record;
    for (int64_t row = r->first; row < r->first + r->n[0]; row++) {
        int64_t slot = step->out + row - r->first;
        size_t t = begin(from, row), end = from->end[row], terms = end - t;
        if (end < t || end > from->lefts)
            return refuse("slot %lld: its terms end at %zu, outside %zu to %zu", (long long)slot, end, t, from->lefts);
        if (KIND[r->kind].terms != ANY ? terms != KIND[r->kind].terms : r->kind == PICK && !terms)
            return refuse("slot %lld: '%s' takes %s, got %zu", (long long)slot, KIND[r->kind].name,
                          terms_of((int)r->kind), terms);
        for (size_t i = t; i < end; i++) {
            int64_t left = from->left[i], right = from->right[i];
            int fits = is_below(step, (Range){left, left}, from->left_move[i]);
            if (!fits || !is_below(step, (Range){right, right}, from->right_move[i]))
                return refuse("slot %lld: its term %zu reads slot %lld, but its group begins at %lld", (long long)slot,
                              i - t, (long long)(fits ? right : left), (long long)step->out);
            if ((right || (step->times > 1 && from->right_move[i])) && r->kind != SUM && (i > t || !KIND[r->kind].binary))
                return refuse("slot %lld: the right of term %zu of '%s' must be slot 0, got %lld", (long long)slot,
                              i - t, KIND[r->kind].name, (long long)right);
        }
    }
    return 0;
}

/* The slot behind those that a step writes; -1 if it is broken. What it reads is not looked at. */
static int64_t check_shape(const Source *from, const Checked *step) {
    const Record *r = step->record;
    if (r->kind < 0 || r->kind >= KINDS)
        return refuse("step %zu: kind %lld does not exist", step->number, (long long)r->kind);
    if (r->form == FROM_GROUP) {
        if (r->n[0] < 0 || r->first < 0 || r->first > (int64_t)from->rows || r->n[0] > (int64_t)from->rows - r->first)
            return refuse("step %zu: %lld rows from row %lld on, but ends has %zu", step->number, (long long)r->n[0],
                          (long long)r->first, from->rows);
        if (r->out != step->out)
            return refuse("step %zu: its results must lie side by side from slot %lld on, got one at %lld",
                          step->number, (long long)step->out, (long long)r->out);
        return r->n[0] > MOST_SLOTS - step->out ? refuse("a program has at most %zu slots", (size_t)MOST_SLOTS)
                                                : step->out + r->n[0];
    }
    if (r->form != FROM_BLOCK)
        return refuse("step %zu: form %lld does not exist here", step->number, (long long)r->form);
    int64_t each = 1;
    for (int k = 0; k < 3; k++) {
        if (r->n[k] < 1 || r->n[k] > MOST_SLOTS / each)
            return refuse("step %zu: a block has from 1 to %zu lanes, got %lld × %lld × %lld", step->number,
                          (size_t)MOST_SLOTS, (long long)r->n[0], (long long)r->n[1], (long long)r->n[2]);
        each *= r->n[k];
    }
    return check_results(from, step, each);
}

static int check_step(const Source *from, const Checked *step) {
    if (step->record->form == FROM_GROUP) return check_group(from, step);
    return check_pieces(from, step) < 0 || check_tails(from, step) < 0 ? -1 : 0;
}

/* Check the body of a loop; returns the slot behind the last time. */
static int64_t check_loop(const Source *from, size_t at, int64_t out) {
    const Record *loop = from->step + at;
    if (loop->n[0] < 1 || loop->n[1] < 1 || loop->n[1] > (int64_t)(from->steps - at - 1))
        return refuse("step %zu: it runs the next %lld steps %lld times, but %zu follow", at, (long long)loop->n[1],
                      (long long)loop->n[0], from->steps - at - 1);
    int64_t after = out, moves;
    for (int64_t k = 1; k <= loop->n[1]; k++) {
        after = check_shape(from, &(Checked){at + k, after, 1, 0, loop + k});
        if (after < 0) return -1;
    }
    moves = after - out;
    if (!moves) return refuse("step %zu: its steps write nothing", at);
    if (moves > (MOST_SLOTS - out) / loop->n[0]) return refuse("a program has at most %zu slots", (size_t)MOST_SLOTS);
    for (int64_t k = 1; k <= loop->n[1]; k++) {
        Checked step = {at + k, out, loop->n[0], moves, loop + k};
        if (loop[k].moves != moves && loop->n[0] > 1)
            return refuse("step %zu: its results must move by %lld each time, got %lld", at + k, (long long)moves,
                          (long long)loop[k].moves);
        if (check_step(from, &step) < 0) return -1;
        step.times = 1;
        out = check_shape(from, &step);
    }
    return after - moves + moves * loop->n[0];
}

static int check(const Source *from, long long inputs, long long slots) {
    if (inputs < 0) return refuse("inputs must not be negative, got %lld", inputs);
    if (inputs >= MOST_SLOTS || from->constants >= MOST_SLOTS - (size_t)inputs)
        return refuse("a program has at most %zu slots", (size_t)MOST_SLOTS);
    if (from->lefts != from->rights || from->lefts != from->left_moves || from->lefts != from->right_moves)
        return refuse("a term is a left and a right slot, and their moves: got %zu, %zu, %zu and %zu", from->lefts,
                      from->rights, from->left_moves, from->right_moves);
    int64_t out = (int64_t)from->first;
    for (size_t at = 0; at < from->steps; at++) {
        const Record *r = from->step + at;
        Checked step = {at, out, 1, 0, r};
        int64_t after = r->form == FROM_LOOP ? check_loop(from, at, out) : check_shape(from, &step);
        if (after < 0 || (r->form != FROM_LOOP && check_step(from, &step) < 0)) return -1;
        if (r->form == FROM_LOOP) at += (size_t)r->n[1];
        out = after;
    }
    if (out != slots) return refuse("the steps end at slot %lld, but there are %lld slots", (long long)out, slots);
    for (size_t i = 0; i < from->outputs; i++)
        if (from->output[i] >= slots)
            return refuse("output %zu is slot %zu, but there are %lld slots", i, (size_t)from->output[i], slots);
    return 0;
}

#endif
