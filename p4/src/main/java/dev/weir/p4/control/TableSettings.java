package dev.weir.p4.control;

import dev.weir.p4.ir.Table;
import dev.weir.p4.tc.Permissions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the control plane can set for a table beside its entries and what a miss does. Immutable where the list is.
 *
 * @param profiles lifetimes to choose from, nanoseconds, by number
 * @param hit what entries do that are added without a call; null for nothing
 */
public record TableSettings(Permissions permissions, List<Long> profiles, Table.@Nullable Call hit) {}
