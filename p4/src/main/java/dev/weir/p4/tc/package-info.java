/**
 * The face of P4TC: what its tools call the tables and actions of a program, as introspection JSON, as a template, and as the line of
 * permissions.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.tc;
