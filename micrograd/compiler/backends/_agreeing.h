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

/* Numbers from `low` to `high`, with digits of all kinds. */
static char agrees(void (*vector)(size_t, const double *, double *), double (*scalar)(double), double low, double high) {
    double x[TRIED], y[TRIED];
    for (int i = 0; i < TRIED; i++) x[i] = low + (high - low) * fmod((i + 1) * 0x1.3c6ef372fe94fp-1, 1);
    vector(TRIED, x, y);
    for (int i = 0; i < TRIED; i++) {
        double right = scalar(x[i]);
        if (memcmp(&right, y + i, sizeof(double))) return 0;
    }
    return 1;
}

static void find_agreeing(void) {
    if (!has_vectors()) return;
    agreeing.exp = agrees(vector_exp, exp, -30, 30) && agrees(vector_exp, exp, -1, 0);
    agreeing.log = agrees(vector_log, log, 0, 1000) && agrees(vector_log, log, 0.9, 1.1);
    agreeing.erf = agreeing.exp && agrees(vector_erf, erf, -1, 1) && agrees(vector_erf, erf, 0.8, 1.3) &&
                   agrees(vector_erf, erf, -6, 6);
}

#else

static void find_agreeing(void) {}

#endif

#endif
