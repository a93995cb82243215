/* The elementary functions that the C library lacks: the same floats, to the last bit, as the functions of `ops` that
they follow line by line. */

#ifndef MICROGRAD_ELEMENTARY_H
#define MICROGRAD_ELEMENTARY_H

#include <math.h>

static inline double sigmoid(double x) {
    double e = exp(-fabs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

static inline double softplus(double x) { return (x <= 0 ? 0 : x) + log1p(exp(-fabs(x))); }

static inline double logaddexp(double x, double y) {
    return x == y ? x + log(2.0) : (x > y ? x : x <= y ? y : x + y) + log1p(exp(-fabs(x - y)));
}

static inline double log_ndtr(double x) {
    const double root = sqrt(2.0), pi = 3.14159265358979323846;
    if (x >= 0) return log1p(-0.5 * erfc(x / root));
    if (!(x <= -5)) return log(0.5 * erfc(-x / root));
    double hazard = -x;
    for (int k = 20; k > 0; k--) hazard = -x + k / hazard;
    return -0.5 * x * x - log(hazard) - 0.5 * log(2 * pi);
}

/* As in Python, the remainder has the sign of y. */
static inline double modulo(double x, double y) {
    double rest = fmod(x, y);
    if (rest == 0) return copysign(0, y);
    return (y < 0) != (rest < 0) ? rest + y : rest;
}

static inline double floor_divide(double x, double y) {
    if (y == 0) return x / y;
    double rest = fmod(x, y), whole = (x - rest) / y;
    if (rest != 0 && (y < 0) != (rest < 0)) whole -= 1;
    if (whole == 0) return copysign(0, x / y);
    double below = floor(whole);
    return whole - below > 0.5 ? below + 1 : below;
}

static inline double cube_root(double x) {
    double root = copysign(pow(fabs(x), 1.0 / 3.0), x);
    return root == 0 || isinf(root) ? root : root - (root - x / (root * root)) / 3;
}

/* pow(x, 1) is x, which most libraries compute in full: half of the time that x² takes with its derivative 2 x¹. */
static inline double to_the(double x, double y) { return y == 1 ? x : pow(x, y); }

/* Compilers write exp2(x) for pow(2, x), and one call for sin(x) and cos(x), whose bits may differ: they must not know
what they call. */
static inline double two_to_the(double x) {
    volatile double two = 2;
    return pow(two, x);
}

static inline double cosine(double x) {
    volatile double same = x;
    return cos(same);
}

#endif
