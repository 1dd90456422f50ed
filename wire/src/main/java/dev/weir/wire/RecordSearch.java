package dev.weir.wire;

import dev.weir.wire.CaptureHead.Format;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * Where in the middle of a capture the next record begins: the first place from which a chain of records goes on for
 * long, each of them such as writers write. A payload that holds a capture of its own can have one too; so what is found
 * here is a guess that {@link CaptureParts}'s caller proves.
 *
 * <p>One thread; reads windows of a file.
 */
final class RecordSearch {
    /** Records of a chain, unless the file ends with it before. */
    private static final int CHAIN = 24;

    /** Seconds that neighbours in a capture may be apart: more than any pause, less than what other octets say. */
    private static final long MAX_GAP = 30 * 86_400L;

    /** Octets behind a part that its last chains are looked for in. */
    private static final int LOOK_AHEAD = 1 << 15;

    private static final int RECORD_HEADER = 16, MODIFIED_HEADER = 24, BLOCK_FRAME = 12;
    private static final long UNSIGNED = 0xFFFF_FFFFL;

    private final ByteBuffer window;
    private final long base;
    private final long size;
    private final boolean pcapng;
    private final int header;
    private final long fractions;
    private final long maxOctets;

    private RecordSearch(ByteBuffer window, long base, CaptureHead head, byte[] prologue) {
        this.window = window;
        this.base = base;
        this.size = head.size();
        this.pcapng = head.format() == Format.PCAPNG;
        window.order(order(prologue));
        int magic = ByteBuffer.wrap(prologue).order(window.order()).getInt(0);
        this.header = magic == PcapFraming.MODIFIED ? MODIFIED_HEADER : RECORD_HEADER;
        this.fractions = magic == PcapFraming.NANOS ? 1_000_000_000L : 1_000_000L;
        this.maxOctets = pcapng
                ? 2L * Framing.MAX_CAPTURED
                : Framing.maxCaptured(
                        ByteBuffer.wrap(prologue).order(window.order()).getInt(20) & 0x03FF_FFFF);
    }

    /** The order of the section, or the file, that the prologue ends with. */
    private ByteOrder order(byte[] prologue) {
        ByteBuffer little = ByteBuffer.wrap(prologue).order(ByteOrder.LITTLE_ENDIAN);
        if (!pcapng) {
            int magic = little.getInt(0);
            boolean matches =
                    magic == PcapFraming.MICROS || magic == PcapFraming.NANOS || magic == PcapFraming.MODIFIED;
            return matches ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        }
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        int at = 0;
        while (at + BLOCK_FRAME <= prologue.length) {
            if (little.getInt(at) == PcapngFraming.SECTION_HEADER) {
                order = little.getInt(at + 8) == 0x1A2B3C4D ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
            }
            int length = little.order(order).getInt(at + 4);
            little.order(ByteOrder.LITTLE_ENDIAN);
            if (length < BLOCK_FRAME) break;
            at += length;
        }
        return order;
    }

    /** The first likely beginning of a record in a part, or its end, {@code to}; -1 where there is none. */
    static long find(FileChannel channel, CaptureHead head, byte[] prologue, long from, long to) throws IOException {
        int step = head.format() == Format.PCAPNG ? 4 : 1;
        int octets = Math.clamp(to - from + LOOK_AHEAD, 2 * LOOK_AHEAD, 2 * CaptureParts.window());
        ByteBuffer window = ByteBuffer.allocateDirect(octets);
        long base = (from + step - 1) / step * step;
        while (base < to) {
            window.clear();
            CaptureParts.fill(channel, base, window);
            window.flip();
            var search = new RecordSearch(window, base, head, prologue);
            // Chains that begin in the second half are looked at when they lie in the first.
            int end = (int) Math.min(to - base, octets / 2);
            for (int at = 0; at < end; at += step) {
                if (search.isChain(at)) return base + at;
            }
            base += end / step * (long) step + (end % step == 0 ? 0 : step);
        }
        return -1;
    }

    private boolean isChain(int from) {
        long at = from;
        long seconds = -1;
        for (int records = 0; records < CHAIN; records++) {
            if (base + at == size) return records > 0;
            if (at + RECORD_HEADER + BLOCK_FRAME > window.limit()) {
                return records > 2; // the window ends, or the file within a record
            }
            long length = pcapng ? block((int) at) : record((int) at, seconds);
            if (length < 0) return false;
            seconds = pcapng ? seconds : window.getInt((int) at) & UNSIGNED;
            at += length;
        }
        return true;
    }

    /** Octets of the record there, with its header; -1 where there is none. */
    private long record(int at, long secondsBefore) {
        long seconds = window.getInt(at) & UNSIGNED;
        long fraction = window.getInt(at + 4) & UNSIGNED;
        long first = window.getInt(at + 8) & UNSIGNED, second = window.getInt(at + 12) & UNSIGNED;
        long captured = Math.min(first, second), length = Math.max(first, second);
        boolean sound = fraction < fractions
                && captured > 0
                && captured <= maxOctets
                && length <= maxOctets
                && (secondsBefore < 0 || Math.abs(seconds - secondsBefore) <= MAX_GAP);
        return sound ? header + captured : -1;
    }

    private long block(int at) {
        int type = window.getInt(at);
        long length = window.getInt(at + 4) & UNSIGNED;
        if (!isKnown(type) || length < BLOCK_FRAME || (length & 3) != 0 || length > maxOctets) return -1;
        long last = at + length - 4;
        return last + 4 > window.limit() || (window.getInt((int) last) & UNSIGNED) == length ? length : -1;
    }

    /** Types of blocks that writers write among packets. */
    private static boolean isKnown(int type) {
        return (type >= 1 && type <= 6) || type == 0xA || type == PcapngFraming.SECTION_HEADER;
    }
}
