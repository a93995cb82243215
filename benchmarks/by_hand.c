/* W1 written by hand for this one network: the loss and the gradient of an MLP 2-16-16-1 with ReLU on 100 points, with
   the max-margin loss and 10⁻⁴ Σ p², in float64.

   The parameters stand neuron by neuron, the bias after the weights. Every matrix product is made of tiles of 2 × 16
   sums that stay in registers. The lanes of a vector are different sums, so that each adds its terms from left to right;
   only Σ p² runs in eight lanes. Points pass through all layers, forward and backward, in blocks that fit into the first
   cache. Compile with -ffp-contract=off: no product and sum are rounded as one. */

enum { POINTS = 100, BLOCK = 20, WIDTH = 16, ROW = WIDTH + 1 };
enum { FIRST = 0, SECOND = 3 * WIDTH, THIRD = SECOND + ROW * WIDTH, ALL = THIRD + ROW };

typedef double vector __attribute__((vector_size(32), aligned(8)));
typedef struct { vector at[2][4]; } tile;
typedef double matrix[BLOCK][WIDTH];

#define INLINE static inline __attribute__((always_inline))
#define EACH(i, n) _Pragma("GCC unroll 20") for (int i = 0; i < n; i++)
#define IN_A_REGISTER(x) __asm__("" : "+x"(x)) /* else gcc reads it from memory at each use */

INLINE vector load(const double *from) { return *(const vector *)from; }
INLINE void store(double *to, vector x) { *(vector *)to = x; }
INLINE vector where_positive(vector by, vector x) { return (vector)((__typeof__(by > 0.0))x & (by > 0.0)); }

/* Add Σₜ a[t] · row t to the first sums of a tile, and Σₜ b[t] · row t to the second. */
INLINE tile multiply(tile sums, const double *a, const double *b, int apart, const double *row, int width, int terms) {
    for (int t = 0; t < terms; t++, a += apart, b += apart, row += width)
        EACH(k, 4) {
            vector x = load(row + 4 * k);
            IN_A_REGISTER(x);
            sums.at[0][k] += *a * x;
            sums.at[1][k] += *b * x;
        }
    return sums;
}

double w1_step(const double *restrict p, const double *restrict points, const double *restrict labels,
               double *restrict gradient) {
    const double *first = p + FIRST, *second = p + SECOND, *third = p + THIRD;
    double columns1[3][WIDTH], columns2[ROW][WIDTH];
    double into1[3][WIDTH] = {0}, into2[WIDTH][WIDTH] = {0}, into_bias2[WIDTH] = {0}, into3[WIDTH] = {0}, into_bias3 = 0;
    double hinge = 0, slopes[BLOCK];
    matrix h1, h2, d1, d2;

    for (int i = 0; i < WIDTH; i++) {
        EACH(j, 3) columns1[j][i] = first[3 * i + j];
        EACH(j, ROW) columns2[j][i] = second[ROW * i + j];
    }
    for (int start = 0; start < POINTS; start += BLOCK) {
        const double *x = points + 2 * start, *y = labels + start;

        /* forward */
        EACH(k, 4) {
            vector a = load(columns1[0] + 4 * k), b = load(columns1[1] + 4 * k), bias = load(columns1[2] + 4 * k);
            for (int n = 0; n < BLOCK; n++) {
                vector s = x[2 * n] * a + x[2 * n + 1] * b + bias;
                store(h1[n] + 4 * k, where_positive(s, s));
            }
        }
        for (int n = 0; n < BLOCK; n += 2) {
            tile t = multiply((tile){0}, h1[n], h1[n + 1], 1, columns2[0], WIDTH, WIDTH);
            EACH(e, 2) EACH(k, 4) {
                vector s = t.at[e][k] + load(columns2[WIDTH] + 4 * k);
                store(h2[n + e] + 4 * k, where_positive(s, s));
            }
        }
        for (int n = 0; n < BLOCK; n += 10) { /* ten chains of additions at once */
            double s[10] = {0};
            for (int i = 0; i < WIDTH; i++) EACH(e, 10) s[e] += h2[n + e][i] * third[i];
            EACH(e, 10) {
                double margin = 1 - y[n + e] * (s[e] + third[WIDTH]);
                hinge += margin > 0 ? margin : 0;
                slopes[n + e] = margin > 0 ? -y[n + e] / POINTS : 0;
            }
        }

        /* backward */
        vector w[4], g[4], bias[4];
        EACH(k, 4) {
            w[k] = load(third + 4 * k);
            g[k] = load(into3 + 4 * k);
            bias[k] = load(into_bias2 + 4 * k);
        }
        for (int n = 0; n < BLOCK; n++) {
            into_bias3 += slopes[n];
            EACH(k, 4) {
                vector h = load(h2[n] + 4 * k), d = where_positive(h, slopes[n] * w[k]);
                g[k] += slopes[n] * h;
                bias[k] += d;
                store(d2[n] + 4 * k, d);
            }
        }
        EACH(k, 4) {
            store(into3 + 4 * k, g[k]);
            store(into_bias2 + 4 * k, bias[k]);
        }
        for (int n = 0; n < BLOCK; n += 2) {
            tile t = multiply((tile){0}, d2[n], d2[n + 1], 1, second, ROW, WIDTH);
            EACH(e, 2) EACH(k, 4) store(d1[n + e] + 4 * k, where_positive(load(h1[n + e] + 4 * k), t.at[e][k]));
        }
        for (int i = 0; i < WIDTH; i += 2) {
            tile t;
            EACH(e, 2) EACH(k, 4) t.at[e][k] = load(into2[i + e] + 4 * k);
            t = multiply(t, d2[0] + i, d2[0] + i + 1, WIDTH, h1[0], WIDTH, BLOCK);
            EACH(e, 2) EACH(k, 4) store(into2[i + e] + 4 * k, t.at[e][k]);
        }
        vector t[3][4];
        EACH(j, 3) EACH(k, 4) t[j][k] = load(into1[j] + 4 * k);
        for (int n = 0; n < BLOCK; n++) EACH(k, 4) {
            vector d = load(d1[n] + 4 * k);
            t[0][k] += x[2 * n] * d;
            t[1][k] += x[2 * n + 1] * d;
            t[2][k] += d;
        }
        EACH(j, 3) EACH(k, 4) store(into1[j] + 4 * k, t[j][k]);
    }

    for (int i = 0; i < WIDTH; i++) {
        EACH(j, 3) gradient[FIRST + 3 * i + j] = into1[j][i];
        EACH(k, 4) store(gradient + SECOND + ROW * i + 4 * k, load(into2[i] + 4 * k));
        gradient[SECOND + ROW * i + WIDTH] = into_bias2[i];
        gradient[THIRD + i] = into3[i];
    }
    gradient[THIRD + WIDTH] = into_bias3;

    vector squares[2] = {{0}};
    for (int i = 0; i < ALL - 1; i += 8) EACH(k, 2) {
        vector q = load(p + i + 4 * k);
        squares[k] += q * q;
        store(gradient + i + 4 * k, load(gradient + i + 4 * k) + 2e-4 * q);
    }
    vector sum = squares[0] + squares[1];
    double last = p[ALL - 1];
    gradient[ALL - 1] += 2e-4 * last;
    return hinge / POINTS + 1e-4 * (sum[0] + sum[1] + sum[2] + sum[3] + last * last);
}
