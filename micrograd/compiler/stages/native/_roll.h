/* From rows to blocks: roll.py. */

/* Fill the arrays of the plan's blocks; 0 and an exception if there is no memory. */
static int roll_plan(Roll *r, const uint32_t *left, const uint32_t *right, const uint8_t *varying,
                     const int32_t *apart) {
    Plan *p = &r->plan;
    jmp_buf no_memory;
    p->keep.no_memory = p->now.no_memory = &no_memory;
    if (setjmp(no_memory)) return PyErr_NoMemory(), 0;
    make_plan(p, left, right, varying, apart);
    Units units = {0};
    uint32_t chains;
    size_t count;
    find_units(p, &units);
    Chain *chain = fuse(p, &units, &chains);
    Place *steps = order_steps(p, chain, chains, &count);
    r->at.slot = TAKE(&p->keep, uint32_t, p->count);
    r->at.step = TAKE(&p->keep, uint32_t, p->count);
    for (uint32_t i = 0; i < p->first; i++) r->at.slot[i] = i;
    r->slots = p->first;
    write_steps(r, steps, count);
    RESERVE(r, &r->outputs, p->returned);
    for (size_t k = 0; k < p->returned; k++) PUT(&r->outputs, r->at.slot[p->outputs[k]]);
    return 1;
}

/* Whether each row reads rows before it only, and all numbers fit together. */
static int are_rows(const Plan *p, size_t rows, const uint32_t *left, const uint32_t *right) {
    uint32_t end = 0;
    for (size_t k = 0; k < rows; k++) {
        uint32_t begin = end;
        end = p->ends[k];
        if (end < begin || end > p->terms || p->adjoint_of[k] >= p->count) return 0;
        for (uint32_t t = begin; t < end; t++)
            if (left[t] >= p->first + k || right[t] >= p->first + k) return 0;
    }
    for (size_t k = 0; k < p->returned; k++)
        if (p->outputs[k] >= p->count) return 0;
    return end == p->terms;
}

#define SHOWN(array_type, code, list) to_array(array_type, code, (list).at, (list).n * sizeof *(list).at)

/* roll(constants, kinds, ends, left, right, adjoint_of, outputs, varying, apart, sum, sides, least): the number of
   slots, then the arrays of Blocks from `steps` to `right`, and `outputs`. */
static PyObject *roll_rows(PyObject *array_type, PyObject *args) {
    Py_buffer ends, left, right, adjoint_of, outputs, kinds, varying, apart, sides;
    Roll r = {0};
    Py_ssize_t constants;
    long long least;
    unsigned char sum;
    if (!PyArg_ParseTuple(args, "ny*y*y*y*y*y*y*y*by*L:roll", &constants, &kinds, &ends, &left, &right, &adjoint_of,
                          &outputs, &varying, &apart, &sum, &sides, &least))
        return NULL;
    Plan *p = &r.plan;
    size_t rows = (size_t)kinds.len, wide = sizeof(uint32_t);
    *p = (Plan){
        .inputs = (uint32_t)varying.len, .constants = (uint32_t)constants, .kinds = kinds.buf, .sides = sides.buf,
        .ends = ends.buf, .adjoint_of = adjoint_of.buf, .outputs = outputs.buf, .terms = left.len / wide,
        .returned = outputs.len / wide, .least = least, .sum = sum,
    };
    p->first = 1 + p->inputs + p->constants, p->count = p->first + (uint32_t)rows;
    PyObject *out = NULL;
    if (ends.len != (Py_ssize_t)(rows * wide) || adjoint_of.len != ends.len || left.len != right.len ||
        (apart.len && apart.len != varying.len * (Py_ssize_t)wide) || sides.len != 256 ||
        !are_rows(p, rows, left.buf, right.buf))
        PyErr_SetString(PyExc_ValueError, "these arrays are no rows");
    else if (roll_plan(&r, left.buf, right.buf, varying.buf, apart.len ? apart.buf : NULL))
        out = Py_BuildValue("INNNNNNNN", r.slots, SHOWN(array_type, "q", r.steps), SHOWN(array_type, "q", r.pieces),
                            SHOWN(array_type, "q", r.tails), SHOWN(array_type, "I", r.index),
                            SHOWN(array_type, "I", r.ends), SHOWN(array_type, "I", r.left),
                            SHOWN(array_type, "I", r.right), SHOWN(array_type, "I", r.outputs));
    drop_arena(&p->keep);
    drop_arena(&p->now);
    Longs *longs[] = {&r.steps, &r.pieces, &r.tails};
    Ints *ints[] = {&r.index, &r.ends, &r.left, &r.right, &r.outputs};
    for (int k = 0; k < 3; k++) DROP(longs[k]);
    for (int k = 0; k < 5; k++) DROP(ints[k]);
    Py_buffer *buffers[] = {&ends, &left, &right, &adjoint_of, &outputs, &kinds, &varying, &apart, &sides};
    for (int k = 0; k < 9; k++) PyBuffer_Release(buffers[k]);
    return out;
}
