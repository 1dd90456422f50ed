/** Tests of ports on Linux. */
@org.jspecify.annotations.NullMarked
package dev.weir.wire.linux;
