/* erf of many numbers, four at a time: the same floats as those of fdlibm as glibc writes it, whose operations are done
in the same order. Elsewhere the C library's own is called; see `_agreeing.h`.

    Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunPro, a Sun Microsystems, Inc.
    business. Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice
    is preserved. */

#ifndef MICROGRAD_VECTOR_ERF_H
#define MICROGRAD_VECTOR_ERF_H

#include "_vector.h"

#ifdef VECTOR

#define FAR_FROM 1.25
#define MOST_ERFS 256 /* that are sorted at a time */

/* The coefficients of polynomials p / q, of 1, t, t² and so on: below 0.84375, where t is x² and erf x is x + x p/q, and
from there to 1.25, where t is x - 1 and it is erf 1 + p/q. */
static const double P_NEAR[7][2] = {
    {0x1.06eba8214db68p-3, -0x1.359b8bef77538p-9},
    {-0x1.4cd7d691cb913p-2, 0x1.a8d00ad92b34dp-2},
    {-0x1.d2a51dbd7194fp-6, -0x1.7d240fbb8c3f1p-2},
    {-0x1.7a291236668e4p-8, 0x1.45fca805120e4p-2},
    {-0x1.8ead6120016acp-16, -0x1.c63983d3e28ecp-4},
    {0, 0x1.22a36599795ebp-5},
    {0, -0x1.1bf380a96073fp-9},
};
static const double Q_NEAR[8][2] = {
    {1, 1},
    {0x1.97779cddadc09p-2, 0x1.b3e6618eee323p-4},
    {0x1.0a54c5536cebap-4, 0x1.14af092eb6f33p-1},
    {0x1.4d022c4d36b0fp-8, 0x1.2635cd99fe9a7p-4},
    {0x1.15dc9221c1a10p-13, 0x1.02660e763351fp-3},
    {-0x1.09c4342a26120p-18, 0x1.bedc26b51dd1cp-7},
    {0, 0x1.88b545735151dp-7},
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

/* From 2^-28 to 1.25; of the other lanes `small` has the lower ones and `far` the higher ones, and nan. */
VECTOR_INLINE __m256d erf_near(__m256d signed_x, int *small, int *far) {
    const __m256d sign = EACH_LANE(-0.0);
    __m256d x = _mm256_andnot_pd(sign, signed_x);
    __m256d second = _mm256_cmp_pd(x, EACH_LANE(0.84375), _CMP_GE_OQ);
    __m256d t = _mm256_blendv_pd(x * x, x - EACH_LANE(1), second), t2 = t * t, t4 = t2 * t2, t6 = t4 * t2;
    __m256d p = linear(P_NEAR, second, t) + t2 * linear(P_NEAR + 2, second, t) + t4 * linear(P_NEAR + 4, second, t) +
                t6 * one_of(P_NEAR[6], second);
    __m256d q = linear(Q_NEAR, second, t) + t2 * linear(Q_NEAR + 2, second, t) + t4 * linear(Q_NEAR + 4, second, t) +
                t6 * one_of(Q_NEAR[6], second);
    __m256d y = p / q;
    y = _mm256_blendv_pd(x + x * y, EACH_LANE(0x1.b0ac16p-1) + y, second);
    *small = _mm256_movemask_pd(_mm256_cmp_pd(x, EACH_LANE(0x1p-28), _CMP_LT_OQ));
    *far = _mm256_movemask_pd(_mm256_cmp_pd(x, EACH_LANE(FAR_FROM), _CMP_NLT_UQ));
    return _mm256_or_pd(y, _mm256_and_pd(sign, signed_x));
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

/* Those that are far are collected, so that their exponentials are computed for nobody else. */
VECTOR static void vector_erf_of_some(size_t n, const double *in, double *out) {
    double far[MOST_ERFS + 4];
    unsigned short place[MOST_ERFS + 4];
    size_t count = 0, i = 0;
    for (; i + 4 <= n; i += 4) {
        int are_small, are_far;
        __m256d x = _mm256_loadu_pd(in + i);
        double from[4];
        _mm256_storeu_pd(from, x), _mm256_storeu_pd(out + i, erf_near(x, &are_small, &are_far));
        for (int k = 0; are_far && k < 4; k++) {
            far[count] = from[k], place[count] = (unsigned short)(i + k);
            count += are_far >> k & 1;
        }
        for (int k = 0; are_small >> k; k++)
            if (are_small >> k & 1) out[i + k] = erf(from[k]);
    }
    for (; i < n; i++) out[i] = erf(in[i]);
    for (size_t k = 0; k < count; k += 4) {
        double y[4];
        if (count - k < 4)
            for (size_t l = count; l < k + 4; l++) far[l] = FAR_FROM;
        _mm256_storeu_pd(y, erf_far(_mm256_loadu_pd(far + k)));
        for (size_t l = 0; l < 4 && k + l < count; l++) {
            double x = far[k + l];
            out[place[k + l]] = fabs(x) < 6 ? y[l] : erf(x);
        }
    }
}

VECTOR static void vector_erf(size_t n, const double *in, double *out) {
    for (; n > MOST_ERFS; n -= MOST_ERFS, in += MOST_ERFS, out += MOST_ERFS) vector_erf_of_some(MOST_ERFS, in, out);
    vector_erf_of_some(n, in, out);
}

#endif

#endif
