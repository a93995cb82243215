/* erf of many numbers, four at a time: the same floats as those of fdlibm as glibc writes it, whose operations are done
in the same order. Elsewhere the C library's own is called; see `_agreeing.h`.

    Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunPro, a Sun Microsystems, Inc.
    business. Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice
    is preserved. */

#ifndef MICROGRAD_VECTOR_ERF_H
#define MICROGRAD_VECTOR_ERF_H

#include "_vector.h"

#ifdef VECTOR

#define AT_A_TIME 256 /* numbers that are sorted by their ranges */

/* The coefficients of polynomials p / q, of 1, t, t² and so on. Below 0.84375, t is x² and erf x is x + x p/q; from there
to 1.25, t is x - 1 and it is erf 1 + p/q. */
static const double P_SMALL[] = {
    0x1.06eba8214db68p-3, -0x1.4cd7d691cb913p-2, -0x1.d2a51dbd7194fp-6,
    -0x1.7a291236668e4p-8, -0x1.8ead6120016acp-16,
};
static const double Q_SMALL[] = {
    1, 0x1.97779cddadc09p-2, 0x1.0a54c5536cebap-4,
    0x1.4d022c4d36b0fp-8, 0x1.15dc9221c1a10p-13, -0x1.09c4342a26120p-18,
};
static const double P_ONE[] = {
    -0x1.359b8bef77538p-9, 0x1.a8d00ad92b34dp-2, -0x1.7d240fbb8c3f1p-2,
    0x1.45fca805120e4p-2, -0x1.c63983d3e28ecp-4, 0x1.22a36599795ebp-5,
    -0x1.1bf380a96073fp-9,
};
static const double Q_ONE[] = {
    1, 0x1.b3e6618eee323p-4, 0x1.14af092eb6f33p-1,
    0x1.2635cd99fe9a7p-4, 0x1.02660e763351fp-3, 0x1.bedc26b51dd1cp-7,
    0x1.88b545735151dp-7,
};

/* Below 1/0.35 and from there on: t is 1/x², and erf x is 1 - exp(-x² - 0.5625 + p/q) / x. */
static const double P_FAR[8][2] = {
    {-0x1.43412600d6435p-7, -0x1.4341239e86f4ap-7},
    {-0x1.63416e4ba7360p-1, -0x1.993ba70c285dep-1},
    {-0x1.51e0441b0e726p+3, -0x1.1c209555f995ap+4},
    {-0x1.f300ae4cba38dp+5, -0x1.4145d43c5ed98p+7},
    {-0x1.44cb184282266p+7, -0x1.3ec881375f228p+9},
    {-0x1.7135cebccabb2p+7, -0x1.004616a2e5992p+10},
    {-0x1.4526557e4d2f2p+6, -0x1.e384e9bdc383fp+8},
    {-0x1.3a0efc69ac25cp+3, 0},
};
static const double Q_FAR[9][2] = {
    {1, 1},
    {0x1.3a6b9bd707687p+4, 0x1.e568b261d5190p+4},
    {0x1.1350c526ae721p+7, 0x1.45cae221b9f0ap+8},
    {0x1.b290dd58a1a71p+8, 0x1.802eb189d5118p+10},
    {0x1.42b1921ec2868p+9, 0x1.8ffb7688c246ap+11},
    {0x1.ad02157700314p+8, 0x1.3f219cedf3be6p+11},
    {0x1.b28a3ee48ae2cp+6, 0x1.da874e79fe763p+8},
    {0x1.a47ef8e484a93p+2, -0x1.670e242712d62p+4},
    {-0x1.eeff2ee749a62p-5, 0},
};

/* Of two numbers, the second where the mask is set. */
VECTOR_INLINE __m256d one_of(const double *two, __m256d second) {
    return _mm256_permutevar_pd(_mm256_broadcast_pd((const __m128d *)two), (__m256i)second);
}

/* c0 + c1 t */
VECTOR_INLINE __m256d linear(const double (*c)[2], __m256d second, __m256d t) {
    return one_of(c[0], second) + t * one_of(c[1], second);
}

/* Up to 0.84375. */
VECTOR_INLINE __m256d erf_small(__m256d x) {
#define OF(c, k) (EACH_LANE(c[k]) + t * EACH_LANE(c[k + 1]))
    __m256d t = x * x, t2 = t * t, t4 = t2 * t2;
    __m256d p = OF(P_SMALL, 0) + t2 * OF(P_SMALL, 2) + t4 * EACH_LANE(P_SMALL[4]);
    __m256d q = OF(Q_SMALL, 0) + t2 * OF(Q_SMALL, 2) + t4 * OF(Q_SMALL, 4);
    return x + x * (p / q);
}

/* From 0.84375 to 1.25. */
VECTOR_INLINE __m256d erf_near_1(__m256d signed_x) {
    const __m256d sign = EACH_LANE(-0.0);
    __m256d t = _mm256_andnot_pd(sign, signed_x) - EACH_LANE(1), t2 = t * t, t4 = t2 * t2, t6 = t4 * t2;
    __m256d p = OF(P_ONE, 0) + t2 * OF(P_ONE, 2) + t4 * OF(P_ONE, 4) + t6 * EACH_LANE(P_ONE[6]);
    __m256d q = OF(Q_ONE, 0) + t2 * OF(Q_ONE, 2) + t4 * OF(Q_ONE, 4) + t6 * EACH_LANE(Q_ONE[6]);
    return _mm256_or_pd(EACH_LANE(0x1.b0ac16p-1) + p / q, _mm256_and_pd(sign, signed_x));
#undef OF
}

/* From 1.25 to 6. z² is exact, with z the upper half of the digits of x. */
VECTOR_INLINE __m256d erf_far(__m256d signed_x) {
    const __m256d sign = EACH_LANE(-0.0), one = EACH_LANE(1), upper = (__m256d)_mm256_set1_epi64x(~0xffffffffLL);
    __m256d x = _mm256_andnot_pd(sign, signed_x), second = _mm256_cmp_pd(x, EACH_LANE(0x1.6db6ep+1), _CMP_GE_OQ);
    __m256d t = one / (x * x), t2 = t * t, t4 = t2 * t2, t6 = t4 * t2;
    __m256d p = linear(P_FAR, second, t) + t2 * linear(P_FAR + 2, second, t) + t4 * linear(P_FAR + 4, second, t) +
                t6 * linear(P_FAR + 6, second, t);
    __m256d q = linear(Q_FAR, second, t) + t2 * linear(Q_FAR + 2, second, t) + t4 * linear(Q_FAR + 4, second, t) +
                t6 * linear(Q_FAR + 6, second, t) + t4 * t4 * one_of(Q_FAR[8], second);
    __m256d z = _mm256_and_pd(x, upper);
    __m256d r = exp_exactly(-z * z - EACH_LANE(0.5625)) * exp_exactly((z - x) * (z + x) + p / q);
    return _mm256_or_pd(one - r / x, _mm256_and_pd(sign, signed_x));
}

typedef struct { /* where numbers of one range stand */
    size_t count;
    int place[AT_A_TIME + 4];
} Places;

/* Add those of the four from the i-th number on that are in the mask, without a branch that nobody can foresee. */
VECTOR_INLINE void note_places(Places *places, size_t i, int mask) {
    static const int CHOSEN[16][4] = {
        {0},    {0},       {1},       {0, 1},    {2},       {0, 2},    {1, 2},    {0, 1, 2},
        {3},    {0, 3},    {1, 3},    {0, 1, 3}, {2, 3},    {0, 2, 3}, {1, 2, 3}, {0, 1, 2, 3},
    };
    __m128i chosen = _mm_add_epi32(_mm_loadu_si128((const __m128i *)CHOSEN[mask]), _mm_set1_epi32((int)i));
    _mm_storeu_si128((__m128i *)(places->place + places->count), chosen);
    places->count += (size_t)__builtin_popcount((unsigned)mask);
}

/* Fill up the last four with a place that is there already: it gets the same number again. */
static void fill_up(Places *places) {
    for (size_t k = places->count; places->count && k < places->count + 4; k++) places->place[k] = places->place[k - 1];
}

VECTOR_INLINE __m256d gather(const double *from, const int *at) {
    return _mm256_setr_pd(from[at[0]], from[at[1]], from[at[2]], from[at[3]]);
}

VECTOR_INLINE void scatter(__m256d x, double *to, const int *at) {
    __m128d low = _mm256_castpd256_pd128(x), high = _mm256_extractf128_pd(x, 1);
    _mm_storel_pd(to + at[0], low), _mm_storeh_pd(to + at[1], low);
    _mm_storel_pd(to + at[2], high), _mm_storeh_pd(to + at[3], high);
}

/* Most numbers are small; the others are collected, so that nothing is computed for those that do not need it. */
VECTOR static void vector_erf_of_some(size_t n, const double *in, double *out) {
    const __m256d sign = EACH_LANE(-0.0);
    Places near_1, far;
    near_1.count = far.count = 0;
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        __m256d x = _mm256_loadu_pd(in + i), size = _mm256_andnot_pd(sign, x);
        int up_to_1 = _mm256_movemask_pd(_mm256_cmp_pd(size, EACH_LANE(0.84375), _CMP_LT_OQ));
        int up_to_far = _mm256_movemask_pd(_mm256_cmp_pd(size, EACH_LANE(1.25), _CMP_LT_OQ));
        int tiny = _mm256_movemask_pd(_mm256_cmp_pd(size, EACH_LANE(0x1p-28), _CMP_LT_OQ));
        _mm256_storeu_pd(out + i, erf_small(x));
        note_places(&near_1, i, up_to_far & ~up_to_1), note_places(&far, i, 15 & ~up_to_far);
        for (int k = 0; tiny >> k; k++)
            if (tiny >> k & 1) out[i + k] = erf(in[i + k]);
    }
    for (; i < n; i++) out[i] = erf(in[i]);
    fill_up(&near_1), fill_up(&far);
    for (size_t k = 0; k < near_1.count; k += 4)
        scatter(erf_near_1(gather(in, near_1.place + k)), out, near_1.place + k);
    for (size_t k = 0; k < far.count; k += 4) {
        const int *at = far.place + k;
        __m256d x = gather(in, at), size = _mm256_andnot_pd(sign, x);
        int hard = _mm256_movemask_pd(_mm256_cmp_pd(size, EACH_LANE(6), _CMP_NLT_UQ));
        scatter(erf_far(x), out, at);
        for (int l = 0; hard >> l; l++)
            if (hard >> l & 1) out[at[l]] = erf(in[at[l]]);
    }
}

VECTOR static void vector_erf(size_t n, const double *in, double *out) {
    for (size_t some; n; n -= some, in += some, out += some) {
        some = n < AT_A_TIME ? n : AT_A_TIME;
        vector_erf_of_some(some, in, out);
    }
}

#endif

#endif
