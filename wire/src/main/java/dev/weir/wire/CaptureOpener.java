package dev.weir.wire;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Recognises what an input holds by its first octets, through a decompressor if need be. */
final class CaptureOpener {
    private static final int MAGIC = 4;

    private CaptureOpener() {}

    /**
     * Opens the capture that the input holds. The input belongs to the source from now on, and is closed on failure.
     *
     * @throws CaptureException when it is empty, not a capture, or damaged in its first octets
     */
    static PacketSource open(String name, OctetInput stored) throws CaptureException {
        PacketSource source = open(name, stored, true);
        if (source == null) throw new IllegalStateException(name);
        return source;
    }

    /** As {@link #open(String, OctetInput)}, but null for what is not a capture. */
    static @Nullable PacketSource openIfCapture(String name, OctetInput stored) throws CaptureException {
        return open(name, stored, false);
    }

    private static @Nullable PacketSource open(String name, OctetInput stored, boolean insist) throws CaptureException {
        PacketSource source = null;
        try {
            source = recognise(name, stored, insist);
        } catch (CaptureException e) {
            throw e;
        } catch (IOException e) {
            throw new CaptureException(name, 0, 0, String.valueOf(e.getMessage()));
        } finally {
            if (source == null) close(stored);
        }
        return source;
    }

    private static @Nullable PacketSource recognise(String name, OctetInput stored, boolean insist) throws IOException {
        ByteBuffer head = head(stored, MAGIC);
        int magic = magic(head);
        if (GzipInput.recognises(magic)) return inside(name, new GzipInput(stored, head), insist);
        if (ZstdInput.recognises(magic)) return inside(name, ZstdInput.open(stored, head), insist);
        return capture(name, stored, head, insist);
    }

    private static @Nullable PacketSource inside(String name, Decompressor input, boolean insist) throws IOException {
        PacketSource source = null;
        try {
            source = capture(name, input, head(input, MAGIC), insist);
        } finally {
            if (source == null) close(input);
        }
        return source;
    }

    private static @Nullable PacketSource capture(String name, OctetInput input, ByteBuffer head, boolean insist)
            throws IOException {
        int magic = magic(head);
        if (PcapFraming.recognises(magic)) return pcap(name, input, head);
        if (PcapngFraming.recognises(magic)) {
            StreamedCapture source = new StreamedCapture(name, input, new PcapngFraming(), head, 0);
            source.prime();
            return source;
        }
        if (!insist) return null;
        throw new CaptureException(name, 0, 0, head.hasRemaining() ? strange(head) : "the file is empty");
    }

    private static PacketSource pcap(String name, OctetInput input, ByteBuffer head) throws IOException {
        while (head.remaining() < PcapFraming.FILE_HEADER && more(input, head)) {}
        if (head.remaining() < PcapFraming.FILE_HEADER) {
            throw new CaptureException(
                    name, 0, 0, "the file ends inside its header, " + head.remaining() + " of 24 bytes are there");
        }
        PcapFraming framing = PcapFraming.open(MemorySegment.ofBuffer(head), 0, name);
        head.position(PcapFraming.FILE_HEADER);
        return new StreamedCapture(name, input, framing, head, PcapFraming.FILE_HEADER);
    }

    /** At least {@code octets} of the input's first octets where there are so many, from position 0 to limit. */
    private static ByteBuffer head(OctetInput input, int octets) throws IOException {
        ByteBuffer head = ByteBuffer.allocateDirect(StreamedCapture.LEAST).limit(0);
        while (head.remaining() < octets && more(input, head)) {}
        return head;
    }

    private static boolean more(OctetInput input, ByteBuffer head) throws IOException {
        int have = head.limit();
        head.limit(head.capacity()).position(have);
        boolean more = input.read(head) > 0;
        head.flip();
        return more;
    }

    private static int magic(ByteBuffer head) {
        return head.remaining() < MAGIC
                ? 0
                : head.duplicate().order(ByteOrder.LITTLE_ENDIAN).getInt(head.position());
    }

    private static String strange(ByteBuffer head) {
        StringBuilder why = new StringBuilder("neither pcap nor pcapng, nor gzip or zstd of one; the first bytes are");
        for (int i = head.position(); i < Math.min(head.limit(), head.position() + 8); i++) {
            why.append(" %02x".formatted(head.get(i)));
        }
        return why.toString();
    }

    private static void close(OctetInput input) {
        try {
            input.close();
        } catch (IOException _) {
            // the input is given up for a reason that is told
        }
    }
}
