/**
 * Makes the intermediate representation of a typed program: functions, actions, parsers and controls are put where they are called, structs,
 * unions, stacks and tuples become their parts, generics become what they stand for, externs become what they do. {@code a.b[1] = f(x)} for
 * a stack of headers becomes an assignment of each field of header {@code a.b[1]}, behind what {@code f} does.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.lower;
