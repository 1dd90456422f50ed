/** What tests of nodes have in common: a bench that runs one node, and frames to run. */
@org.jspecify.annotations.NullMarked
package dev.weir.dataplane.nodes;
