package dev.weir.offload.netlink;

import java.util.Arrays;

/** Where in a message a reader is: keys of the grammar, and indices in lists. Made into text only when something is wrong. */
final class NetlinkPath {
    private String[] keys = new String[8];
    private int[] indices = new int[8];
    private int depth;

    void enter(String key, int index) {
        if (depth == keys.length) {
            keys = Arrays.copyOf(keys, depth * 2);
            indices = Arrays.copyOf(indices, depth * 2);
        }
        keys[depth] = key;
        indices[depth] = index;
        depth++;
    }

    void leave() {
        depth--;
    }

    /** For instance {@code flows.flow[3].matches.field_ref[0].value}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < depth; i++) {
            text.append(i == 0 ? "" : ".").append(keys[i]);
            if (indices[i] >= 0) text.append('[').append(indices[i]).append(']');
        }
        return text.toString();
    }
}
