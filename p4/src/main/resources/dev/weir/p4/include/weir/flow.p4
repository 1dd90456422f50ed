// What Weir adds to an architecture: state of one entry, and so of one flow.

#ifndef WEIR_FLOW_P4
#define WEIR_FLOW_P4

#include <core.p4>

/// One value for each entry of a table, which its actions read and write; bound to the table by the property weir_direct_register. A new
/// entry begins with the initial value, or 0. With it the actions of a table are a state machine of each flow.
extern DirectRegister<T> {
    DirectRegister();
    DirectRegister(T initial_value);
    T read();
    void write(in T value);
}

#endif
