/* Written by `python -m tools.generate` from the table of primitives in `ops`.

A rule stores the result of finite operands and its local derivatives, and returns whether all floats on the way are
finite (a sum is so only if all its terms are). If not, what it stored does not count: the rule in Python runs. A local
derivative of 0 is SHUT if the primitive is a gate (1 in the lists at the end). */

#include "_elementary.h"

/* add: x + y. */
static inline int rule_add(double x, double y, double *out, double *dx, double *dy) {
    double t0 = x + y;
    *out = t0;
    *dx = 1.0;
    *dy = 1.0;
    return isfinite(t0);
}

/* sub: x − y. */
static inline int rule_sub(double x, double y, double *out, double *dx, double *dy) {
    double t0 = x - y;
    *out = t0;
    *dx = 1.0;
    *dy = -1.0;
    return isfinite(t0);
}

/* mul: x · y: each operand's derivative is the other's value. */
static inline int rule_mul(double x, double y, double *out, double *dx, double *dy) {
    double t0 = x * y;
    *out = t0;
    *dx = y;
    *dy = x;
    return isfinite(t0);
}

/* div: x / y. */
static inline int rule_div(double x, double y, double *out, double *dx, double *dy) {
    double t0 = x / y;
    double t1 = 1.0 / y;
    double t2 = -t0;
    double t3 = t2 / y;
    *out = t0;
    *dx = t1;
    *dy = t3;
    return isfinite(y + t1 + t3);
}

/* neg: −x. */
static inline int rule_neg(double x, double *out, double *dx) {
    double t0 = -x;
    *out = t0;
    *dx = -1.0;
    return isfinite(x);
}

/* mod: x − y·⌊x/y⌋, with the sign of y, as in Python. */
static inline int rule_mod(double x, double y, double *out, double *dx, double *dy) {
    double t0 = modulo(x, y);
    double t1 = x / y;
    double t2 = floor(t1) + 0;
    double t3 = -t2;
    *out = t0;
    *dx = 1.0;
    *dy = t3;
    return isfinite(y + t0 + t1 + t2);
}

/* floordiv: ⌊x/y⌋: a step function, with the derivative 0 wherever it has one. */
static inline int rule_floordiv(double x, double y, double *out, double *dx, double *dy) {
    double t0 = floor_divide(x, y);
    *out = t0;
    *dx = 0.0;
    *dy = 0.0;
    return isfinite(x + y + t0);
}

/* power: xᵏ with a constant k, which is not a parent: ∂out/∂x = k · xᵏ⁻¹, and 0 for k = 0. */
static inline int rule_power(double x, double k, double *out, double *dx) {
    if (!(fabs(k) <= 9e15)) return 0;
    double t0 = to_the(x, k);
    if (k == 0.0) return 0;
    double t1 = k - 1.0;
    double t2 = to_the(x, t1);
    double t3 = k * t2;
    *out = t0;
    *dx = t3;
    return isfinite(x + t0 + t1 + t3);
}

/* power_value: xʸ: ∂out/∂x = y · xʸ⁻¹ and ∂out/∂y = xʸ · ln x. */
static inline int rule_power_value(double x, double y, double *out, double *dx, double *dy) {
    double t0 = to_the(x, y);
    double t1 = y - 1.0;
    double t2 = to_the(x, t1);
    double t3 = y * t2;
    double t4 = log(x);
    double t5 = t0 * t4;
    double t6 = x >= 0.0 ? (x <= 0.0 ? (y >= 0.0 ? (y <= 0.0 ? 0.0 : t3) : t3) : t3) : t3;
    double t7 = x >= 0.0 ? (x <= 0.0 ? (y >= 0.0 ? 0.0 : t5) : t5) : t5;
    *out = t0;
    *dx = t6;
    *dy = t7;
    return isfinite(x + t1 + t3 + t5);
}

/* exp: eˣ, its own derivative. */
static inline int rule_exp(double x, double *out, double *dx) {
    double t0 = exp(x);
    *out = t0;
    *dx = t0;
    return isfinite(x + t0);
}

/* log: The natural logarithm. */
static inline int rule_log(double x, double *out, double *dx) {
    double t0 = log(x);
    double t1 = 1.0 / x;
    *out = t0;
    *dx = t1;
    return isfinite(x + t0 + t1);
}

/* log1p: ln(1 + x), exact near 0. */
static inline int rule_log1p(double x, double *out, double *dx) {
    double t0 = log1p(x);
    double t1 = 1.0 + x;
    double t2 = 1.0 / t1;
    *out = t0;
    *dx = t2;
    return isfinite(t0 + t1 + t2);
}

/* expm1: eˣ − 1, exact near 0. */
static inline int rule_expm1(double x, double *out, double *dx) {
    double t0 = expm1(x);
    double t1 = exp(x);
    *out = t0;
    *dx = t1;
    return isfinite(x + t0 + t1);
}

/* sqrt: √x; the derivative at 0 is inf. */
static inline int rule_sqrt(double x, double *out, double *dx) {
    double t0 = sqrt(x);
    double t1 = 0.5 / t0;
    *out = t0;
    *dx = t1;
    return isfinite(x + t0 + t1);
}

/* sin: sin x, x in radians. */
static inline int rule_sin(double x, double *out, double *dx) {
    double t0 = sin(x);
    double t1 = cosine(x);
    *out = t0;
    *dx = t1;
    return isfinite(x + t0 + t1);
}

/* cos: cos x, x in radians. */
static inline int rule_cos(double x, double *out, double *dx) {
    double t0 = cosine(x);
    double t1 = sin(x);
    double t2 = -t1;
    *out = t0;
    *dx = t2;
    return isfinite(x + t0 + t1);
}

/* tan: tan x, x in radians. */
static inline int rule_tan(double x, double *out, double *dx) {
    double t0 = tan(x);
    double t1 = t0 * t0;
    double t2 = 1.0 + t1;
    *out = t0;
    *dx = t2;
    return isfinite(x + t2);
}

/* atan: The inverse tangent, in radians between −π/2 and π/2. */
static inline int rule_atan(double x, double *out, double *dx) {
    double t0 = atan(x);
    double t1 = x * x;
    double t2 = 1.0 + t1;
    double t3 = 1.0 / t2;
    *out = t0;
    *dx = t3;
    return isfinite(t0 + t2 + t3);
}

/* tanh: The hyperbolic tangent. */
static inline int rule_tanh(double x, double *out, double *dx) {
    double t0 = tanh(x);
    double t1 = t0 * t0;
    double t2 = 1.0 - t1;
    *out = t0;
    *dx = t2;
    return isfinite(x + t2);
}

/* sigmoid: σ(x) = 1 / (1 + e⁻ˣ), without overflow on either side. */
static inline int rule_sigmoid(double x, double *out, double *dx) {
    double t0 = sigmoid(x);
    double t1 = 1.0 - t0;
    double t2 = t0 * t1;
    *out = t0;
    *dx = t2;
    return isfinite(x + t2);
}

/* softplus: ln(1 + eˣ), without overflow; its derivative is σ(x). */
static inline int rule_softplus(double x, double *out, double *dx) {
    double t0 = softplus(x);
    double t1 = sigmoid(x);
    *out = t0;
    *dx = t1;
    return isfinite(x + t0 + t1);
}

/* erf: The error function 2/√π ∫₀ˣ e^(−t²) dt. */
static inline int rule_erf(double x, double *out, double *dx) {
    double t0 = erf(x);
    double t1 = x * x;
    double t2 = -t1;
    double t3 = exp(t2);
    double t4 = 1.1283791670955126 * t3;
    *out = t0;
    *dx = t4;
    return isfinite(t0 + t1 + t4);
}

/* exp2: 2ˣ. */
static inline int rule_exp2(double x, double *out, double *dx) {
    double t0 = two_to_the(x);
    double t1 = 0.6931471805599453 * t0;
    *out = t0;
    *dx = t1;
    return isfinite(x + t1);
}

/* log2: The logarithm to base 2. */
static inline int rule_log2(double x, double *out, double *dx) {
    double t0 = log2(x);
    double t1 = 0.6931471805599453 * x;
    double t2 = 1.0 / t1;
    *out = t0;
    *dx = t2;
    return isfinite(t0 + t1 + t2);
}

/* log10: The logarithm to base 10. */
static inline int rule_log10(double x, double *out, double *dx) {
    double t0 = log10(x);
    double t1 = 2.302585092994046 * x;
    double t2 = 1.0 / t1;
    *out = t0;
    *dx = t2;
    return isfinite(t0 + t1 + t2);
}

/* cbrt: The real cube root, of negative operands too; the derivative at 0 is inf. */
static inline int rule_cbrt(double x, double *out, double *dx) {
    double t0 = cube_root(x);
    double t1 = 3.0 * t0;
    double t2 = t1 * t0;
    double t3 = 1.0 / t2;
    *out = t0;
    *dx = t3;
    return isfinite(x + t2 + t3);
}

/* asin: The inverse sine, in radians between −π/2 and π/2; the derivative at ±1 is inf. */
static inline int rule_asin(double x, double *out, double *dx) {
    double t0 = asin(x);
    double t1 = 1.0 - x;
    double t2 = 1.0 + x;
    double t3 = t1 * t2;
    double t4 = sqrt(t3);
    double t5 = 1.0 / t4;
    *out = t0;
    *dx = t5;
    return isfinite(t0 + t3 + t4 + t5);
}

/* acos: The inverse cosine, in radians between 0 and π; the derivative at ±1 is −inf. */
static inline int rule_acos(double x, double *out, double *dx) {
    double t0 = acos(x);
    double t1 = 1.0 - x;
    double t2 = 1.0 + x;
    double t3 = t1 * t2;
    double t4 = sqrt(t3);
    double t5 = -1.0 / t4;
    *out = t0;
    *dx = t5;
    return isfinite(t0 + t3 + t4 + t5);
}

/* sinh: The hyperbolic sine. */
static inline int rule_sinh(double x, double *out, double *dx) {
    double t0 = sinh(x);
    double t1 = cosh(x);
    *out = t0;
    *dx = t1;
    return isfinite(x + t0 + t1);
}

/* cosh: The hyperbolic cosine. */
static inline int rule_cosh(double x, double *out, double *dx) {
    double t0 = cosh(x);
    double t1 = sinh(x);
    *out = t0;
    *dx = t1;
    return isfinite(x + t0 + t1);
}

/* asinh: The inverse hyperbolic sine. */
static inline int rule_asinh(double x, double *out, double *dx) {
    double t0 = asinh(x);
    double t1 = x * x;
    double t2 = 1.0 + t1;
    double t3 = sqrt(t2);
    double t4 = 1.0 / t3;
    *out = t0;
    *dx = t4;
    return isfinite(t0 + t2 + t3 + t4);
}

/* acosh: The inverse hyperbolic cosine; the derivative at 1 is inf. */
static inline int rule_acosh(double x, double *out, double *dx) {
    double t0 = acosh(x);
    double t1 = x - 1.0;
    double t2 = sqrt(t1);
    double t3 = x + 1.0;
    double t4 = sqrt(t3);
    double t5 = t2 * t4;
    double t6 = 1.0 / t5;
    *out = t0;
    *dx = t6;
    return isfinite(t0 + t1 + t3 + t5 + t6);
}

/* atanh: The inverse hyperbolic tangent. */
static inline int rule_atanh(double x, double *out, double *dx) {
    double t0 = atanh(x);
    double t1 = 1.0 - x;
    double t2 = 1.0 + x;
    double t3 = t1 * t2;
    double t4 = 1.0 / t3;
    *out = t0;
    *dx = t4;
    return isfinite(t0 + t3 + t4);
}

/* erfc: 1 − erf(x), without cancellation for large x. */
static inline int rule_erfc(double x, double *out, double *dx) {
    double t0 = erfc(x);
    double t1 = x * x;
    double t2 = -t1;
    double t3 = exp(t2);
    double t4 = -1.1283791670955126 * t3;
    *out = t0;
    *dx = t4;
    return isfinite(t0 + t1 + t4);
}

/* log_ndtr: ln Φ(x) with the normal distribution function Φ, without underflow; the derivative is φ(x) / Φ(x). */
static inline int rule_log_ndtr(double x, double *out, double *dx) {
    double t0 = log_ndtr(x);
    double t1 = x < -5.0 ? -5.0 : x;
    double t2 = t1 * t1;
    double t3 = -t2;
    double t4 = t3 / 2.0;
    double t5 = exp(t4);
    double t6 = 0.7978845608028654 * t5;
    double t7 = -0.7071067811865476 * t1;
    double t8 = erfc(t7);
    double t9 = t6 / t8;
    double t10 = x < -5.0 ? x : -5.0;
    double t11 = -t10;
    double t12 = 20.0 / t11;
    double t13 = t11 + t12;
    double t14 = 19.0 / t13;
    double t15 = t11 + t14;
    double t16 = 18.0 / t15;
    double t17 = t11 + t16;
    double t18 = 17.0 / t17;
    double t19 = t11 + t18;
    double t20 = 16.0 / t19;
    double t21 = t11 + t20;
    double t22 = 15.0 / t21;
    double t23 = t11 + t22;
    double t24 = 14.0 / t23;
    double t25 = t11 + t24;
    double t26 = 13.0 / t25;
    double t27 = t11 + t26;
    double t28 = 12.0 / t27;
    double t29 = t11 + t28;
    double t30 = 11.0 / t29;
    double t31 = t11 + t30;
    double t32 = 10.0 / t31;
    double t33 = t11 + t32;
    double t34 = 9.0 / t33;
    double t35 = t11 + t34;
    double t36 = 8.0 / t35;
    double t37 = t11 + t36;
    double t38 = 7.0 / t37;
    double t39 = t11 + t38;
    double t40 = 6.0 / t39;
    double t41 = t11 + t40;
    double t42 = 5.0 / t41;
    double t43 = t11 + t42;
    double t44 = 4.0 / t43;
    double t45 = t11 + t44;
    double t46 = 3.0 / t45;
    double t47 = t11 + t46;
    double t48 = 2.0 / t47;
    double t49 = t11 + t48;
    double t50 = 1.0 / t49;
    double t51 = t11 + t50;
    double t52 = x < -5.0 ? t51 : t9;
    *out = t0;
    *dx = t52;
    return isfinite(x + t0 + t4 + t7 + t8 + t9 + t13 + t15 + t17 + t19 + t21 + t23 + t25 + t27 + t29 + t31 + t33 + t35 +
        t37 + t39 + t41 + t43 + t45 + t47 + t49 + t51);
}

/* logaddexp: ln(eˣ + eʸ), without overflow. */
static inline int rule_logaddexp(double x, double y, double *out, double *dx, double *dy) {
    double t0 = logaddexp(x, y);
    double t1 = x - y;
    double t2 = sigmoid(t1);
    double t3 = y - x;
    double t4 = sigmoid(t3);
    *out = t0;
    *dx = t2;
    *dy = t4;
    return isfinite(t0 + t1 + t2 + t3 + t4);
}

/* softsign: x / (1 + |x|). */
static inline int rule_softsign(double x, double *out, double *dx) {
    double t0 = fabs(x);
    double t1 = 1.0 + t0;
    double t2 = x / t1;
    double t3 = t1 * t1;
    double t4 = 1.0 / t3;
    *out = t2;
    *dx = t4;
    return isfinite(t2 + t3 + t4);
}

/* silu: x · σ(x) (Hendrycks and Gimpel 2016). */
static inline int rule_silu(double x, double *out, double *dx) {
    double t0 = sigmoid(x);
    double t1 = x * t0;
    double t2 = 1.0 - t0;
    double t3 = t1 * t2;
    double t4 = t0 + t3;
    *out = t1;
    *dx = t4;
    return isfinite(t4);
}

/* gelu: x · Φ(x) with the normal distribution's Φ, exact (Hendrycks and Gimpel 2016). */
static inline int rule_gelu(double x, double *out, double *dx) {
    double t0 = -0.7071067811865476 * x;
    double t1 = erfc(t0);
    double t2 = 0.5 * t1;
    double t3 = x * t2;
    double t4 = x * x;
    double t5 = -0.5 * t4;
    double t6 = exp(t5);
    double t7 = x * t6;
    double t8 = t7 / 2.5066282746310002;
    double t9 = t2 + t8;
    *out = t3;
    *dx = t9;
    return isfinite(t0 + t3 + t5 + t9);
}

/* mish: x · tanh(softplus(x)) (Misra 2019). */
static inline int rule_mish(double x, double *out, double *dx) {
    double t0 = softplus(x);
    double t1 = tanh(t0);
    double t2 = x * t1;
    double t3 = sigmoid(x);
    double t4 = x * t3;
    double t5 = t1 * t1;
    double t6 = 1.0 - t5;
    double t7 = t4 * t6;
    double t8 = t1 + t7;
    *out = t2;
    *dx = t8;
    return isfinite(t0 + t2 + t8);
}

/* relu: max(0, x). */
static inline int rule_relu(double x, double *out, double *dx) {
    double t0 = x <= 0.0 ? 0.0 : x;
    double t1 = x > 0.0 ? 1.0 : 0.0;
    *out = t0;
    *dx = t1;
    return isfinite(x);
}

/* abs: |x|. */
static inline int rule_abs(double x, double *out, double *dx) {
    double t0 = fabs(x);
    double t1 = x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0;
    *out = t0;
    *dx = t1;
    return isfinite(x);
}

/* max: The larger operand. */
static inline int rule_max(double x, double y, double *out, double *dx, double *dy) {
    double t0 = y <= x ? x : y;
    double t1 = y <= x ? 1.0 : 0.0;
    double t2 = x < y ? 1.0 : 0.0;
    *out = t0;
    *dx = t1;
    *dy = t2;
    return isfinite(x + y);
}

/* min: The smaller operand. */
static inline int rule_min(double x, double y, double *out, double *dx, double *dy) {
    double t0 = x <= y ? x : y;
    double t1 = x <= y ? 1.0 : 0.0;
    double t2 = y < x ? 1.0 : 0.0;
    *out = t0;
    *dx = t1;
    *dy = t2;
    return isfinite(x + y);
}

/* sign: 1 above 0, −1 below, 0 at 0: a step function, with the derivative 0. */
static inline int rule_sign(double x, double *out, double *dx) {
    double t0 = x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0;
    *out = t0;
    *dx = 0.0;
    return isfinite(x);
}

/* floor: The largest whole number that is at most x: a step function, with the derivative 0. */
static inline int rule_floor(double x, double *out, double *dx) {
    double t0 = floor(x) + 0;
    *out = t0;
    *dx = 0.0;
    return isfinite(x + t0);
}

/* ceil: The smallest whole number that is at least x: a step function, with the derivative 0. */
static inline int rule_ceil(double x, double *out, double *dx) {
    double t0 = ceil(x) + 0;
    *out = t0;
    *dx = 0.0;
    return isfinite(x + t0);
}

/* trunc: x without its fraction, rounded towards 0: a step function, with the derivative 0. */
static inline int rule_trunc(double x, double *out, double *dx) {
    double t0 = trunc(x) + 0;
    *out = t0;
    *dx = 0.0;
    return isfinite(x + t0);
}

/* hardtanh: x between −1 and 1, −1 below and 1 above; at both kinks the derivative is 0, as in PyTorch. */
static inline int rule_hardtanh(double x, double *out, double *dx) {
    double t0 = x <= -1.0 ? -1.0 : x >= 1.0 ? 1.0 : x;
    double t1 = x <= -1.0 ? 0.0 : x >= 1.0 ? 0.0 : 1.0;
    *out = t0;
    *dx = t1;
    return isfinite(x);
}

/* relu6: x between 0 and 6, 0 below and 6 above; at both kinks the derivative is 0, as in PyTorch. */
static inline int rule_relu6(double x, double *out, double *dx) {
    double t0 = x <= 0.0 ? 0.0 : x >= 6.0 ? 6.0 : x;
    double t1 = x <= 0.0 ? 0.0 : x >= 6.0 ? 0.0 : 1.0;
    *out = t0;
    *dx = t1;
    return isfinite(x);
}

#define RULES_OF_ONE(R) \
    R(neg, 0) \
    R(exp, 0) \
    R(log, 0) \
    R(log1p, 0) \
    R(expm1, 0) \
    R(sqrt, 0) \
    R(sin, 0) \
    R(cos, 0) \
    R(tan, 0) \
    R(atan, 0) \
    R(tanh, 0) \
    R(sigmoid, 0) \
    R(softplus, 0) \
    R(erf, 0) \
    R(exp2, 0) \
    R(log2, 0) \
    R(log10, 0) \
    R(cbrt, 0) \
    R(asin, 0) \
    R(acos, 0) \
    R(sinh, 0) \
    R(cosh, 0) \
    R(asinh, 0) \
    R(acosh, 0) \
    R(atanh, 0) \
    R(erfc, 0) \
    R(log_ndtr, 0) \
    R(softsign, 0) \
    R(silu, 0) \
    R(gelu, 0) \
    R(mish, 0) \
    R(relu, 1) \
    R(abs, 0) \
    R(sign, 1) \
    R(floor, 1) \
    R(ceil, 1) \
    R(trunc, 1) \
    R(hardtanh, 1) \
    R(relu6, 1)

#define METHODS_OF_ONE(M) \
    M("exp", exp) \
    M("log", log) \
    M("log1p", log1p) \
    M("expm1", expm1) \
    M("sqrt", sqrt) \
    M("sin", sin) \
    M("cos", cos) \
    M("tan", tan) \
    M("atan", atan) \
    M("arctan", atan) \
    M("tanh", tanh) \
    M("sigmoid", sigmoid) \
    M("softplus", softplus) \
    M("erf", erf) \
    M("exp2", exp2) \
    M("log2", log2) \
    M("log10", log10) \
    M("cbrt", cbrt) \
    M("asin", asin) \
    M("arcsin", asin) \
    M("acos", acos) \
    M("arccos", acos) \
    M("sinh", sinh) \
    M("cosh", cosh) \
    M("asinh", asinh) \
    M("arcsinh", asinh) \
    M("acosh", acosh) \
    M("arccosh", acosh) \
    M("atanh", atanh) \
    M("arctanh", atanh) \
    M("erfc", erfc) \
    M("log_ndtr", log_ndtr) \
    M("softsign", softsign) \
    M("silu", silu) \
    M("gelu", gelu) \
    M("mish", mish) \
    M("relu", relu) \
    M("abs", abs) \
    M("sign", sign) \
    M("floor", floor) \
    M("__floor__", floor) \
    M("ceil", ceil) \
    M("__ceil__", ceil) \
    M("trunc", trunc) \
    M("__trunc__", trunc) \
    M("hardtanh", hardtanh) \
    M("relu6", relu6)

#define SLOTS_OF_ONE(S) \
    S(nb_negative, neg) \
    S(nb_absolute, abs)

#define RULES_OF_TWO(R) \
    R(add, 0) \
    R(sub, 0) \
    R(mul, 0) \
    R(div, 0) \
    R(mod, 0) \
    R(floordiv, 1) \
    R(power_value, 0) \
    R(logaddexp, 0) \
    R(max, 1) \
    R(min, 1)

#define METHODS_OF_TWO(M) \
    M("_to_the", power_value) \
    M("logaddexp", logaddexp) \
    M("max", max) \
    M("min", min)

#define SLOTS_OF_TWO(S) \
    S(nb_add, add) \
    S(nb_subtract, sub) \
    S(nb_multiply, mul) \
    S(nb_true_divide, div) \
    S(nb_remainder, mod) \
    S(nb_floor_divide, floordiv)
