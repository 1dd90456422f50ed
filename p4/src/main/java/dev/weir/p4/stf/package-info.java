/**
 * STF, the "simple test framework" of P4 programs: a text of packets to send, packets to expect and entries to add, run against a program.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.stf;
