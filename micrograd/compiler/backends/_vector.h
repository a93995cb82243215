/* exp, sigmoid, roots and two powers of many numbers, four at a time: the same floats as the scalar functions, to the last
bit; log and erf are in `_vector_log.h` and `_vector_erf.h`.

exp does what glibc's does since 2.28 (the one of Arm's optimized routines) where the processor has fused multiply-add,
operation by operation. Where a C library computes otherwise, it is called itself (`_agreeing.h`).

The powers are computed to about 60 bits, as a float and a rest. Where the float stays the same with a little more and a
little less rest, it is the one that any accurate function rounds to, and the C library's is one. The other lanes, one of
17, and those outside of the normal numbers are handed to the scalar function. This is the rounding test of Ziv, "Fast
evaluation of elementary mathematical functions with correctly rounded last bit" (1991).

tanh is not here: the C library's own is up to 2.2 places off, so that nothing can be close to it and right.

    exp and log: Copyright (c) 2018 Arm Limited, under the MIT licence. */

#ifndef MICROGRAD_VECTOR_H
#define MICROGRAD_VECTOR_H

#include <math.h>
#include <stddef.h>

#include "../../_core/native/_elementary.h"
#include "_powers.h"

#if defined(__GNUC__) && defined(__x86_64__)
#include <immintrin.h>

#define VECTOR __attribute__((target("avx2,fma")))
#define VECTOR_INLINE VECTOR static inline __attribute__((always_inline))
#define EACH_LANE(X) _mm256_set1_pd(X)

VECTOR_INLINE __m256d multiply_add(__m256d x, __m256d y, __m256d z) { return _mm256_fmadd_pd(x, y, z); }

/* Rows of two numbers, of which each lane has one. */
VECTOR_INLINE void look_up_pairs(const void *table, __m256i places, __m256d *first, __m256d *second) {
    const double *rows = table;
#define PAIR(LANE) _mm_loadu_pd(rows + 2 * _mm256_extract_epi64(places, LANE))
    __m256d even = _mm256_set_m128d(PAIR(2), PAIR(0)), odd = _mm256_set_m128d(PAIR(3), PAIR(1));
#undef PAIR
    *first = _mm256_unpacklo_pd(even, odd), *second = _mm256_unpackhi_pd(even, odd);
}

/* eˣ = 2^(n/128) eʳ, with n the nearest to 128x / ln 2, which is taken off in two parts (Cody and Waite, "Software manual
for the elementary functions", 1980). `outside` has a bit for each lane whose result may be too large or too small for
that, which is left to the scalar function. */
VECTOR_INLINE __m256d exp_lanes(__m256d x, int *outside) {
    const __m256d integers = EACH_LANE(0x1.8p52);
    __m256d shifted = multiply_add(x, EACH_LANE(0x1.71547652b82fep+7), integers), n = shifted - integers;
    __m256d r = multiply_add(n, EACH_LANE(-0x1.62e42fefap-8), x), rest, power;
    r = multiply_add(n, EACH_LANE(-0x1.cf79abc9e3b3ap-47), r);
    __m256i bits = (__m256i)shifted;
    look_up_pairs(POWER, _mm256_and_si256(bits, _mm256_set1_epi64x(127)), &rest, &power);
    __m256d r2 = r * r, low = multiply_add(r, EACH_LANE(0x1.555555555543cp-3), EACH_LANE(0x1.ffffffffffdbdp-2));
    __m256d high = multiply_add(r, EACH_LANE(0x1.1111167a4d017p-7), EACH_LANE(0x1.55555cf172b91p-5));
    __m256d less_1 = multiply_add(r2 * r2, high, multiply_add(r2, low, rest + r));
    __m256d scale = (__m256d)_mm256_add_epi64((__m256i)power, _mm256_slli_epi64(bits, 45));
    __m256d size = _mm256_andnot_pd(EACH_LANE(-0.0), x);
    *outside = _mm256_movemask_pd(_mm256_cmp_pd(size, EACH_LANE(512), _CMP_NLT_UQ));
    return multiply_add(scale, less_1, scale);
}

/* y, and in the lanes whose bits are set the scalar function of x. */
VECTOR static __m256d one_by_one(double (*f)(double), __m256d x, __m256d y, int lanes) {
    double from[4], to[4];
    _mm256_storeu_pd(from, x), _mm256_storeu_pd(to, y);
    for (int i = 0; i < 4; i++)
        if (lanes >> i & 1) to[i] = f(from[i]);
    return _mm256_loadu_pd(to);
}

VECTOR_INLINE __m256d exp_exactly(__m256d x) {
    int outside;
    __m256d y = exp_lanes(x, &outside);
    return outside ? one_by_one(exp, x, y, outside) : y;
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
