/* exp, sigmoid, roots and two powers of many numbers, four at a time: the same floats as the scalar functions, to the last bit;
log and erf are in `_vector_log.h` and `_vector_erf.h`.

A result is computed to about 60 bits, as a float and a rest. Where the float stays the same with a little more and a
little less rest, it is the one that any accurate exp rounds to, and the C library's is one: its error is at most 0.511
of the last place (0.5 is the best there can be). The other lanes, one of 17, and those outside of the normal numbers
are handed to the scalar function. This is the rounding test of Ziv, "Fast evaluation of elementary mathematical
functions with correctly rounded last bit" (1991).

Where the C library rounds otherwise, it is called itself (`_agreeing.h`). tanh is not here: the C library's own is up to
2.2 places off, so that nothing can be close to it and right. */

#ifndef MICROGRAD_VECTOR_H
#define MICROGRAD_VECTOR_H

#include <math.h>
#include <stddef.h>

#include "../../_core/native/_elementary.h"

#if defined(__GNUC__) && defined(__x86_64__)
#include <immintrin.h>

#define VECTOR __attribute__((target("avx2,fma")))
#define VECTOR_INLINE VECTOR static inline __attribute__((always_inline))
#define EACH_LANE(X) _mm256_set1_pd(X)

VECTOR_INLINE __m256d multiply_add(__m256d x, __m256d y, __m256d z) { return _mm256_fmadd_pd(x, y, z); }

/* c0 + c1 r + c2 r² + c3 r³ */
VECTOR_INLINE __m256d cubic(__m256d r, __m256d r2, double c0, double c1, double c2, double c3) {
    __m256d high = multiply_add(r, EACH_LANE(c3), EACH_LANE(c2)), low = multiply_add(r, EACH_LANE(c1), EACH_LANE(c0));
    return multiply_add(r2, high, low);
}

/* Of four numbers in a register, those whose place is n modulo 4. */
VECTOR_INLINE __m256d look_up(__m256d table, __m256i n) {
    __m256i low = _mm256_shuffle_epi32(n, 0xA0); /* both halves of a lane are the lower one */
    __m256i halves = _mm256_add_epi32(_mm256_add_epi32(low, low), _mm256_set1_epi64x(1LL << 32));
    return (__m256d)_mm256_permutevar8x32_ps((__m256)table, halves);
}

/* eˣ = 2^(n/4) eʳ, with n the nearest to 4x / ln 2. ln 2 / 4 is the sum of two floats, the first short enough for exact
products (Cody and Waite, "Software manual for the elementary functions", 1980); |r| ≤ ln 2 / 8, and its rest matters.
Then eʳ - 1 - r is r² p(r), of which p is the minimax polynomial (`python -m tools.minimax`), off by 2^-64 at most.
`hard` has a bit for each lane that is left to the scalar function. */
VECTOR_INLINE __m256d exp_lanes(__m256d x, int *hard) {
    const __m256d powers = _mm256_setr_pd(1, 0x1.306fe0a31b715p+0, 0x1.6a09e667f3bcdp+0, 0x1.ae89f995ad3adp+0);
    const __m256d rests = _mm256_setr_pd(0, 0x1.6f46ad23182e4p-55, -0x1.bdd3413b26456p-54, 0x1.7a1cd345dcc81p-54);
    const __m256d ln2_rest = EACH_LANE(-0x1.9ef35793c7673p-43), integers = EACH_LANE(0x1.8p52);
    __m256d shifted = multiply_add(x, EACH_LANE(0x1.71547652b82fep+2), integers), n = shifted - integers;
    __m256d h = multiply_add(n, EACH_LANE(-0x1.62e42fefa2000p-3), x), r = multiply_add(n, ln2_rest, h);
    __m256d r_rest = multiply_add(n, ln2_rest, h - r), r2 = r * r;
    __m256d low = cubic(r, r2, 0.5, 0x1.5555555555555p-3, 0x1.55555555565c1p-5, 0x1.111111111217dp-7);
    __m256d high = cubic(r, r2, 0x1.6c16c116aaae6p-10, 0x1.a01a01367d47fp-13, 0x1.a02bc822beeb0p-16,
                         0x1.71ee6326ca859p-19);
    __m256d q = multiply_add(r2, multiply_add(r2 * r2, high, low), r_rest);

    __m256i bits = (__m256i)shifted;
    __m256d t = look_up(powers, bits), t_rest = look_up(rests, bits), tr = t * r, y = t + tr;
    __m256d rest = (t - y) + tr + (_mm256_fmsub_pd(t, r, tr) + multiply_add(t, q, multiply_add(t_rest, r, t_rest)));
    const __m256d margin = EACH_LANE(0x1.ep-58); /* 0.03 of the last place of a number from 1 to 2 */
    __m256d more = y + (rest + margin), less = y + (rest - margin);

    __m256d size = _mm256_andnot_pd(EACH_LANE(-0.0), x), outside = _mm256_cmp_pd(size, EACH_LANE(708), _CMP_NLE_UQ);
    *hard = _mm256_movemask_pd(_mm256_or_pd(outside, _mm256_cmp_pd(more, less, _CMP_NEQ_UQ)));
    __m256i exponent = _mm256_slli_epi64(_mm256_andnot_si256(_mm256_set1_epi64x(3), bits), 50);
    return (__m256d)_mm256_add_epi64((__m256i)more, exponent);
}

VECTOR_INLINE __m256d exp_exactly(__m256d x) {
    int hard;
    __m256d y = exp_lanes(x, &hard);
    if (hard) {
        double from[4], to[4];
        _mm256_storeu_pd(from, x), _mm256_storeu_pd(to, y);
        for (int i = 0; i < 4; i++)
            if (hard >> i & 1) to[i] = exp(from[i]);
        y = _mm256_loadu_pd(to);
    }
    return y;
}

VECTOR static void vector_exp(size_t n, const double *in, double *out) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) _mm256_storeu_pd(out + i, exp_exactly(_mm256_loadu_pd(in + i)));
    for (; i < n; i++) out[i] = exp(in[i]);
}

/* As `sigmoid` computes it. */
VECTOR static void vector_sigmoid(size_t n, const double *in, double *out) {
    const __m256d one = EACH_LANE(1);
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        __m256d x = _mm256_loadu_pd(in + i), e = exp_exactly(_mm256_or_pd(x, EACH_LANE(-0.0)));
        __m256d positive = _mm256_cmp_pd(x, _mm256_setzero_pd(), _CMP_GE_OQ);
        _mm256_storeu_pd(out + i, _mm256_blendv_pd(e, one, positive) / (one + e));
    }
    for (; i < n; i++) out[i] = sigmoid(in[i]);
}

/* x^(-1/2) and x^(-3/2), which normalisation and its derivative take. With y = 1/√x to 53 bits, 1 - x y² is exact to 100,
and the rest of y is half of it times y (Markstein, "IA-64 and elementary functions", 2000). For these numbers the C
library's pow is off by 0.514 of the last place at most, so that the rounding test tells here, too, where it gives the
same float. */
VECTOR_INLINE __m256d root_lanes(__m256d x, int cubed, int *hard) {
    __m256d one = EACH_LANE(1), y = one / _mm256_sqrt_pd(x), square = y * y, product = x * square;
    __m256d square_rest = _mm256_fmsub_pd(y, y, square), product_rest = _mm256_fmsub_pd(x, square, product);
    __m256d off = (one - product) - multiply_add(x, square_rest, product_rest), rest = EACH_LANE(0.5) * y * off;
    if (cubed) {
        __m256d cube = square * y, cube_rest = _mm256_fmsub_pd(square, y, cube);
        rest = cube_rest + multiply_add(square_rest, y, EACH_LANE(3) * square * rest);
        y = cube;
    }
    __m256d margin = EACH_LANE(0x1.4p-58) * y, more = y + (rest + margin), less = y + (rest - margin);
    __m256d inside = _mm256_and_pd(_mm256_cmp_pd(x, EACH_LANE(0x1p-100), _CMP_GE_OQ),
                                   _mm256_cmp_pd(x, EACH_LANE(0x1p+100), _CMP_LE_OQ));
    *hard = 15 & ~_mm256_movemask_pd(_mm256_and_pd(inside, _mm256_cmp_pd(more, less, _CMP_EQ_OQ)));
    return more;
}

/* Powers of the exponent -1/2, or with `cubed` -3/2. */
VECTOR static void vector_root(size_t n, const double *in, int cubed, double *out) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        int hard;
        __m256d x = _mm256_loadu_pd(in + i), y = root_lanes(x, cubed, &hard);
        double from[4];
        _mm256_storeu_pd(from, x), _mm256_storeu_pd(out + i, y);
        for (int k = 0; hard >> k; k++)
            if (hard >> k & 1) out[i + k] = pow(from[k], cubed ? -1.5 : -0.5);
    }
    for (; i < n; i++) out[i] = pow(in[i], cubed ? -1.5 : -0.5);
}

/* Roots are rounded correctly everywhere; of a number below 0, the C library makes its nan. */
VECTOR static void vector_sqrt(size_t n, const double *in, double *out) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        __m256d x = _mm256_loadu_pd(in + i), inside = _mm256_cmp_pd(x, _mm256_setzero_pd(), _CMP_GE_OQ);
        double from[4];
        _mm256_storeu_pd(from, x), _mm256_storeu_pd(out + i, _mm256_sqrt_pd(x));
        for (int k = 0, hard = 15 & ~_mm256_movemask_pd(inside); hard >> k; k++)
            if (hard >> k & 1) out[i + k] = sqrt(from[k]);
    }
    for (; i < n; i++) out[i] = sqrt(in[i]);
}

/* Every processor with AVX2 has fused multiply-add as well, but for a few. */
static int has_vectors(void) {
    return __builtin_cpu_init(), __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

#else
static int has_vectors(void) { return 0; }
#endif

#endif
