/* ln of many numbers, four at a time: the same floats as the C library's, to the last bit; see `_vector.h`. */

#ifndef MICROGRAD_VECTOR_LOG_H
#define MICROGRAD_VECTOR_LOG_H

#include "_vector.h"

#ifdef VECTOR

/* Of each cell, a 32nd of a binade: 1/c, with c near its middle, and ln c as a multiple of 2^-42 and a rest
(`python -m tools.minimax`). The two cells next to 1 have c = 1, as ln x is small there, and c must add no error. */
static const double CELL[32][4] = {
    {0x1.7p+0, -0x1.739d7f6bbdp-2, -0x1.a7389314feb5p-52},
    {0x1.68p+0, -0x1.5d1bdbf581p-2, 0x1.8d6bdc9c7c238p-44},
    {0x1.608p+0, -0x1.478cd5959bp-2, -0x1.ec89bf0c8d098p-45},
    {0x1.59p+0, -0x1.31871c9544p-2, -0x1.84fab94cecfd9p-46},
    {0x1.52p+0, -0x1.1c898c169ap-2, 0x1.81410e5c62affp-44},
    {0x1.4bp+0, -0x1.071b85fcd6p-2, 0x1.bcb8ba3e01a11p-44},
    {0x1.448p+0, -0x1.e598ed5a88p-3, 0x1.d134bcf1e98a1p-47},
    {0x1.3ep+0, -0x1.bc286742d8p-3, -0x1.9ac53f39d121cp-44},
    {0x1.38p+0, -0x1.9525a9cf46p-3, 0x1.297137d9f158fp-44},
    {0x1.32p+0, -0x1.6d60fe719ep-3, 0x1.bc6e557134767p-44},
    {0x1.2c8p+0, -0x1.483bccce6ep-3, -0x1.eea52723f6369p-46},
    {0x1.27p+0, -0x1.2266f190a6p-3, 0x1.4d20ab840e7f6p-45},
    {0x1.22p+0, -0x1.fec9131dcp-4, 0x1.54555d1ae6607p-44},
    {0x1.1dp+0, -0x1.b78c82bb1p-4, 0x1.25ef7bc3987e7p-44},
    {0x1.18p+0, -0x1.6f0d28ae58p-4, 0x1.4b4641b664613p-44},
    {0x1.138p+0, -0x1.2cb0283f5cp-4, -0x1.e1ee2ca657021p-44},
    {0x1.0fp+0, -0x1.d276b8adbp-5, -0x1.6a423c78a64bp-46},
    {0x1.0a8p+0, -0x1.494acc34d8p-5, -0x1.11c78a56fd247p-45},
    {0x1.06p+0, -0x1.7b91b07d6p-6, 0x1.3b955b602ace4p-44},
    {1, 0, 0},
    {1, 0, 0},
    {0x1.e9p-1, 0x1.788595a358p-5, -0x1.08b0d083b3a4cp-46},
    {0x1.dbp-1, 0x1.333d7f8184p-4, -0x1.692b6a81b8848p-49},
    {0x1.cep-1, 0x1.a4e7640b1cp-4, -0x1.e42b6b94407c8p-47},
    {0x1.c1p-1, 0x1.0ce7ecdcccp-3, 0x1.4652dabff5447p-46},
    {0x1.b5p-1, 0x1.4462b9dc9cp-3, -0x1.84858a711b062p-44},
    {0x1.aap-1, 0x1.7898d85444p-3, 0x1.8e67be3dbaf3fp-44},
    {0x1.9fp-1, 0x1.ae2ca6f672p-3, 0x1.7a8d5ae54f55p-44},
    {0x1.95p-1, 0x1.e020cc6236p-3, -0x1.52b00adb91424p-45},
    {0x1.8bp-1, 0x1.09aa572e6cp-2, 0x1.b50a1e1734342p-44},
    {0x1.82p-1, 0x1.214456d0ecp-2, -0x1.caf0428b728a3p-44},
    {0x1.79p-1, 0x1.396ce359bcp-2, -0x1.5839c5663663dp-47},
};

/* The three numbers of four cells: loads of whole rows, turned, take a third of the time of three gathers. */
VECTOR_INLINE void look_up_cells(__m256i cells, __m256d *inverse, __m256d *c, __m256d *rest) {
    __m256d row[4] = {
        _mm256_loadu_pd(CELL[_mm256_extract_epi64(cells, 0)]), _mm256_loadu_pd(CELL[_mm256_extract_epi64(cells, 1)]),
        _mm256_loadu_pd(CELL[_mm256_extract_epi64(cells, 2)]), _mm256_loadu_pd(CELL[_mm256_extract_epi64(cells, 3)]),
    };
    __m256d first = _mm256_unpacklo_pd(row[0], row[1]), second = _mm256_unpacklo_pd(row[2], row[3]);
    __m256d high_0 = _mm256_unpackhi_pd(row[0], row[1]), high_1 = _mm256_unpackhi_pd(row[2], row[3]);
    *inverse = _mm256_permute2f128_pd(first, second, 0x20), *rest = _mm256_permute2f128_pd(first, second, 0x31);
    *c = _mm256_permute2f128_pd(high_0, high_1, 0x20);
}

/* ln x = k ln 2 + ln c + ln(1 + r), with x = 2^k z, z from 0.6875 to 1.375, and r = z/c - 1: a float and a rest, from
-2^-5 to 2^-5. Then ln(1 + r) - r + r²/2 is r³ p(r), of which p is the minimax polynomial, off by 2^-66 at most. k ln 2
and ln c are sums of two floats, the first short enough for exact sums; what is added to these is smaller, so that the
rests of sums are exact, too (Dekker, "A floating-point technique for extending the available precision", 1971). `hard`
has a bit for each lane that is left to the scalar function. */
VECTOR_INLINE __m256d log_lanes(__m256d x, int *hard) {
    const __m256i offset = _mm256_set1_epi64x(0x3fe6000000000000), evens = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
    __m256i bits = (__m256i)x, from_start = _mm256_sub_epi64(bits, offset);
    __m256i halves = _mm256_srai_epi32(_mm256_shuffle_epi32(from_start, 0xF5), 20); /* both of a lane are k */
    __m256d k = _mm256_cvtepi32_pd(_mm256_castsi256_si128(_mm256_permutevar8x32_epi32(halves, evens)));
    __m256d z = (__m256d)_mm256_sub_epi64(bits, _mm256_slli_epi64(halves, 52));
    __m256i cell = _mm256_and_si256(_mm256_srli_epi64(from_start, 47), _mm256_set1_epi64x(31));
    __m256d inverse, c, c_rest;
    look_up_cells(cell, &inverse, &c, &c_rest);

    __m256d product = z * inverse, r = product - EACH_LANE(1), r_rest = _mm256_fmsub_pd(z, inverse, product);
    __m256d r2 = r * r, half = EACH_LANE(0.5) * r2, half_rest = EACH_LANE(0.5) * _mm256_fmsub_pd(r, r, r2);
    __m256d low = cubic(r, r2, 0x1.5555555555555p-2, -0x1.fffffffffffa0p-3, 0x1.9999999999805p-3,
                        -0x1.5555555695fabp-3);
    __m256d middle = cubic(r, r2, 0x1.249249274509ap-3, -0x1.ffffdbefc3c20p-4, 0x1.c71c3cbfe6256p-4,
                           -0x1.9a59d9ac4eb5ap-4);
    __m256d r4 = r2 * r2, p = multiply_add(r4, multiply_add(r4, EACH_LANE(0x1.7536081da8df4p-4), middle), low);

    __m256d large = multiply_add(k, EACH_LANE(0x1.62e42fefa3800p-1), c), sum = large + r, y = sum - half;
    __m256d rest = multiply_add(k, EACH_LANE(0x1.ef35793c76730p-45), c_rest) + _mm256_fnmadd_pd(r_rest, r, r_rest);
    rest = ((large - sum) + r) + (((sum - y) - half) + (rest - half_rest));
    rest = multiply_add(r2 * r, p, rest);

    __m256d exponent = _mm256_and_pd(y, (__m256d)_mm256_set1_epi64x(0x7ff0000000000000));
    __m256d margin = exponent * EACH_LANE(0x1.cp-58); /* 0.027 of the last place: the C library is off by 0.520 */
    __m256d more = y + (rest + margin), less = y + (rest - margin);
    __m256d inside = _mm256_and_pd(_mm256_cmp_pd(x, EACH_LANE(0x1p-1022), _CMP_GE_OQ),
                                   _mm256_cmp_pd(x, EACH_LANE(0x1.fffffffffffffp+1023), _CMP_LE_OQ));
    *hard = 15 & ~_mm256_movemask_pd(_mm256_and_pd(inside, _mm256_cmp_pd(more, less, _CMP_EQ_OQ)));
    return more;
}

VECTOR static void vector_log(size_t n, const double *in, double *out) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        int hard;
        __m256d x = _mm256_loadu_pd(in + i), y = log_lanes(x, &hard);
        double from[4];
        _mm256_storeu_pd(from, x), _mm256_storeu_pd(out + i, y);
        for (int k = 0; hard >> k; k++)
            if (hard >> k & 1) out[i + k] = log(from[k]);
    }
    for (; i < n; i++) out[i] = log(in[i]);
}

#endif

#endif
