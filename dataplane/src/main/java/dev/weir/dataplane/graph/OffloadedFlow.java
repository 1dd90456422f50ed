package dev.weir.dataplane.graph;

import dev.weir.table.FlowKey;

/**
 * A flow that is to be carried below the data plane. Immutable.
 *
 * @param worker who owns it
 * @param id its number
 * @param key what names it, source first
 */
public record OffloadedFlow(int worker, long id, FlowKey key) {}
