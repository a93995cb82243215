/* Functions of many numbers at once. Included once for each width of vectors. */

#define apply NAMED(apply)

#if WIDTH == 4
/* Whether all exponents are -1/2, or all are -3/2. */
static int is_root(size_t n, const double *exponents) {
    size_t i = 0;
    if (*exponents != -0.5 && *exponents != -1.5) return 0;
    while (i < n && exponents[i] == *exponents) i++;
    return i == n;
}
#endif

/* Apply the function of this kind to `n` numbers, or pairs of numbers. */
static void apply(int kind, size_t n, const double *a, const double *b, double *out) {
#if WIDTH == 4
    if (n >= 4 && kind == KIND_exp && agreeing.exp) return vector_exp(n, a, out);
    if (n >= 4 && kind == KIND_sigmoid && agreeing.exp) return vector_sigmoid(n, a, out);
    if (n >= 4 && kind == KIND_sqrt) return vector_sqrt(n, a, out);
    if (n >= 4 && kind == KIND_log && agreeing.log) return vector_log(n, a, out);
    if (n >= 4 && kind == KIND_erf && agreeing.erf) return vector_erf(n, a, out);
    if (n >= 4 && kind == POW && is_root(n, b)) return vector_root(n, a, *b == -1.5, out);
#endif
#define EACH(RESULT)                                                                                                   \
    for (size_t i = 0; i < n; i++) {                                                                                   \
        double x = a[i];                                                                                               \
        out[i] = (RESULT);                                                                                             \
    }                                                                                                                  \
    break;
#define CASE_OF_ONE(NAME, RESULT) case KIND_##NAME: EACH(RESULT)
#define CASE_OF_TWO(NAME, RESULT)                                                                                      \
    case KIND_##NAME:                                                                                                  \
        for (size_t i = 0; i < n; i++) {                                                                               \
            double x = a[i], y = b[i];                                                                                 \
            out[i] = (RESULT);                                                                                         \
        }                                                                                                              \
        break;
    switch (kind) {
    UNARY(CASE_OF_ONE)
    BINARY(CASE_OF_TWO)
    case RELU: EACH(x <= 0 ? 0 : x)
    case STEP: EACH(x > 0 ? 1 : x <= 0 ? 0 : x)
    case DIV: EACH(x / b[i])
    case POW: EACH(pow(x, b[i]))
    case LESS: EACH(x < b[i])
    case AT_MOST: EACH(x <= b[i])
    case EQUAL: EACH(x == b[i])
    case GATE: EACH(x == 0 ? 0 : x * b[i])
    case RELU_GATE: EACH(x > 0 ? b[i] : x <= 0 ? 0 : x)
    }
}

#undef EACH
#undef CASE_OF_ONE
#undef CASE_OF_TWO
