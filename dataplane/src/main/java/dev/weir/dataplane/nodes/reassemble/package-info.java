/** Shallow reassembly: fragments that come before their first one wait for it, so that they follow their flow. */
@org.jspecify.annotations.NullMarked
package dev.weir.dataplane.nodes.reassemble;
