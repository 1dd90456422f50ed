package dev.weir.p4.run;

import dev.weir.p4.ir.Table;

/**
 * An entry as it is.
 *
 * @param lifetime nanoseconds without a hit until it is idle; 0 for ever
 * @param lastHit when it was hit last, or added
 */
public record EntryView(Table.Entry entry, long lifetime, long lastHit) {}
