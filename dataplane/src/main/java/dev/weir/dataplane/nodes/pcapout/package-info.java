/** Packets into capture files, without making their worker wait. */
@org.jspecify.annotations.NullMarked
package dev.weir.dataplane.nodes.pcapout;
