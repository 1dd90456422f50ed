/** Tests of the wire module. */
@org.jspecify.annotations.NullMarked
package dev.weir.wire;
