package dev.weir.export.message;

import dev.weir.table.PacketDigests;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;

/**
 * Packets that a sensor saw, as it sends them elsewhere to become flows: digests with what names them. Big-endian but for the digests.
 *
 * <pre>
 * "WD" u16 | version u8 = 1 | head, see {@link DigestHead} | digests, see {@link PacketDigests}
 * </pre>
 *
 * Digests are in the order of time, none after the head's clock. Immutable but for the octets; any thread.
 *
 * @param octets the message
 * @param at where its digests begin
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
public record DigestMessage(DigestHead head, byte[] octets, int at) {
    private static final int MAGIC = 'W' << 8 | 'D', VERSION = 1;

    /** Writes one; {@code size} octets of {@code digests} are its packets. */
    static byte[] encode(DigestHead head, byte[] digests, int size) {
        var octets = new ByteArrayOutputStream(512 + size);
        try (var out = new DataOutputStream(octets)) {
            out.writeShort(MAGIC);
            out.writeByte(VERSION);
            head.write(out);
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
            DigestHead head = DigestHead.read(in);
            int at = octets.length - bytes.available();
            check(octets, at, head.packets(), head.clock());
            return new DigestMessage(head, octets, at);
        } catch (EOFException e) {
            throw new MessageFault("message of " + octets.length + " octets", "ends early", e);
        } catch (MessageFault e) {
            throw e;
        } catch (IOException e) {
            throw new MessageFault("message of " + octets.length + " octets", "has a text that is none", e);
        }
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
