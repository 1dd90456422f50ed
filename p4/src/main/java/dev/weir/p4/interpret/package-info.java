/** Runs a pipeline slowly and obviously: what compiled code is compared with. */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.interpret;
