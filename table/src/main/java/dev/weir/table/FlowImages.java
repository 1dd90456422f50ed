package dev.weir.table;

import dev.weir.table.parts.Memory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What a flow table knows, in pieces that another table can take up: each flow as it lies in its {@link FlowStore}, and
 * what is remembered of fragments. The table that takes them up is made as the one that gave them, but for its secret
 * and its room; it then goes on as that one would have.
 *
 * <p>An image begins with its kind and how many words follow; native byte order, which is little-endian:
 * <pre>
 * 0 kind u8: 4 or 6 a flow of that family, 1 a first fragment    2 words that follow u16
 * 8 a flow: its hot region, its cold one, its wide one if it is in use, its annex; a fragment: seven words of {@link FragmentTable}
 * </pre>
 *
 * One thread, the table's; allocates one buffer.
 */
public final class FlowImages {
    private static final int HEAD = 8, FRAGMENT = 1;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final FlowTable table;
    private final FragmentTable fragments;
    private final PacketDigests digests;

    /** Takes an image: {@code octets} of {@code image}, valid during the call. */
    public interface Visitor {
        void visit(int place, byte[] image, int octets);
    }

    /** Images of {@code table} and of the fragments that go with it. */
    public FlowImages(FlowTable table, FragmentTable fragments, PacketDigests digests) {
        this.table = table;
        this.fragments = fragments;
        this.digests = digests;
    }

    /** Shows an image of everything, each with which of {@code places} it belongs to ({@link PacketDigests#place}). */
    public void forEach(int places, Visitor visitor) {
        byte[] image = new byte
                [HEAD
                        + 96
                        + FlowStore.COLD_BYTES
                        + FlowStore.WIDE_BYTES
                        + table.config().annexBytes()];
        forEach(table.store(4), places, image, visitor);
        forEach(table.store(6), places, image, visitor);
        fragments.forEach(table.now(), (words, at) -> {
            head(image, FRAGMENT, FragmentTable.WORDS * 8);
            for (int i = 0; i < FragmentTable.WORDS; i++) {
                LONG.set(image, HEAD + 8 * i, words[at + i]);
            }
            int place = digests.place(words[at], words[at + 1], words[at + 2], words[at + 3], places);
            visitor.visit(place, image, HEAD + FragmentTable.WORDS * 8);
        });
    }

    private void forEach(FlowStore flows, int places, byte[] image, Visitor visitor) {
        for (int slot = 0; slot < flows.fresh(); slot++) {
            if (flows.isLive(slot)) {
                int to = get(flows.at(slot), flows.stride, image, HEAD);
                to = get(flows.coldAt(slot), FlowStore.COLD_BYTES, image, to);
                if ((flows.state(slot) & FlowStore.WIDE) != 0) {
                    to = get(flows.wideAt(slot), FlowStore.WIDE_BYTES, image, to);
                }
                if (flows.annexBytes != 0) {
                    to = get(flows.annexAt(slot), flows.annexBytes, image, to);
                }
                head(image, flows.v6 ? 6 : 4, to - HEAD);
                visitor.visit(place(flows, flows.at(slot) + FlowStore.KEY, places), image, to);
            }
        }
    }

    private int place(FlowStore flows, long key, int places) {
        long k0 = Memory.getLong(key), k1 = Memory.getLong(key + 8);
        return flows.v6
                ? digests.place(k0, k1, Memory.getLong(key + 16), Memory.getLong(key + 24), places)
                : digests.place(PacketDigests.address(k0 >>> 16), 4, PacketDigests.address(k1), 4, places);
    }

    /**
     * Takes up the image that begins at {@code at}: the table's clock has been moved to that of the table that gave it, and
     * there is room.
     *
     * @return where the next one begins
     * @throws IllegalArgumentException when no such image begins there
     */
    public int restore(byte[] images, int at) {
        int left = images.length - at - HEAD;
        int octets = left < 0 ? -1 : (int) ((long) LONG.get(images, at) >>> 16 & 0xFFFF) * 8;
        int kind = left < 0 ? 0 : images[at];
        boolean sound = octets >= 0
                && octets <= left
                && switch (kind) {
                    case FRAGMENT -> octets == FragmentTable.WORDS * 8;
                    case 4, 6 -> restore(table.store(kind), images, at + HEAD, octets);
                    default -> false;
                };
        if (!sound) {
            throw new IllegalArgumentException(
                    "no image of a flow: at=" + at + ", kind=" + kind + ", octets=" + octets);
        }
        if (kind == FRAGMENT) {
            long[] w = new long[FragmentTable.WORDS];
            for (int i = 0; i < w.length; i++) {
                w[i] = (long) LONG.get(images, at + HEAD + 8 * i);
            }
            fragments.put(w[0], w[1], w[2], w[3], w[FragmentTable.REST], w[FragmentTable.VALUE], w[FragmentTable.TIME]);
        }
        return at + HEAD + octets;
    }

    private static boolean restore(FlowStore flows, byte[] in, int at, int octets) {
        int fixed = flows.stride + FlowStore.COLD_BYTES + flows.annexBytes;
        boolean wide = octets == fixed + FlowStore.WIDE_BYTES;
        if ((octets != fixed && !wide) || flows.isFull()) {
            return false;
        }
        int slot = flows.allocate();
        int from = put(in, at, flows.at(slot), flows.stride);
        from = put(in, from, flows.coldAt(slot), FlowStore.COLD_BYTES);
        if (wide) {
            from = put(in, from, flows.wideAt(slot), FlowStore.WIDE_BYTES);
        }
        if (flows.annexBytes != 0) {
            put(in, from, flows.annexAt(slot), flows.annexBytes);
        }
        flows.index.insert(flows.hash(slot), slot);
        flows.timers.arm(slot, flows.deadline(slot));
        return true;
    }

    private static void head(byte[] image, int kind, int octets) {
        LONG.set(image, 0, kind | ((long) octets / 8) << 16);
    }

    private static int get(long address, int octets, byte[] to, int at) {
        for (int i = 0; i < octets; i += 8) {
            LONG.set(to, at + i, Memory.getLong(address + i));
        }
        return at + octets;
    }

    private static int put(byte[] from, int at, long address, int octets) {
        for (int i = 0; i < octets; i += 8) {
            Memory.setLong(address + i, (long) LONG.get(from, at + i));
        }
        return at + octets;
    }
}
