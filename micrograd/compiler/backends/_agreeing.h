/* Whether the C library computes as the vector functions do, to the last bit: asked once, when the module is loaded, with
some thousand numbers. Where it does not, its own functions are called, one number after the other. */

#ifndef MICROGRAD_AGREEING_H
#define MICROGRAD_AGREEING_H

#include <string.h>

#include "_vector_erf.h"
#include "_vector_log.h"

#ifdef VECTOR

static struct {
    char exp, log, erf;
} agreeing;

#define TRIED 1024

/* A few of the numbers for which the same operations round otherwise if no multiplication is fused with an addition, as in
a C library for any processor: that is rare, so that it might not show in other numbers. */
static const double EXP_TELLS[8] = {
    -0x1.dfccdp+4, -0x1.a3778p+4, -0x1.672dfp+4, -0x1.2af13p+4, -0x1.dbb54p+3, -0x1.63776p+3, -0x1.d6984p+2,
    -0x1.cd1d8p+1,
};
static const double LOG_TELLS[8] = {
    0x1.afe8p+0, 0x1.7a45355555555p+6, 0x1.9bf4cd5555555p+7, 0x1.2edb04p+8, 0x1.e3e868p-1, 0x1.e9827e7f85aa8p-1,
    0x1.f04a70ff0b55p-1, 0x1.0267bcff0b55p+0,
};

static char agrees_on(void (*vector)(size_t, const double *, double *), double (*scalar)(double), int n,
                      const double *x) {
    double y[TRIED];
    vector(n, x, y);
    for (int i = 0; i < n; i++) {
        double right = scalar(x[i]);
        if (memcmp(&right, y + i, sizeof(double))) return 0;
    }
    return 1;
}

/* Numbers from `low` to `high`, with digits of all kinds. */
static char agrees(void (*vector)(size_t, const double *, double *), double (*scalar)(double), double low, double high) {
    double x[TRIED];
    for (int i = 0; i < TRIED; i++) x[i] = low + (high - low) * fmod((i + 1) * 0x1.3c6ef372fe94fp-1, 1);
    return agrees_on(vector, scalar, TRIED, x);
}

static void find_agreeing(void) {
    if (!has_vectors()) return;
    agreeing.exp = agrees_on(vector_exp, exp, 8, EXP_TELLS) && agrees(vector_exp, exp, -30, 30) &&
                   agrees(vector_exp, exp, -1, 0);
    agreeing.log = agrees_on(vector_log, log, 8, LOG_TELLS) && agrees(vector_log, log, 0, 1000) &&
                   agrees(vector_log, log, 0.9, 1.1);
    agreeing.erf = agreeing.exp && agrees(vector_erf, erf, -1, 1) && agrees(vector_erf, erf, 0.8, 1.3) &&
                   agrees(vector_erf, erf, -6, 6);
}

#else

static void find_agreeing(void) {}

#endif

#endif
