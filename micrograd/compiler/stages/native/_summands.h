/* Which sums the first of several equal summands is given back to, and what else is to be seen of sums: summands.py. */

/* rows_with(place, kinds, ends, left, right, sum, marks, side, least, most): the places of the sums of so many terms in
   which an item of that side is marked. */
static PyObject *rows_with(PyObject *array_type, PyObject *const *args) {
    Operands o;
    Py_buffer view;
    Ints found = {0};
    long numbers[4];
    static const int at[] = {5, 7, 8, 9};
    for (int k = 0; k < 4; k++)
        if ((numbers[k] = PyLong_AsLong(args[at[k]])) == -1 && PyErr_Occurred()) return NULL;
    if (!open_operands(args, &o)) return NULL;
    if (!read_array(args[6], &view, 'B')) return close_operands(&o), NULL;
    const uint8_t *marks = view.buf;
    int right = view.len >= (Py_ssize_t)o.numbers && (numbers[1] == 0 || numbers[1] == 1);
    if (!right) PyErr_SetString(PyExc_ValueError, "there is a mark for each row, and a side is 0 or 1");
    for (uint32_t i = 0; right && i < o.rows; i++) {
        Items items;
        if (o.kinds[i] != numbers[0]) continue;
        if (!items_at(&o, i, &items)) right = (no_such_row(), 0);
        else if (items.n / PAIR < numbers[2] || items.n / PAIR > numbers[3]) continue;
        for (uint32_t k = 0; right && k < items.n / PAIR; k++)
            if (marks[items.sides[numbers[1]][k]]) {
                right = PUSH(&found, i);
                break;
            }
    }
    PyObject *out = right ? to_array(array_type, "I", found.at, found.n * sizeof *found.at) : NULL;
    DROP(&found);
    PyBuffer_Release(&view);
    close_operands(&o);
    return out;
}

/* summed_once(place, kinds, ends, left, right, sum): marks on sums that a sum of several terms adds, and nothing else
   reads. */
static PyObject *summed_once(PyObject *const *args) {
    Operands o;
    long sum = PyLong_AsLong(args[5]);
    if ((sum == -1 && PyErr_Occurred()) || !open_operands(args, &o)) return NULL;
    PyObject *out = PyBytes_FromStringAndSize(NULL, o.numbers);
    uint8_t *marks = out ? memset(PyBytes_AS_STRING(out), 0, o.numbers) : NULL;
    uint8_t *uses = out ? zeros(o.numbers, 1) : NULL; /* 2 for more */
    if (!uses) Py_CLEAR(out);
    for (uint32_t i = 0; out && i < o.rows; i++) {
        Items items;
        if (!items_at(&o, i, &items)) {
            no_such_row();
            Py_CLEAR(out);
            break;
        }
        for (uint32_t k = 0; k < items.n; k++) {
            uint32_t p = item(&items, k);
            uses[p] += uses[p] < 2;
            if (k % PAIR == 0 && o.kinds[i] == sum && items.n >= 2 * PAIR && o.place[p] < o.rows)
                marks[p] |= o.kinds[o.place[p]] == sum;
        }
    }
    for (uint32_t p = 0; out && p < o.numbers; p++) marks[p] = marks[p] && uses[p] == 1;
    PyMem_Free(uses);
    close_operands(&o);
    return out;
}
