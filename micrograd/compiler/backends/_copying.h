/* Numbers from and to buffers of any alignment. Included once for each width of vectors. */

#define copy_numbers NAMED(copy_numbers)
#define copy_equal NAMED(copy_equal)
#define copy_outputs NAMED(copy_outputs)

/* Copy numbers; adding -0 changes none, adding 0 makes 0 of -0. memcpy would take ten times as long where the two places
happen to lie badly: some processors copy byte by byte then. */
static void copy_numbers(char *to, const char *from, size_t n, double zero) {
    Lanes more = spread(zero), x;
    for (; n >= WIDTH; n -= WIDTH, from += sizeof(x), to += sizeof(x)) {
        memcpy(&x, from, sizeof(x));
        x = add(x, more);
        memcpy(to, &x, sizeof(x));
    }
    for (; n; n--, from += sizeof(double), to += sizeof(double)) {
        double number;
        memcpy(&number, from, sizeof(double));
        number += zero;
        memcpy(to, &number, sizeof(double));
    }
}

static void copy_equal(char *to, double number, size_t n) {
    Lanes x = spread(number);
    for (; n >= WIDTH; n -= WIDTH, to += sizeof(x)) memcpy(to, &x, sizeof(x));
    for (; n; n--, to += sizeof(double)) memcpy(to, &number, sizeof(double));
}

/* Copy the outputs from one on to another, but for those that are `written`. */
static void copy_outputs(const Kernel *self, char *out, const double *u, size_t from, size_t to, double zero,
                         int written) {
    const Run *run = self->runs.items, *end = run + self->runs.used;
    for (size_t at = 0; run < end && at < to; at += run++->count) {
        size_t i = at > from ? at : from, last = at + run->count < to ? at + run->count : to;
        if (i >= last || (written && run->written)) continue;
        if (run->how == TOGETHER)
            copy_numbers(out + i * sizeof(double), (const char *)(u + run->slot + (i - at)), last - i, zero);
        else if (run->how == EQUALS)
            copy_equal(out + i * sizeof(double), u[run->slot] + zero, last - i);
        else
            for (; i < last; i++) {
                double number = u[self->output[i]] + zero;
                memcpy(out + i * sizeof(double), &number, sizeof(double));
            }
    }
}
