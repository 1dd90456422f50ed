package dev.weir.export.message;

import dev.weir.table.PacketDigests;
import dev.weir.table.TenantMode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Packets that a sensor saw, as it sends them elsewhere to become flows: a message of digests with what names it. Big-endian but for the digests.
 *
 * <pre>
 * "WD" u16 | version u8 = 1 | about u8: 1 the last of its run | sensor, run (each as DataOutput.writeUTF does)
 * sequence i64 | packets before it in the run i64 | packets i32 | clock i64 | tenant mode (UTF)
 * counters u16, each name (UTF) i64 | digests, see {@link PacketDigests}
 * </pre>
 *
 * Digests are in the order of time, none after the clock. Immutable but for the octets; any thread.
 *
 * @param sensor who saw the packets
 * @param run which run of the sensor
 * @param sequence messages of a run are counted from 1; numbers that are missing were lost
 * @param before how many packets the messages before it have
 * @param packets how many it has
 * @param clock no later packet of the run counts at an earlier time; nanoseconds since 1970
 * @param tenants what separated the sensor's address spaces
 * @param last whether the run is over
 * @param counters what was counted since the message before
 * @param octets the message
 * @param at where its digests begin
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
public record DigestMessage(
        String sensor,
        String run,
        long sequence,
        long before,
        int packets,
        long clock,
        TenantMode tenants,
        boolean last,
        Map<String, Long> counters,
        byte[] octets,
        int at) {
    /** No message has more packets. */
    public static final int MOST_PACKETS = 1024;

    /** Times are between 0 and this, so that no sum of them overflows: the year 2116. */
    public static final long LATEST = 1L << 62;

    private static final int MAGIC = 'W' << 8 | 'D', VERSION = 1, LAST = 1;
    private static final int MOST_COUNTERS = 256;

    public DigestMessage {
        counters = Map.copyOf(counters);
    }

    /** Writes one; {@code size} octets of {@code digests} are its packets. */
    static byte[] encode(
            String sensor,
            String run,
            long sequence,
            long before,
            int packets,
            long clock,
            TenantMode tenants,
            boolean last,
            Map<String, Long> counters,
            byte[] digests,
            int size) {
        var octets = new ByteArrayOutputStream(512 + size);
        try (var out = new DataOutputStream(octets)) {
            out.writeShort(MAGIC);
            out.writeByte(VERSION);
            out.writeByte(last ? LAST : 0);
            out.writeUTF(sensor);
            out.writeUTF(run);
            out.writeLong(sequence);
            out.writeLong(before);
            out.writeInt(packets);
            out.writeLong(clock);
            out.writeUTF(tenants.name());
            out.writeShort(counters.size());
            for (Map.Entry<String, Long> each : counters.entrySet()) {
                out.writeUTF(each.getKey());
                out.writeLong(each.getValue());
            }
            out.write(digests, 0, size);
        } catch (IOException e) {
            throw new IllegalStateException(e); // memory does not fail
        }
        return octets.toByteArray();
    }

    /** @throws MessageFault where and why the octets are no such message */
    public static DigestMessage decode(byte[] octets) throws MessageFault {
        var bytes = new ByteArrayInputStream(octets);
        try (var in = new DataInputStream(bytes)) {
            if (in.readUnsignedShort() != MAGIC) {
                throw new MessageFault("begin", "no message of packet digests");
            }
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new MessageFault("version", version + " is not known; " + VERSION + " is");
            }
            boolean last = (in.readUnsignedByte() & LAST) != 0;
            String sensor = Checks.name("sensor", in.readUTF()), run = Checks.name("run", in.readUTF());
            long sequence = Checks.sequence("sequence", in.readLong());
            long before = Checks.upTo("before", in.readLong(), Long.MAX_VALUE - MOST_PACKETS);
            int packets = (int) Checks.upTo("packets", in.readInt(), MOST_PACKETS);
            long clock = Checks.upTo("clock", in.readLong(), LATEST);
            TenantMode tenants = tenants(in.readUTF());
            Map<String, Long> counters = counters(in);
            int at = octets.length - bytes.available();
            check(octets, at, packets, clock);
            return new DigestMessage(
                    sensor, run, sequence, before, packets, clock, tenants, last, counters, octets, at);
        } catch (EOFException e) {
            throw new MessageFault("message of " + octets.length + " octets", "ends early", e);
        } catch (MessageFault e) {
            throw e;
        } catch (IOException e) {
            throw new MessageFault("message of " + octets.length + " octets", "has a text that is none", e);
        }
    }

    private static TenantMode tenants(String name) throws MessageFault {
        for (TenantMode each : TenantMode.values()) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        throw new MessageFault("tenants", "'" + Checks.clipped(name) + "' is none of " + List.of(TenantMode.values()));
    }

    private static Map<String, Long> counters(DataInputStream in) throws IOException {
        var counters = new TreeMap<String, Long>();
        int left = (int) Checks.upTo("counters", in.readUnsignedShort(), MOST_COUNTERS);
        for (; left > 0; left--) {
            String name = in.readUTF();
            Checks.name("counter", name.replace(':', '-'));
            counters.put(name, Checks.upTo("counter " + name, in.readLong(), Long.MAX_VALUE));
        }
        return counters;
    }

    private static void check(byte[] octets, int from, int packets, long clock) throws MessageFault {
        int at = from, found = 0;
        long time = 0;
        for (int size; (size = PacketDigests.size(octets, at)) != 0; at += size, found++) {
            long next = PacketDigests.time(octets, at);
            if (next < time || next > clock) {
                throw new MessageFault("packet " + found, "is older than the one before it, or newer than the clock");
            }
            time = next;
        }
        if (found != packets || at != octets.length) {
            throw new MessageFault("packets", packets + " were announced and " + found + " are there");
        }
    }
}
