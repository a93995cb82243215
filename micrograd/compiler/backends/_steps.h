/* The steps of a program on its slots. Included once for each width of vectors. */

#define copy_strided NAMED(copy_strided)
#define copy_slots NAMED(copy_slots)
#define copy_spans NAMED(copy_spans)
#define run_copy NAMED(run_copy)
#define run_ready NAMED(run_ready)
#define shift_of NAMED(shift_of)
#define run_shifted NAMED(run_shifted)
#define run_output NAMED(run_output)
#define run_block NAMED(run_block)
#define read_operand NAMED(read_operand)
#define pick_lanes NAMED(pick_lanes)
#define run_map NAMED(run_map)
#define run_step NAMED(run_step)
#define run_steps NAMED(run_steps)

/* ---- operands in lanes */

static void copy_strided(const Copy *c, const double *from, double *to) {
    ptrdiff_t lanes = c->lanes, terms = c->terms, lane = c->from.lane, along = c->from.along;
    for (ptrdiff_t o = 0; o < c->outer; o++)
        for (ptrdiff_t i = 0; i < c->rows; i++, to += terms * lanes) {
            const double *x = from + o * c->from.outer + i * c->from.row;
            ptrdiff_t j = 0;
            for (; j + WIDTH <= lanes; j += WIDTH, x += WIDTH * lane) {
                ptrdiff_t t = 0;
                for (; along == 1 && t + WIDTH <= terms; t += WIDTH) {
                    Lanes turned[WIDTH];
                    UNROLLED for (int l = 0; l < WIDTH; l++) turned[l] = load(x + l * lane + t);
                    turn(turned);
                    UNROLLED for (int l = 0; l < WIDTH; l++) store(to + (t + l) * lanes + j, turned[l]);
                }
                for (; t < terms; t++) store(to + t * lanes + j, apart(x + t * along, lane));
            }
            for (; j < lanes; j++, x += lane)
                for (ptrdiff_t t = 0; t < terms; t++) to[t * lanes + j] = x[t * along];
        }
}

static void copy_slots(const uint32_t *index, size_t n, const double *from, double *to) {
    size_t i = 0;
    for (; i + WIDTH <= n; i += WIDTH) store(to + i, gathered(from, index + i));
    for (; i < n; i++) to[i] = from[index[i]];
}

/* A vector may reach over the end of a span: what comes next there is written afterwards. */
static void copy_spans(const Span *s, const Span *end, const double *from, double *to) {
    for (; s < end; to += s++->length) {
        const double *x = from + s->first;
        if (s->equal) {
            Lanes same = spread(*x);
            for (uint32_t i = 0; i < s->length; i += WIDTH) store(to + i, same);
        } else
            for (uint32_t i = 0; i < s->length; i += WIDTH) store(to + i, load(x + i));
    }
}

static void run_copy(const Kernel *self, const Copy *c, double *u, ptrdiff_t time) {
    const double *from = u + c->from.at + time * c->from.moves;
    double *to = u + c->to;
    if (c->how == SLOTS) {
        const uint32_t *index = ITEMS(self->indexes, uint32_t) + c->index;
        copy_slots(index, c->count, from, to);
    } else if (c->how == SPANS)
        copy_spans(ITEMS(self->spans, Span) + c->index, ITEMS(self->spans, Span) + c->index + c->count, from, to);
    else
        copy_strided(c, from, to);
}

/* ---- functions of lanes */

/* The numbers of some lanes of an operand: where they lie, or copied to `to`. */
static const double *read_operand(const Operand *x, const double *u, Place at, ptrdiff_t n, double *to) {
    const double *from = u + x->at + at.row * x->row + at.lane * x->lane;
    if (x->lane == 1) return from;
    for (ptrdiff_t i = 0; i < n; i++) to[i] = from[i * x->lane];
    return to;
}

static void pick_lanes(const Ready *b, const double *u, Place at, ptrdiff_t n, double *out) {
    ptrdiff_t choices = -1;
    for (const Part *q = b->parts; q < b->end; q++) choices += q->terms;
    for (ptrdiff_t i = 0; i < n; i++, at.lane++) {
        const Part *q = b->parts;
        double which = *read_operand(&q->left, u, at, 1, out + i);
        if (!(which >= 0 && which < choices) || which != floor(which)) {
            out[i] = NAN;
            continue;
        }
        ptrdiff_t t = 1 + (ptrdiff_t)which;
        for (; t >= q->terms; q++) t -= q->terms;
        out[i] = *read_operand(&q->left, u + t * q->left.along, at, 1, out + i);
    }
}

static void run_map(const Ready *b, int kind, double *u) {
    const Part *p = b->parts;
    double left[CHUNK], right[CHUNK], other[CHUNK], *results = u + target(b, b->stored, b->finishes);
    Place at = {0};
    int as_they_lie = kind != PICK && kind != CHOOSE && p->left.lane == 1 && (!KIND[kind].binary || p->right.lane == 1);
    ptrdiff_t most = as_they_lie ? b->lanes : CHUNK;
    for (; at.row < b->rows; at.row++, at.lane = 0)
        for (ptrdiff_t n; at.lane < b->lanes; at.lane += n) {
            n = b->lanes - at.lane < most ? b->lanes - at.lane : most;
            double *to = results + at.row * b->out_row + at.lane;
            if (kind == PICK) {
                pick_lanes(b, u, at, n, to);
                continue;
            }
            const double *x = read_operand(&p->left, u, at, n, left), *y = NULL;
            if (KIND[kind].binary) y = read_operand(&p->right, u, at, n, right);
            if (kind == CHOOSE) {
                const double *z = read_operand(&p[1].left, u, at, n, other);
                for (ptrdiff_t i = 0; i < n; i++) to[i] = x[i] != 0 ? y[i] : z[i];
            } else
                apply(kind, n, x, y, to);
        }
    run_finishes(b, b->finishes, u, results);
}

/* ---- blocks */

INLINE void run_ready(const Step *s, const Ready *b, int kind, double *u) {
    if (s->how == BLOCK && b->in_lines) run_lines(b, u);
    else if (s->how == BLOCK) run_rows(b, u);
    else if (s->how == REDUCTION) run_reduction(b, u);
    else run_map(b, kind, u);
}

INLINE ptrdiff_t shift_of(const Operand *x, ptrdiff_t outer, ptrdiff_t time) {
    return outer * x->outer + time * x->moves;
}

/* A block with an outer dimension, or in a loop: its operands are shifted, in a copy of its parts. */
static void run_shifted(const Kernel *self, const Step *s, const Block *b, double *u, ptrdiff_t time) {
    Part *parts = (Part *)(u + self->shifted);
    Ready ready = b->ready;
    size_t n = b->end - b->parts, m = b->last - b->finishes;
    Finish *finishes = (Finish *)(parts + n);
    for (ptrdiff_t outer = 0; outer < b->outer; outer++) {
        for (size_t k = 0; k < n; k++) {
            parts[k] = b->ready.parts[k];
            parts[k].left.at += shift_of(&parts[k].left, outer, time);
            parts[k].right.at += shift_of(&parts[k].right, outer, time);
        }
        ptrdiff_t shift = outer * b->out_outer + time * b->moves;
        for (size_t k = 0; k < m; k++) {
            finishes[k] = b->ready.finishes[k];
            finishes[k].other.at += shift_of(&finishes[k].other, outer, time);
            finishes[k].out += shift;
        }
        ready.out = b->ready.out + shift;
        ready.parts = parts, ready.end = parts + n, ready.finishes = finishes, ready.last = finishes + m;
        run_ready(s, &ready, b->kind, u);
    }
}

/* A block whose results are outputs, which are wanted there. */
static void run_output(const Kernel *self, const Step *s, const Block *b, double *u, double *outputs) {
    Block there = *b;
    there.ready.out = (ptrdiff_t)((intptr_t)(outputs + b->output) - (intptr_t)u) / (ptrdiff_t)sizeof(double);
    there.ready.out_row = b->output_row, there.out_outer = b->output_outer, there.ready.begin = ZEROS;
    if (b->outer == 1) run_ready(s, &there.ready, b->kind, u);
    else run_shifted(self, s, &there, u, 0);
}

INLINE void run_block(const Kernel *self, const Step *s, double *u, double *outputs, ptrdiff_t time) {
    const Block *b = ITEMS(self->blocks, Block) + s->at;
    for (size_t k = b->copies; k < b->copied; k++) run_copy(self, ITEMS(self->copies, Copy) + k, u, time);
    if (outputs && b->output) run_output(self, s, b, u, outputs);
    else if (b->outer == 1 && !time) run_ready(s, &b->ready, b->kind, u);
    else run_shifted(self, s, b, u, time);
}

/* ---- all together */

INLINE void run_step(const Kernel *self, const Step *s, const Pair *pairs, double *u, double *outputs, ptrdiff_t time) {
    const Pair *p = pairs + s->listed.pairs;
    ptrdiff_t moved = time * s->moves;
    switch (s->how) {
    case ROW: run_row(self, &s->listed, u); return;
    case SUMS: run_singles(self, s, p, u, moved); return;
    case WHOLE: run_whole(self, &s->listed, p, u); return;
    case PICKS: run_singles(self, s, p, u, moved); return;
    case CHOICES: run_choices(&s->listed, p, u, u + s->listed.slot + moved); return;
    case FUNCTION: run_function(&s->listed, p, u, u + s->listed.slot + moved); return;
    default: run_block(self, s, u, outputs, time);
    }
}

/* Run some steps on slots with the scratch memory behind them; `outputs`: where blocks write those that nothing else is
made of, or NULL. The slots of a loop's listed terms are copied to `moving`,
and move on there from time to time. */
static void run_steps(const Kernel *self, const Step *s, const Step *end, double *u, double *outputs) {
    const Pair *pairs = self->pairs.items;
    for (; s < end; s++) {
        if (s->how != REPEAT) {
            run_step(self, s, pairs, u, outputs, 0);
            continue;
        }
        const Step *behind = s + 1 + s->steps;
        const uint32_t *moves = (const uint32_t *)(ITEMS(self->moves, Pair) + s->at);
        uint32_t *moving = (uint32_t *)(u + self->moving);
        size_t n = 2 * s->pairs;
        if (n) memcpy(moving, ITEMS(self->pairs, Pair) + s->first, n * sizeof(uint32_t));
        for (ptrdiff_t time = 0; time < s->times; time++) {
            for (const Step *inner = s + 1; inner < behind; inner++)
                run_step(self, inner, (const Pair *)moving, u, NULL, time);
            for (size_t i = 0; i < n; i++) moving[i] += moves[i];
        }
        s = behind - 1;
    }
}
