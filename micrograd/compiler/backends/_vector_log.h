/* ln of many numbers, four at a time: what glibc's does since 2.28 (the one of Arm's optimized routines) where the processor
has fused multiply-add, operation by operation. Elsewhere the C library's own is called; see `_agreeing.h`. */

#ifndef MICROGRAD_VECTOR_LOG_H
#define MICROGRAD_VECTOR_LOG_H

#include "_cells.h"
#include "_vector.h"

#ifdef VECTOR

/* ln x = k ln 2 + ln c + ln(1 + r), with x = 2^k z, z from 0.6875 to 1.375, and r = z/c - 1. */
VECTOR_INLINE __m256d log_from_cells(__m256d x) {
    const __m256i offset = _mm256_set1_epi64x(0x3fe6000000000000), evens = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
    __m256i bits = (__m256i)x, from_start = _mm256_sub_epi64(bits, offset);
    __m256i halves = _mm256_srai_epi32(_mm256_shuffle_epi32(from_start, 0xF5), 20); /* both of a lane are k */
    __m256d k = _mm256_cvtepi32_pd(_mm256_castsi256_si128(_mm256_permutevar8x32_epi32(halves, evens)));
    __m256d z = (__m256d)_mm256_sub_epi64(bits, _mm256_slli_epi64(halves, 52)), inverse, ln_c;
    look_up_pairs(CELL, _mm256_and_si256(_mm256_srli_epi64(from_start, 45), _mm256_set1_epi64x(127)), &inverse, &ln_c);
    __m256d r = _mm256_fmsub_pd(z, inverse, EACH_LANE(1)), r2 = r * r;
    __m256d whole = multiply_add(k, EACH_LANE(0x1.62e42fefa38p-1), ln_c), y = r + whole;
    __m256d rest = multiply_add(k, EACH_LANE(0x1.ef35793c7673p-45), (whole - y) + r);
    __m256d low = multiply_add(r, EACH_LANE(-0x1.fffffffeb459p-3), EACH_LANE(0x1.555555551305bp-2));
    __m256d high = multiply_add(r, EACH_LANE(-0x1.55575e506c89fp-3), EACH_LANE(0x1.999b324f10111p-3));
    __m256d p = multiply_add(high, r2, low);
    return y + multiply_add(r * r2, p, multiply_add(r2, EACH_LANE(-0x1.0000000000001p-1), rest));
}

/* Near 1, ln x is r - r²/2 + …, with r = x - 1, and its first two terms have to be exact. */
VECTOR_INLINE __m256d log_near_1(__m256d x) {
    __m256d r = x - EACH_LANE(1), r2 = r * r, r3 = r * r2, half = EACH_LANE(-0.5), split = EACH_LANE(0x1p27);
#define SQUARE(c0, c1, c2) multiply_add(r2, EACH_LANE(c2), multiply_add(r, EACH_LANE(c1), EACH_LANE(c0)))
    __m256d p = SQUARE(0x1.c7184282ad6cap-4, -0x1.999eb43b068ffp-4, 0x1.78182f7afd085p-4);
    p = multiply_add(r3, EACH_LANE(-0x1.5521375d145cdp-4), p);
    p = multiply_add(p, r3, SQUARE(-0x1.55555556745a7p-3, 0x1.24924a344de3p-3, -0x1.fffffa4423d65p-4));
    p = multiply_add(p, r3, SQUARE(0x1.5555555555577p-2, -0x1.ffffffffffdcbp-3, 0x1.999999995dd0cp-3));
#undef SQUARE
    __m256d upper = _mm256_fnmadd_pd(split, r, multiply_add(r, split, r)), square = upper * upper;
    __m256d y = multiply_add(square, half, r), rest = multiply_add(square, half, r - y);
    rest = multiply_add(half * (r - upper), r + upper, rest);
    return y + multiply_add(p, r3, rest);
}

VECTOR static void vector_log(size_t n, const double *in, double *out) {
    const __m256d least = EACH_LANE(0x1p-1022), most = EACH_LANE(0x1.fffffffffffffp+1023);
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        __m256d x = _mm256_loadu_pd(in + i), y = log_from_cells(x);
        __m256d near_1 = _mm256_and_pd(_mm256_cmp_pd(x, EACH_LANE(0.9375), _CMP_GE_OQ),
                                       _mm256_cmp_pd(x, EACH_LANE(0x1.109p+0), _CMP_LT_OQ));
        __m256d normal = _mm256_and_pd(_mm256_cmp_pd(x, least, _CMP_GE_OQ), _mm256_cmp_pd(x, most, _CMP_LE_OQ));
        if (_mm256_movemask_pd(near_1)) y = _mm256_blendv_pd(y, log_near_1(x), near_1);
        int left = 15 & ~_mm256_movemask_pd(normal);
        _mm256_storeu_pd(out + i, left ? one_by_one(log, x, y, left) : y);
    }
    for (; i < n; i++) out[i] = log(in[i]);
}

#endif

#endif
