package dev.weir.offload.model;

import java.util.List;

/**
 * A table that flows are set in.
 *
 * @param source uid of the table of the hardware that it lives in
 * @param apply number of the stage: tables with one number see a packet as it entered their stage
 * @param size the most flows; {@link #UNBOUNDED} where there is no such number
 * @param matches its columns
 * @param actions uids of the actions that its flows may have
 */
public record Table(
        String name, long uid, long source, long apply, long size, List<FieldRef> matches, List<Long> actions) {
    public static final long UNBOUNDED = U32.MAX;

    public Table {
        Name.check(name);
        U32.check("uid", uid);
        U32.check("source", source);
        U32.check("apply", apply);
        U32.check("size", size);
        matches = List.copyOf(matches);
        actions = List.copyOf(actions);
        for (long action : actions) U32.check("actions", action);
    }
}
