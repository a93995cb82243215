/* Some lanes of numbers: vectors where the compiler has them. Included once for each width. */

#define Lanes NAMED(Lanes)
#define Loose NAMED(Loose)
#define Bits NAMED(Bits)
#define load NAMED(load)
#define store NAMED(store)
#define spread NAMED(spread)
#define add NAMED(add)
#define mul NAMED(mul)
#define relu_of NAMED(relu_of)
#define step_of NAMED(step_of)
#define passed NAMED(passed)
#define relu_passed NAMED(relu_passed)
#define quotient NAMED(quotient)
#define is_less NAMED(is_less)
#define is_at_most NAMED(is_at_most)
#define is_equal NAMED(is_equal)
#define turn NAMED(turn)
#define apart NAMED(apart)
#define gathered NAMED(gathered)

#ifdef __GNUC__

typedef double Lanes __attribute__((vector_size(8 * WIDTH)));
typedef double Loose __attribute__((vector_size(8 * WIDTH), aligned(8), may_alias));
typedef long long Bits __attribute__((vector_size(8 * WIDTH)));

INLINE Lanes load(const double *p) { return *(const Loose *)p; }
INLINE void store(double *p, Lanes x) { *(Loose *)p = x; }
INLINE Lanes spread(double x) {
#if WIDTH == 4
    return (Lanes){x, x, x, x};
#else
    return (Lanes){x, x};
#endif
}
INLINE Lanes add(Lanes x, Lanes y) { return x + y; }
INLINE Lanes mul(Lanes x, Lanes y) { return x * y; }
INLINE Lanes relu_of(Lanes x) { return (Lanes)((Bits)x & ~(Bits)(x <= 0)); }
INLINE Lanes step_of(Lanes x) {
    return (Lanes)(((Bits)spread(1) & (Bits)(x > 0)) | ((Bits)x & (Bits)(x != x)));
}
INLINE Lanes passed(Lanes gate, Lanes x) { return (Lanes)((Bits)(gate * x) & ~(Bits)(gate == 0)); }
INLINE Lanes relu_passed(Lanes gate, Lanes x) {
    return (Lanes)(((Bits)x & (Bits)(gate > 0)) | ((Bits)gate & (Bits)(gate != gate)));
}
INLINE Lanes quotient(Lanes x, Lanes y) { return x / y; }
INLINE Lanes is_less(Lanes x, Lanes y) { return (Lanes)((Bits)spread(1) & (Bits)(x < y)); }
INLINE Lanes is_at_most(Lanes x, Lanes y) { return (Lanes)((Bits)spread(1) & (Bits)(x <= y)); }
INLINE Lanes is_equal(Lanes x, Lanes y) { return (Lanes)((Bits)spread(1) & (Bits)(x == y)); }

/* Keep x in a register: GCC would load it again in each multiplication, and loads are scarce. */
#ifdef __x86_64__
#define KEEP(x) __asm__("" : "+x"(x))
#define HIDE(p) __asm__("" : "+r"(p)) /* how one pointer lies to others */
#define AFTER(i, x) __asm__("" : "+r"(i) : "x"(x)) /* what is read at i is read once x is known */
#else
#define KEEP(x)
#define HIDE(p)
#define AFTER(i, x)
#endif

#if defined(__clang__) || __GNUC__ >= 12
#define SHUFFLED(x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
#else
#define SHUFFLED(x, y, ...) __builtin_shuffle(x, y, (Bits){__VA_ARGS__})
#endif

/* Lane i of vector k becomes lane k of vector i. */
INLINE void turn(Lanes *x) {
#if WIDTH == 4
    Lanes ab = SHUFFLED(x[0], x[1], 0, 4, 2, 6), AB = SHUFFLED(x[0], x[1], 1, 5, 3, 7);
    Lanes cd = SHUFFLED(x[2], x[3], 0, 4, 2, 6), CD = SHUFFLED(x[2], x[3], 1, 5, 3, 7);
    x[0] = SHUFFLED(ab, cd, 0, 1, 4, 5), x[1] = SHUFFLED(AB, CD, 0, 1, 4, 5);
    x[2] = SHUFFLED(ab, cd, 2, 3, 6, 7), x[3] = SHUFFLED(AB, CD, 2, 3, 6, 7);
#else
    Lanes a = x[0];
    x[0] = SHUFFLED(a, x[1], 0, 2), x[1] = SHUFFLED(a, x[1], 1, 3);
#endif
}

/* Numbers a stride apart. */
INLINE Lanes apart(const double *p, ptrdiff_t stride) {
#if WIDTH == 4
    return (Lanes){p[0], p[stride], p[2 * stride], p[3 * stride]};
#else
    return (Lanes){p[0], p[stride]};
#endif
}

/* Numbers at places that are listed. */
INLINE Lanes gathered(const double *p, const uint32_t *at) {
#if WIDTH == 4
    return (Lanes){p[at[0]], p[at[1]], p[at[2]], p[at[3]]};
#else
    return (Lanes){p[at[0]], p[at[1]]};
#endif
}

#else

typedef struct {
    double x[WIDTH];
} Lanes;

#define KEEP(x)
#define HIDE(p)
#define AFTER(i, x)

#define LANEWISE(RESULT)                                                                                               \
    Lanes out;                                                                                                         \
    for (int i = 0; i < WIDTH; i++) out.x[i] = (RESULT);                                                               \
    return out

INLINE Lanes load(const double *p) { LANEWISE(p[i]); }
INLINE void store(double *p, Lanes x) {
    for (int i = 0; i < WIDTH; i++) p[i] = x.x[i];
}
INLINE Lanes spread(double x) { LANEWISE(x); }
INLINE Lanes add(Lanes x, Lanes y) { LANEWISE(x.x[i] + y.x[i]); }
INLINE Lanes mul(Lanes x, Lanes y) { LANEWISE(x.x[i] * y.x[i]); }
INLINE Lanes relu_of(Lanes x) { LANEWISE(x.x[i] <= 0 ? 0 : x.x[i]); }
INLINE Lanes step_of(Lanes x) { LANEWISE(x.x[i] > 0 ? 1 : x.x[i] <= 0 ? 0 : x.x[i]); }
INLINE Lanes passed(Lanes gate, Lanes x) { LANEWISE(gate.x[i] == 0 ? 0 : gate.x[i] * x.x[i]); }
INLINE Lanes relu_passed(Lanes gate, Lanes x) {
    LANEWISE(gate.x[i] > 0 ? x.x[i] : gate.x[i] <= 0 ? 0 : gate.x[i]);
}
INLINE Lanes quotient(Lanes x, Lanes y) { LANEWISE(x.x[i] / y.x[i]); }
INLINE Lanes is_less(Lanes x, Lanes y) { LANEWISE(x.x[i] < y.x[i]); }
INLINE Lanes is_at_most(Lanes x, Lanes y) { LANEWISE(x.x[i] <= y.x[i]); }
INLINE Lanes is_equal(Lanes x, Lanes y) { LANEWISE(x.x[i] == y.x[i]); }
INLINE void turn(Lanes *x) {
    for (int i = 0; i < WIDTH; i++)
        for (int k = 0; k < i; k++) {
            double other = x[i].x[k];
            x[i].x[k] = x[k].x[i], x[k].x[i] = other;
        }
}
INLINE Lanes apart(const double *p, ptrdiff_t stride) { LANEWISE(p[i * stride]); }
INLINE Lanes gathered(const double *p, const uint32_t *at) { LANEWISE(p[at[i]]); }

#endif
