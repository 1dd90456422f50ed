/** {@code weir p4}: programs in P4. */
@org.jspecify.annotations.NullMarked
package dev.weir.cli.p4;
