/* Written by `python -m tools.generate` from the table of primitives in `ops`.
The functions of one number x, and of two, x and y. */

#define UNARY(F) \
    F(exp, exp(x)) \
    F(log, log(x)) \
    F(log1p, log1p(x)) \
    F(expm1, expm1(x)) \
    F(sqrt, sqrt(x)) \
    F(sin, sin(x)) \
    F(cos, cos(x)) \
    F(tan, tan(x)) \
    F(atan, atan(x)) \
    F(tanh, tanh(x)) \
    F(sigmoid, sigmoid(x)) \
    F(softplus, softplus(x)) \
    F(erf, erf(x)) \
    F(exp2, two_to_the(x)) \
    F(log2, log2(x)) \
    F(log10, log10(x)) \
    F(cbrt, cube_root(x)) \
    F(asin, asin(x)) \
    F(acos, acos(x)) \
    F(sinh, sinh(x)) \
    F(cosh, cosh(x)) \
    F(asinh, asinh(x)) \
    F(acosh, acosh(x)) \
    F(atanh, atanh(x)) \
    F(erfc, erfc(x)) \
    F(log_ndtr, log_ndtr(x)) \
    F(abs, fabs(x)) \
    F(floor, floor(x) + 0) \
    F(ceil, ceil(x) + 0) \
    F(trunc, trunc(x) + 0)

#define BINARY(F) \
    F(mod, modulo(x, y)) \
    F(floordiv, floor_divide(x, y)) \
    F(atan2, atan2(x, y)) \
    F(logaddexp, logaddexp(x, y)) \
    F(hypot, hypot(x, y))
