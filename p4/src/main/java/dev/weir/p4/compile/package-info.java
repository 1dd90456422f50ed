/** The compiler from outside: a file goes in, a program comes out, or faults. */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.compile;
