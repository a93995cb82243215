/* The kinds of results: those of `program.KINDS`, in the same order. */

#ifndef MICROGRAD_KINDS_H
#define MICROGRAD_KINDS_H

#include "../../_core/native/_elementary.h"
#include "_functions.h"

#define NAMED(NAME, RESULT) KIND_##NAME,

enum {
    SUM,
    UNARY(NAMED) BINARY(NAMED) RELU, STEP, DIV, POW, LESS, AT_MOST, EQUAL, GATE, RELU_GATE, CHOOSE, PICK, KINDS
};

#undef NAMED

#define ANY UINT32_MAX

#define OF_ONE(NAME, RESULT) {#NAME, 1, 0},
#define OF_TWO(NAME, RESULT) {#NAME, 1, 1},

static const struct {
    const char *name;
    uint32_t terms;
    char binary; /* whether the right slot of the first pair counts; else it is ONE */
} KIND[KINDS] = {
    {"sum", ANY, 1}, UNARY(OF_ONE) BINARY(OF_TWO) {"relu", 1, 0},  {"step", 1, 0},   {"div", 1, 1},    {"pow", 1, 1},
    {"less", 1, 1},  {"at most", 1, 1},           {"equal", 1, 1}, {"gate", 1, 1},   {"relu gate", 1, 1},
    {"choose", 2, 1},
    {"pick", ANY, 0},
};

static const char *terms_of(int kind) {
    return kind == PICK ? "one term or more" : kind == CHOOSE ? "two terms" : "one term";
}

#undef OF_ONE
#undef OF_TWO

#endif
