/* The numbers of objects, in one loop. */

#ifndef MICROGRAD_READING_H
#define MICROGRAD_READING_H

#include "_buffers.h"

/* The number in the slot of a value; -1 and an exception if there is none. */
static double number_of(PyObject *value, PyTypeObject *type, PyMemberDef *slot) {
    if (!PyObject_TypeCheck(value, type)) {
        PyErr_Format(PyExc_TypeError, "the values must be of type %s, got %s", type->tp_name, Py_TYPE(value)->tp_name);
        return -1;
    }
    PyObject *held = PyMember_GetOne((char *)value, slot);
    if (!held) return -1;
    double number = PyFloat_AsDouble(held);
    Py_DECREF(held);
    return number;
}

static PyObject *read_values(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    if (n != 3) return PyErr_Format(PyExc_TypeError, "read takes values, descriptor, out; got %zd arguments", n);
    PyObject *values = args[0], *descriptor = args[1];
    if (!Py_IS_TYPE(descriptor, &PyMemberDescr_Type) ||
        ((PyMemberDescrObject *)descriptor)->d_member->type != T_OBJECT_EX)
        return PyErr_Format(PyExc_TypeError, "the second argument must be the descriptor of a slot, got %s",
                            Py_TYPE(descriptor)->tp_name);
    PyTypeObject *type = ((PyDescrObject *)descriptor)->d_type;
    PyMemberDef *slot = ((PyMemberDescrObject *)descriptor)->d_member;
    if (!PyList_Check(values) && !PyTuple_Check(values))
        return PyErr_Format(PyExc_TypeError, "the first argument must be a list or a tuple of %s, got %s",
                            type->tp_name, Py_TYPE(values)->tp_name);
    Py_buffer out;
    if (get_buffer(args[2], &out, "the third argument", 'd', 1) < 0) return NULL;
    values = PySequence_Tuple(values); /* so that code that runs while numbers are read cannot change it */
    Py_ssize_t count = values ? PyTuple_GET_SIZE(values) : 0, room = out.len / (Py_ssize_t)sizeof(double);
    if (values && count != room) refuse("there must be a number for each of the %zd values, got %zd", count, room);
    for (Py_ssize_t i = 0; count == room && i < count; i++) {
        double number = number_of(PyTuple_GET_ITEM(values, i), type, slot);
        if (number == -1 && PyErr_Occurred()) break;
        memcpy((char *)out.buf + i * sizeof(double), &number, sizeof(double));
    }
    PyBuffer_Release(&out);
    Py_XDECREF(values);
    if (PyErr_Occurred()) return NULL;
    Py_RETURN_NONE;
}

#endif
