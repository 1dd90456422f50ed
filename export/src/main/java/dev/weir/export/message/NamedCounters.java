package dev.weir.export.message;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** Counters by their names as octets: how many u16, then each name (as DataOutput.writeUTF does) and an i64, big-endian. Stateless. */
public final class NamedCounters {
    /** No more can be written. */
    public static final int MOST = 0xFFFF;

    private NamedCounters() {}

    /** @throws IllegalArgumentException where there are more than {@link #MOST}: the number would be cut */
    public static void write(Map<String, Long> counters, DataOutputStream out) throws IOException {
        if (counters.size() > MOST) {
            throw new IllegalArgumentException(
                    "too many counters: counters=" + counters.size() + ", limit=" + MOST + "; keep fewer names");
        }
        out.writeShort(counters.size());
        for (Map.Entry<String, Long> each : counters.entrySet()) {
            out.writeUTF(each.getKey());
            out.writeLong(each.getValue());
        }
    }

    /** Reads what {@link #write} wrote, or anybody: of a name that is there twice the last counts. */
    public static Map<String, Long> read(DataInputStream in) throws IOException {
        var counters = new TreeMap<String, Long>();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            counters.put(in.readUTF(), in.readLong());
        }
        return counters;
    }
}
