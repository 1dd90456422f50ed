package dev.weir.wire;

import dev.weir.packet.PacketVector;
import dev.weir.wire.CaptureHead.Format;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a capture file into parts that can be read beside each other. A part begins somewhere; where the first record
 * behind that place begins is guessed ({@link RecordSearch}) and then known, because the walk over the part before it
 * ends there. So a caller has the parts walked ({@link #index}), each by itself, and takes a part for good only if it
 * begins where the one before ends; else it has it walked anew from there.
 *
 * <p>All calls block while they read; any thread.
 */
public final class CaptureParts {
    private static final int WINDOW = 1 << 20;

    private CaptureParts() {}

    /**
     * Says what the file is. One that is damaged from its beginning is told as whole, and its reader will say so.
     *
     * @throws CaptureException when there is no such file, or it is no capture
     */
    public static CaptureHead head(String file) throws CaptureException {
        try (FileChannel channel = open(file);
                PacketSource whole = Captures.open(List.of(file))) {
            long size = channel.size();
            ByteBuffer head = ByteBuffer.allocateDirect(PcapFraming.FILE_HEADER);
            fill(channel, 0, head);
            MemorySegment octets = MemorySegment.ofBuffer(head.flip());
            int magic = head.remaining() < 4 ? 0 : Integer.reverseBytes(head.getInt(0));
            int digits = whole.timeDigits() == 0 ? 9 : whole.timeDigits();
            if (PcapFraming.recognises(magic)) {
                byte[] prologue = new byte[PcapFraming.FILE_HEADER];
                octets.asByteBuffer().get(prologue);
                return new CaptureHead(file, Format.PCAP, size, PcapFraming.FILE_HEADER, prologue, digits);
            }
            if (!PcapngFraming.recognises(magic)) {
                return new CaptureHead(file, Format.WHOLE, size, 0, new byte[0], digits);
            }
            return pcapngHead(file, channel, size, digits);
        } catch (CaptureException e) {
            throw e;
        } catch (IOException e) {
            throw new CaptureException(file, -1, -1, Captures.reason(e));
        }
    }

    private static CaptureHead pcapngHead(String file, FileChannel channel, long size, int digits) throws IOException {
        PcapngFraming framing = new PcapngFraming();
        framing.keepDescriptions();
        var walk = new PartWalk(channel, framing, new PacketVector(0), 0, size);
        long begin = walk.run();
        return walk.damaged()
                ? new CaptureHead(file, Format.WHOLE, size, 0, new byte[0], digits)
                : new CaptureHead(file, Format.PCAPNG, size, begin, framing.descriptions(), digits);
    }

    /**
     * Walks over the records that begin in a part.
     *
     * @param prologue what went before the part, as {@link CaptureHead#prologue} and {@link PartIndex#described} give it
     * @param from where the part begins
     * @param to where the part after it begins; for the last one the size of the file
     * @param lastTime time of the last packet before the part, which packets without a time take
     * @param search whether {@code from} is anywhere; else a record begins there
     */
    public static PartIndex index(CaptureHead head, byte[] prologue, long from, long to, long lastTime, boolean search)
            throws CaptureException {
        try (FileChannel channel = open(head.file())) {
            long begin = search ? RecordSearch.find(channel, head, prologue, from, to) : from;
            if (begin < 0) {
                return new PartIndex(-1, to, 0, Long.MAX_VALUE, Long.MIN_VALUE, new byte[0], 0, false, false);
            }
            Framing framing = framing(head, prologue, lastTime);
            var walk = new PartWalk(channel, framing, new PacketVector(2048), begin, Math.min(to, head.size()));
            long end = walk.run();
            PcapngFraming blocks = framing instanceof PcapngFraming b ? b : null;
            return new PartIndex(
                    begin,
                    walk.damaged() ? head.size() : end,
                    walk.packets(),
                    walk.firstTime(),
                    walk.clock(),
                    blocks == null ? new byte[0] : blocks.descriptions(),
                    blocks == null ? 0 : blocks.lastTime(),
                    blocks != null && blocks.metSimplePackets(),
                    walk.damaged());
        } catch (CaptureException e) {
            throw e;
        } catch (IOException e) {
            throw new CaptureException(head.file(), -1, -1, Captures.reason(e));
        }
    }

    /**
     * What goes before a part that follows another.
     *
     * @param prologue of the part before
     * @param described in it, see {@link PartIndex#described}
     */
    public static byte[] prologue(byte[] prologue, byte[] described) {
        if (described.length == 0) {
            return prologue;
        }
        byte[] both = Arrays.copyOf(prologue, prologue.length + described.length);
        System.arraycopy(described, 0, both, prologue.length, described.length);
        PcapngFraming framing = new PcapngFraming();
        framing.keepDescriptions();
        framing.walk(MemorySegment.ofArray(both), 0, both.length, new PacketVector(1));
        return framing.descriptions();
    }

    /** A framing that knows what the prologue says. */
    private static Framing framing(CaptureHead head, byte[] prologue, long lastTime) throws CaptureException {
        MemorySegment octets = MemorySegment.ofBuffer(ByteBuffer.allocateDirect(Math.max(1, prologue.length))
                .put(prologue)
                .flip());
        if (head.format() == Format.PCAP) {
            return PcapFraming.open(octets, 0, head.file());
        }
        PcapngFraming framing = new PcapngFraming();
        framing.walk(octets, 0, octets.byteSize(), new PacketVector(1));
        framing.keepDescriptions();
        framing.lastTime(lastTime);
        return framing;
    }

    /**
     * Opens a part that was walked: the packets of the records between {@code begin} and {@code end}. They are numbered,
     * and damage is told, as in the whole file.
     *
     * @param packetsBefore how many packets the file has before the part
     * @param lastTime as {@link #index} takes it
     */
    public static PacketSource open(
            CaptureHead head, byte[] prologue, long begin, long end, long packetsBefore, long lastTime)
            throws CaptureException {
        String file = head.file();
        if (head.format() == Format.WHOLE) {
            return Captures.open(List.of(file));
        }
        FileChannel channel = open(file);
        boolean done = false;
        try {
            if (end > channel.size()) {
                throw new CaptureException(file, -1, -1, "is shorter than it was; it must not change while it is read");
            }
            var input = new PartInput(channel, begin, end);
            var none = ByteBuffer.allocateDirect(StreamedCapture.LEAST).limit(0);
            var part = new StreamedCapture(file, input, framing(head, prologue, lastTime), none, begin);
            done = true;
            return new PartSource(part, file, packetsBefore);
        } catch (CaptureException e) {
            throw e;
        } catch (IOException e) {
            throw new CaptureException(file, -1, -1, Captures.reason(e));
        } finally {
            if (!done) close(channel);
        }
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException _) {
            // what made us close it is the error to report
        }
    }

    private static FileChannel open(String file) throws CaptureException {
        try {
            Path path = Path.of(file);
            if (!Files.isRegularFile(path)) {
                String why =
                        Files.exists(path) ? "is no regular file; give files that can be read again" : "no such file";
                throw new CaptureException(file, -1, -1, why);
            }
            return FileChannel.open(path, StandardOpenOption.READ);
        } catch (InvalidPathException e) {
            throw new CaptureException(file, -1, -1, "no such file");
        } catch (CaptureException e) {
            throw e;
        } catch (IOException e) {
            throw new CaptureException(file, -1, -1, Captures.reason(e));
        }
    }

    /** Fills the buffer, from its position, with what the file has from {@code at} on. */
    static void fill(FileChannel channel, long at, ByteBuffer into) throws IOException {
        long from = at;
        while (into.hasRemaining()) {
            int octets = channel.read(into, from);
            if (octets < 0) return;
            from += octets;
        }
    }

    /** Octets read at once. */
    static int window() {
        return WINDOW;
    }
}
