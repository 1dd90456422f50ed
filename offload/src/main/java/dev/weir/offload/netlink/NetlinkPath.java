package dev.weir.offload.netlink;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where in a message a reader is: keys of the grammar, and indices in lists. Made into text only when something is wrong. */
final class NetlinkPath {
    private final List<String> keys = new ArrayList<>();
    private int[] indices = new int[8];

    void enter(String key, int index) {
        if (keys.size() == indices.length) indices = Arrays.copyOf(indices, indices.length * 2);
        indices[keys.size()] = index;
        keys.add(key);
    }

    void leave() {
        keys.removeLast();
    }

    /** For instance {@code flows.flow[3].matches.field_ref[0].value}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < keys.size(); i++) {
            text.append(i == 0 ? "" : ".").append(keys.get(i));
            if (indices[i] >= 0) text.append('[').append(indices[i]).append(']');
        }
        return text.toString();
    }
}
