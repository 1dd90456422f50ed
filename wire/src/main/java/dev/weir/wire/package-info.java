/** Where packets come from and go to. */
@org.jspecify.annotations.NullMarked
package dev.weir.wire;
