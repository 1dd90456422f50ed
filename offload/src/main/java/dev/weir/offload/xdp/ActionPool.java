package dev.weir.offload.xdp;

import dev.weir.table.FlowKey;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The actions that flows have; those that can be shared are there once. What no flow has any more waits until no program of
 * the kernel can still see it, which {@link #settle} says, before it is used again. One thread at a time.
 */
final class ActionPool {
    /** How many more actions than flows there are, so that many can wait before one must be waited for. */
    static final int SPARE = 1024;

    private final MemorySegment actions;
    private final TunnelPool tunnels;
    private final FreeIndices free;
    private final Map<XdpAction, Integer> indices = new HashMap<>();
    private final @Nullable XdpAction[] shared;
    private final int[] users;
    private final int[] waiting;
    private int waits;
    private int highest;

    ActionPool(MemorySegment actions, int size, TunnelPool tunnels) {
        this.actions = actions;
        this.tunnels = tunnels;
        free = new FreeIndices(size);
        shared = new XdpAction[size];
        users = new int[size];
        waiting = new int[size];
    }

    /**
     * Takes an action for a flow.
     *
     * @param room octets of the longest frame that the action's port sends, and of a tunnel's
     * @return the index of one that has a user more now, or {@link FreeIndices#NONE} where there is no room
     */
    int take(FlowKey key, XdpAction action, Room room) {
        XdpAction sharing = ActionLayout.shared(action);
        Integer known = sharing == null ? null : indices.get(sharing);
        if (known != null) {
            users[known]++;
            return known;
        }
        VxlanTunnel into = action instanceof XdpAction.Redirect redirect
                ? redirect.rewrite().tunnel()
                : null;
        int tunnel = into == null ? 0 : tunnels.take(into);
        if (tunnel == FreeIndices.NONE) return tunnel;
        int index = free.take();
        if (index == FreeIndices.NONE) {
            if (into != null) tunnels.give(tunnel);
            return index;
        }
        ActionLayout.write(actions, index, key, action, tunnel, 0);
        fit(index, room);
        if (sharing != null) indices.put(sharing, index);
        shared[index] = sharing;
        users[index] = 1;
        highest = Math.max(highest, index);
        return index;
    }

    /** Frames that are as long as they may be. */
    @FunctionalInterface
    interface Room {
        /** @return octets of the longest frame that a port sends, {@code tunnelled} or not */
        int longest(int port, boolean tunnelled);
    }

    /** A port sends longer or shorter frames now: all actions fit again. */
    void fitAll(Room room) {
        for (int i = 0; i <= highest; i++) if (users[i] > 0) fit(i, room);
    }

    private void fit(int index, Room room) {
        int what = ActionLayout.what(actions, index);
        if ((what & ActionLayout.REDIRECT) == 0) return;
        boolean tunnelled = (what & (ActionLayout.TUNNEL4 | ActionLayout.TUNNEL6)) != 0;
        int longest = room.longest(ActionLayout.port(actions, index), tunnelled);
        ActionLayout.longest(actions, index, Math.max(0, longest - ActionLayout.growth(actions, index)));
    }

    /** One user less, whose packets may still meet it. */
    void give(int index) {
        if (--users[index] > 0) return;
        if (shared[index] != null) indices.remove(shared[index]);
        shared[index] = null;
        waiting[waits++] = index;
    }

    /** Whether a {@link #settle} makes room. */
    boolean isWaiting() {
        return waits > 0;
    }

    /** No program of the kernel sees what was given before. */
    void settle() {
        for (int i = 0; i < waits; i++) {
            int what = ActionLayout.what(actions, waiting[i]);
            if ((what & (ActionLayout.TUNNEL4 | ActionLayout.TUNNEL6)) != 0) {
                tunnels.give(ActionLayout.tunnel(actions, waiting[i]));
            }
            free.give(waiting[i]);
        }
        waits = 0;
    }
}
