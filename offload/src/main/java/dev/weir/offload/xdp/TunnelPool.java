package dev.weir.offload.xdp;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tunnels that actions use, each once, as long as one does; what is a flow's own is not theirs. One thread at a time. */
final class TunnelPool {
    private final MemorySegment tunnels;
    private final FreeIndices free;
    private final Map<VxlanTunnel, Integer> indices = new HashMap<>();
    private final @Nullable VxlanTunnel[] used;
    private final int[] users;

    TunnelPool(MemorySegment tunnels, int size) {
        this.tunnels = tunnels;
        free = new FreeIndices(size);
        used = new VxlanTunnel[size];
        users = new int[size];
    }

    /** @return the index of one that has a user more now, or {@link FreeIndices#NONE} where there is no room */
    int take(VxlanTunnel into) {
        VxlanTunnel tunnel = into.shared();
        Integer known = indices.get(tunnel);
        int index = known == null ? free.take() : known;
        if (index == FreeIndices.NONE) return index;
        if (known == null) {
            TunnelLayout.write(tunnels, index, tunnel);
            indices.put(tunnel, index);
            used[index] = tunnel;
        }
        users[index]++;
        return index;
    }

    /** One user less; no program may see the index through that user any more. */
    void give(int index) {
        if (--users[index] > 0) return;
        indices.remove(used[index]);
        used[index] = null;
        free.give(index);
    }
}
