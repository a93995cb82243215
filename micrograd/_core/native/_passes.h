/* Walks over a graph: the topological sort, and the sweep of `backward` from the output to the leaves.

The sort runs no code of Python's, so no other thread comes between; its marks are gone when it returns. */

typedef struct {
    Node **at;
    Py_ssize_t count, room;
    PyTypeObject *kind; /* of the last node that `in_slot` was asked about, and what it said */
    int kept, odd;      /* whether a sort has met a gradient that is not a double in its slot */
} Nodes;

static inline int push(Nodes *nodes, Node *v) {
    if (nodes->count == nodes->room) {
        Py_ssize_t room = nodes->room ? 2 * nodes->room : 256;
        Node **more = PyMem_RawRealloc(nodes->at, room * sizeof(Node *));
        if (!more) return 0;
        nodes->at = more, nodes->room = room;
    }
    nodes->at[nodes->count++] = v;
    return 1;
}

static void drop(Nodes *nodes) {
    PyMem_RawFree(nodes->at);
    nodes->at = NULL, nodes->count = nodes->room = 0;
}

enum { NEW, OPENED, DONE };

/* ---- gradients: a double where nobody looks, an attribute where somebody may */

static inline int in_slot(Nodes *nodes, Node *v) {
    if (Py_TYPE(v) != nodes->kind) nodes->kind = Py_TYPE(v), nodes->kept = keeps_grad(Py_TYPE(v));
    return nodes->kept;
}

/* ---- the sort */

static inline int open_if_needed(Nodes *stack, PyObject *p) {
    return !N(p)->a || N(p)->mark == DONE || push(stack, N(p));
}

/* Puts the parents of `v` on the stack, the last one first; 0 if it cannot, with what is no node as `wrong`. */
static inline int open_parents(Nodes *stack, Node *v, PyObject **wrong) {
    if (v->db_is == MANY) {
        if (!PyTuple_Check(v->a)) return *wrong = v->a, 0;
        for (Py_ssize_t i = PyTuple_GET_SIZE(v->a); i--;) {
            PyObject *p = PyTuple_GET_ITEM(v->a, i);
            if (!IS_NODE(p)) return *wrong = p, 0;
            if (!open_if_needed(stack, p)) return 0;
        }
        return 1;
    }
    if (v->db_is != NOTHING) {
        if (!v->b || !IS_NODE(v->b)) return *wrong = v->b ? v->b : Py_None, 0;
        if (!open_if_needed(stack, v->b)) return 0;
    }
    if (!IS_NODE(v->a)) return *wrong = v->a, 0;
    return open_if_needed(stack, v->a);
}

static void unmark(Nodes *nodes) {
    for (Py_ssize_t i = 0; i < nodes->count; i++) nodes->at[i]->mark = NEW;
}

/* Appends the interior nodes below `root` to `order`, each after its parents: `engine.sort`, step by step. They stay
marked; the caller unmarks them, unless there was an error. That is raised when all marks are gone, for it may run a
collection; it is the one of the Python engine. */
static int sort_and_mark(Node *root, Nodes *order) {
    Nodes stack = {0};
    PyObject *wrong = NULL;
    int right = push(&stack, root);
    while (right && stack.count) {
        Node *v = stack.at[stack.count - 1];
        if (v->mark != NEW || !v->a) {
            stack.count--;
            if (v->mark != OPENED) continue;
            v->mark = DONE;
            if (v->grad_is != FLOAT || !in_slot(order, v)) order->odd = 1;
            if (!(right = push(order, v))) v->mark = NEW;
            continue;
        }
        EXPECT_NEIGHBOURS(v);
        v->mark = OPENED;
        right = open_parents(&stack, v, &wrong);
    }
    if (!right) {
        unmark(&stack);
        unmark(order);
        drop(order);
        if (wrong) PyErr_Format(PyExc_AttributeError, "'%s' object has no attribute '_a'", Py_TYPE(wrong)->tp_name);
        else PyErr_NoMemory();
    }
    drop(&stack);
    return right;
}

static int sort(Node *root, Nodes *order) {
    int right = sort_and_mark(root, order);
    if (right) unmark(order);
    return right;
}

/* ---- one pass at a time: the lock of `modes` */

static PyObject *acquire = NULL, *release = NULL;

static int lock(void) {
    PyObject *out = PyObject_CallNoArgs(acquire);
    Py_XDECREF(out);
    return out != NULL;
}

/* Keeps the error that is being raised. */
static int unlock(int failed) {
    PyObject *type, *error, *traceback;
    PyErr_Fetch(&type, &error, &traceback);
    PyObject *out = PyObject_CallNoArgs(release);
    failed = failed || !out;
    Py_XDECREF(out);
    if (type) PyErr_Restore(type, error, traceback);
    return failed;
}

/* The nodes as a list; they are dropped. */
static PyObject *list_of(Nodes *nodes) {
    for (Py_ssize_t i = 0; i < nodes->count; i++) Py_INCREF(nodes->at[i]); /* before the list makes a collection due */
    PyObject *list = PyList_New(nodes->count);
    for (Py_ssize_t i = 0; i < nodes->count; i++)
        if (list) PyList_SET_ITEM(list, i, (PyObject *)nodes->at[i]);
        else Py_DECREF(nodes->at[i]);
    drop(nodes);
    return list;
}

/* topological(root), for those who hold the lock: `engine.sort`. */
static PyObject *list_sorted(PyObject *module, PyObject *root) {
    Nodes order = {0};
    if (!IS_NODE(root))
        return PyErr_Format(PyExc_AttributeError, "'%s' object has no attribute '_seen'", Py_TYPE(root)->tp_name);
    if (!sort(N(root), &order)) return NULL;
    return list_of(&order);
}

/* ---- the sweep

A node of the order stays marked, with the gradient of an earlier pass, until the sweep reaches it: setting all to zero
before would be one more walk. */

typedef struct {
    Nodes order;
    int held; /* whether the nodes of `order` are kept alive: code of Python's may change the graph */
} Pass;

static inline void reach(Node *v) {
    if (v->mark != NEW) v->mark = NEW, v->grad.number = 0.0;
}

static void reach_all(Pass *pass) {
    for (Py_ssize_t i = 0; i < pass->order.count; i++) reach(pass->order.at[i]);
}

/* Before any code of Python's runs: it sees gradients, may walk over the graph, and may change it. */
static void hold(Pass *pass) {
    if (pass->held) return;
    pass->held = 1;
    reach_all(pass);
    for (Py_ssize_t i = 0; i < pass->order.count; i++) Py_INCREF(pass->order.at[i]);
}

static void end(Pass *pass) {
    Nodes order = pass->order;
    pass->order = (Nodes){0};
    if (pass->held)
        for (Py_ssize_t i = 0; i < order.count; i++) Py_DECREF(order.at[i]);
    drop(&order);
}

static int add_object(Node *p, PyObject *amount) { /* p.grad += amount */
    PyObject *before = PyObject_GetAttr((PyObject *)p, s_grad),
             *sum = before ? PyNumber_InPlaceAdd(before, amount) : NULL;
    int right = sum && PyObject_SetAttr((PyObject *)p, s_grad, sum) == 0;
    Py_XDECREF(before);
    Py_XDECREF(sum);
    return right;
}

static int add_by_attribute(Pass *pass, PyObject *parent, Cell partial, Kind is, Node *v) {
    hold(pass);
    if (!IS_NODE(parent)) {
        PyErr_Format(PyExc_AttributeError, "'%s' object has no attribute 'grad'", Py_TYPE(parent)->tp_name);
        return 0;
    }
    Py_INCREF(parent);
    PyObject *x = shown(partial, is);
    PyObject *upstream = x ? PyObject_GetAttr((PyObject *)v, s_grad) : NULL;
    PyObject *amount = upstream ? PyNumber_Multiply(x, upstream) : NULL;
    int right = amount && add_object(N(parent), amount);
    Py_DECREF(parent);
    Py_XDECREF(x);
    Py_XDECREF(upstream);
    Py_XDECREF(amount);
    return right;
}

/* parent.grad += partial · v.grad */
static inline int add(Pass *pass, PyObject *parent, Cell partial, Kind is, Node *v) {
    int alike = Py_TYPE(parent) == Py_TYPE(v);
    if (v->grad_is != FLOAT || (is != FLOAT && is != SHUT) || !in_slot(&pass->order, v) ||
        (!alike && !IS_NODE(parent)) || N(parent)->grad_is != FLOAT || (!alike && !in_slot(&pass->order, N(parent))))
        return add_by_attribute(pass, parent, partial, is, v);
    reach(N(parent));
    N(parent)->grad.number += is == SHUT ? 0.0 : partial.number * v->grad.number;
    return 1;
}

/* The same for many parents, up to the first one at which Python may look: how many they were. */
static Py_ssize_t push_plain(Pass *pass, Node *v, Py_ssize_t n) {
    if (v->grad_is != FLOAT || !in_slot(&pass->order, v)) return 0;
    const double *partials = v->da_is == ARRAY ? v->da.array->item : NULL;
    double upstream = v->grad.number;
    if (n > length_of(v->da, v->da_is)) n = length_of(v->da, v->da_is);
    for (Py_ssize_t i = 0; i < n; i++) {
        Node *p = N(PyTuple_GET_ITEM(v->a, i));
        if (Py_TYPE(p) != Py_TYPE(v) || p->grad_is != FLOAT) return i;
        reach(p);
        p->grad.number += partials ? partials[i] * upstream : upstream;
    }
    return n;
}

static int push_many(Pass *pass, Node *v) {
    if (v->da_is == ARRAY || v->da_is == ONES) {
        Py_ssize_t n = PyTuple_Check(v->a) ? PyTuple_GET_SIZE(v->a) : 0;
        for (Py_ssize_t i = push_plain(pass, v, n); i < n && PyTuple_Check(v->a) && i < PyTuple_GET_SIZE(v->a); i++) {
            if ((v->da_is != ONES && v->da_is != ARRAY) || i >= length_of(v->da, v->da_is)) break;
            Cell partial = {.number = item_of(v->da, v->da_is, i)};
            if (!add(pass, PyTuple_GET_ITEM(v->a, i), partial, FLOAT, v)) return 0;
        }
        return 1;
    }
    hold(pass);
    PyObject *da = shown(v->da, v->da_is);
    if (!da) return 0;
    int right = 1;
    if (PyCallable_Check(da)) {
        PyObject *out = PyObject_CallNoArgs(da);
        right = out != NULL;
        Py_XDECREF(out);
        pass->order.kind = NULL; /* it may have changed the class, too */
    } else {
        PyObject *partials = PySequence_Tuple(da), *parents = partials ? tuple_of(v->a) : NULL;
        right = parents != NULL;
        for (Py_ssize_t i = 0; right && i < PyTuple_GET_SIZE(partials) && i < PyTuple_GET_SIZE(parents); i++) {
            Cell partial;
            uint8_t is;
            put(&partial, &is, PyTuple_GET_ITEM(partials, i));
            if (is != FLOAT && is != SHUT) partial.object = PyTuple_GET_ITEM(partials, i);
            right = add(pass, PyTuple_GET_ITEM(parents, i), partial, is == FLOAT || is == SHUT ? is : OBJECT, v);
            if (is == OBJECT) Py_DECREF(partial.object);
        }
        Py_XDECREF(partials);
        Py_XDECREF(parents);
    }
    Py_DECREF(da);
    return right;
}

/* Ctrl-C in the middle of a long pass. */
static int interrupted(Pass *pass) {
    if (!PyOS_InterruptOccurred()) return 0;
    hold(pass); /* its handler may change the graph */
    PyErr_SetInterrupt();
    return PyErr_CheckSignals() < 0;
}

#define STRIDE 65536 /* so many nodes between two looks at that */

static int set_grad_to(Pass *pass, Node *v, double x) {
    if (in_slot(&pass->order, v)) {
        Cell before = v->grad;
        Kind was = v->grad_is;
        if (was == OBJECT) hold(pass);
        v->grad.number = x, v->grad_is = FLOAT;
        if (was == OBJECT) empty(&before, was);
        return 1;
    }
    hold(pass);
    PyObject *number = PyFloat_FromDouble(x);
    int right = number && PyObject_SetAttr((PyObject *)v, s_grad, number) == 0;
    Py_XDECREF(number);
    return right;
}

static int seed(Pass *pass, Node *root) { /* root.grad += 1 */
    if (in_slot(&pass->order, root) && root->grad_is == FLOAT) {
        root->grad.number += 1.0;
        return 1;
    }
    hold(pass);
    PyObject *one = PyFloat_FromDouble(1.0);
    int right = one && add_object(root, one);
    Py_XDECREF(one);
    return right;
}

#define AHEAD 8

static int sweep(Pass *pass, Node *root) {
    Nodes order = pass->order;
    if (order.odd) {
        unmark(&order);
        for (Py_ssize_t i = 0; i < order.count; i++)
            if (!set_grad_to(pass, order.at[i], 0.0)) return 0;
    }
    reach(root);
    if (!seed(pass, root)) return 0;
    for (Py_ssize_t i = order.count; i--;) {
        Node *v = order.at[i];
        reach(v);
        if (i >= AHEAD) EXPECT(order.at[i - AHEAD]);
        if (i % STRIDE == 0 && interrupted(pass)) return 0;
        if (v->db_is == MANY) {
            if (!push_many(pass, v)) return 0;
        } else {
            if (!v->a) continue; /* a handler has made it a leaf */
            if (!add(pass, v->a, v->da, v->da_is, v)) return 0;
            if (v->db_is != NOTHING && v->b && !add(pass, v->b, v->db, v->db_is, v)) return 0;
        }
    }
    return 1;
}

/* Value.backward */
static PyObject *node_backward(PyObject *self, PyObject *Py_UNUSED(nothing)) {
    if (!lock()) return NULL;
    Pass pass = {0};
    int failed = !sort_and_mark(N(self), &pass.order) || !sweep(&pass, N(self));
    if (failed && !pass.held) reach_all(&pass);
    end(&pass);
    if (unlock(failed)) return NULL;
    Py_RETURN_NONE;
}
