package dev.weir.wire;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.weir.packet.PacketVector;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * pcapng: blocks behind blocks, each with its length before and after. Sections have a byte order and interfaces of
 * their own; a packet names its interface, and that one says how its time stamp reads. Interfaces are numbered on over
 * all sections. Source: draft-ietf-opsawg-pcapng.
 *
 * <pre>
 * block                  0      4        8                     length-4   length
 *                        | type | length | body ...            | length   |
 * section header         8 byte-order magic, 12 major, 14 minor, 16 section length, 24 options
 * interface description  8 link type, 12 snap length, 16 options
 * enhanced packet        8 interface, 12 time high, 16 time low, 20 captured, 24 length, 28 octets, options
 * packet (obsolete)      8 interface (16 bits), 10 drops, then as the enhanced one
 * simple packet          8 length, 12 octets
 * interface statistics   8 interface, 12 time high, 16 time low, 20 options
 * </pre>
 *
 * A simple packet has no time stamp: it gets that of the packet before it. Blocks of other types are stepped over.
 */
final class PcapngFraming extends Framing {
    static final int SECTION_HEADER = 0x0A0D0D0A;

    private static final int INTERFACE = 1, PACKET = 2, SIMPLE_PACKET = 3, STATISTICS = 5, ENHANCED_PACKET = 6;
    private static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;
    private static final int BLOCK_FRAME = 12, PACKET_FIXED = 28, SIMPLE_FIXED = 12, SECTION_FIXED = 28;
    /** Longest block that is believed, as wiretap does; longest packets have their options besides. */
    private static final long MAX_BLOCK = 16 << 20;

    private static final int OPTION_END = 0, TIME_RESOLUTION = 9, TIME_OFFSET = 14, DROPPED_BY_INTERFACE = 5;
    private static final long UNSIGNED = 0xFFFF_FFFFL;

    private static final int MAX_INTERFACES = 1 << 16;

    private static final ValueLayout.OfInt WORD = JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort HALF = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong TWO_WORDS = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final List<CaptureInterface> known = new ArrayList<>();
    private boolean bigEndian;
    private CaptureInterface[] interfaces = {};
    private int interfaceCount;
    private long longest = MAX_BLOCK;
    private int timeDigits;
    private long lastTime;
    /** The blocks that described sections and interfaces, where they are asked for, and whether the last is a section's. */
    private @Nullable List<byte[]> described;

    private boolean endsInSection;

    private boolean simple;

    /** Whether a file that begins with these four octets, read in any order, is pcapng. */
    static boolean recognises(int magic) {
        return magic == SECTION_HEADER;
    }

    /** From now on keeps the blocks that describe sections and interfaces. */
    void keepDescriptions() {
        described = new ArrayList<>();
        endsInSection = false;
    }

    /**
     * Those blocks, one behind the other: all that has to be known of what went before a block. Of sections without an interface only the last is there, and none
     * has its options, so that many of them take no room.
     */
    byte[] descriptions() {
        var all = new ByteArrayOutputStream();
        if (described != null) {
            described.forEach(all::writeBytes);
        }
        return all.toByteArray();
    }

    private void describe(List<byte[]> into, int type, MemorySegment data, long at, long length) {
        if (type == SECTION_HEADER && endsInSection) {
            into.removeLast();
        }
        endsInSection = type == SECTION_HEADER;
        byte[] block = data.asSlice(at, endsInSection ? SECTION_FIXED : length).toArray(ValueLayout.JAVA_BYTE);
        if (endsInSection) {
            MemorySegment header = MemorySegment.ofArray(block);
            int octets = bigEndian ? Integer.reverseBytes(SECTION_FIXED) : SECTION_FIXED;
            header.set(WORD, 4, octets);
            header.set(WORD, SECTION_FIXED - 4, octets);
        }
        into.add(block);
    }

    /** Says what time the last packet had, for packets without a time of their own. */
    void lastTime(long time) {
        lastTime = time;
    }

    /** What time the last packet had. */
    long lastTime() {
        return lastTime;
    }

    /** Whether there was a packet without a time stamp, which has that of the packet before it. */
    boolean metSimplePackets() {
        return simple;
    }

    @Override
    int timeDigits() {
        return timeDigits;
    }

    @Override
    long dropped() {
        long sum = 0;
        for (CaptureInterface each : known) sum += each.dropped();
        return sum;
    }

    @Override
    long clampedTimes() {
        long sum = 0;
        for (CaptureInterface each : known) sum += each.clampedTimes();
        return sum;
    }

    @Override
    long walk(MemorySegment data, long from, long limit, PacketVector vector) {
        vector.mixed();
        long at = from;
        while (true) {
            long left = limit - at;
            if (left < BLOCK_FRAME) {
                stopShort(BLOCK_FRAME);
                return at;
            }
            int type = (int) word(data, at);
            if (type == SECTION_HEADER && !readByteOrder(data, at)) return at;
            long length = word(data, at + 4);
            if (length < BLOCK_FRAME || (length & 3) != 0 || length > longest) {
                stopDamaged("a block of " + length + " bytes, which no block can have; the file is damaged here");
                return at;
            }
            boolean packet = type == ENHANCED_PACKET || type == SIMPLE_PACKET || type == PACKET;
            if (packet && vector.size == vector.capacity()) {
                stopFull();
                return at;
            }
            if (length > left) {
                stopShort(length);
                return at;
            }
            if (word(data, at + length - 4) != length) {
                stopDamaged("a block's length is given as " + length + " before it and as "
                        + word(data, at + length - 4) + " after it; the file is damaged here");
                return at;
            }
            if (!(packet ? packet(type, data, at, length, vector) : block(type, data, at, length))) return at;
            if (described != null && (type == SECTION_HEADER || type == INTERFACE)) {
                describe(described, type, data, at, length);
            }
            at += length;
        }
    }

    /** Takes one packet in; false if it is damaged. */
    private boolean packet(int type, MemorySegment data, long at, long length, PacketVector vector) {
        boolean simple = type == SIMPLE_PACKET;
        this.simple |= simple;
        int fixed = simple ? SIMPLE_FIXED : PACKET_FIXED;
        if (length < fixed + 4) return damaged("a packet block of " + length + " bytes, too short for its fields");
        long index = simple ? 0 : type == PACKET ? half(data, at + 8) : word(data, at + 8);
        if (index >= interfaceCount) {
            return damaged("a packet of interface " + index + ", and the section describes " + interfaceCount);
        }
        CaptureInterface from = interfaces[(int) index];
        long most = length - fixed - 4;
        long onWire = word(data, simple ? at + 8 : at + 24);
        long octets = simple ? Math.min(from.truncated(onWire), most) : word(data, at + 20);
        if (octets > most || octets > from.maxCaptured) {
            return damaged("a packet of " + octets + " captured bytes, more than its block or any packet holds");
        }
        if (!simple) {
            long ticks = word(data, at + 12) << 32 | word(data, at + 16);
            lastTime = from.nanos(ticks);
        }
        int n = vector.size;
        vector.offset[n] = at + fixed;
        vector.captured[n] = (int) octets;
        vector.length[n] = (int) Math.min(Math.max(onWire, octets), Integer.MAX_VALUE);
        vector.time[n] = lastTime;
        vector.link[n] = from.linkType;
        vector.port[n] = from.port;
        vector.size = n + 1;
        return true;
    }

    /** Takes in a block that is no packet; false if it is damaged. */
    private boolean block(int type, MemorySegment data, long at, long length) {
        return switch (type) {
            case SECTION_HEADER -> section(data, at, length);
            case INTERFACE -> describeInterface(data, at, length);
            case STATISTICS -> statistics(data, at, length);
            default -> true;
        };
    }

    private boolean readByteOrder(MemorySegment data, long at) {
        int magic = data.get(WORD, at + 8);
        if (magic != BYTE_ORDER_MAGIC && magic != Integer.reverseBytes(BYTE_ORDER_MAGIC)) {
            return damaged("a section header without byte-order magic; the file is damaged here");
        }
        bigEndian = magic != BYTE_ORDER_MAGIC;
        return true;
    }

    private long word(MemorySegment data, long at) {
        int word = data.get(WORD, at);
        return (bigEndian ? Integer.reverseBytes(word) : word) & UNSIGNED;
    }

    private int half(MemorySegment data, long at) {
        short half = data.get(HALF, at);
        return (bigEndian ? Short.reverseBytes(half) : half) & 0xFFFF;
    }

    private long twoWords(MemorySegment data, long at) {
        long two = data.get(TWO_WORDS, at);
        return bigEndian ? Long.reverseBytes(two) : two;
    }

    private boolean section(MemorySegment data, long at, long length) {
        if (length < SECTION_FIXED)
            return damaged("a section header of " + length + " bytes, too short for its fields");
        int major = half(data, at + 12);
        int minor = half(data, at + 14);
        if (major != 1 || (minor != 0 && minor != 2)) {
            return damaged("pcapng version " + major + "." + minor + " is not supported, only 1.0 and 1.2 are");
        }
        interfaceCount = 0;
        return true;
    }

    private boolean describeInterface(MemorySegment data, long at, long length) {
        if (length < 20) return damaged("an interface description of " + length + " bytes, too short for its fields");
        int linkType = half(data, at + 8);
        long snapLength = word(data, at + 12);
        int resolution = 6;
        long offset = 0;
        long end = at + length - 4;
        for (long option = at + 16; end - option >= 4; option = next(data, option)) {
            int code = half(data, option);
            int octets = half(data, option + 2);
            if (code == OPTION_END || octets > end - option - 4) break;
            if (code == TIME_RESOLUTION && octets == 1) resolution = data.get(ValueLayout.JAVA_BYTE, option + 4);
            if (code == TIME_OFFSET && octets == 8) offset = twoWords(data, option + 4);
        }
        if (known.size() == MAX_INTERFACES) return damaged("more than " + MAX_INTERFACES + " interfaces");
        CaptureInterface added = new CaptureInterface(known.size(), linkType, snapLength, resolution, offset);
        known.add(added);
        if (interfaceCount == interfaces.length) interfaces = grown(interfaces);
        interfaces[interfaceCount++] = added;
        timeDigits = Math.max(timeDigits, added.timeDigits());
        longest = Math.max(longest, added.maxCaptured + (long) MAX_CAPTURED);
        return true;
    }

    private boolean statistics(MemorySegment data, long at, long length) {
        if (length < 24) return damaged("interface statistics of " + length + " bytes, too short for their fields");
        long index = word(data, at + 8);
        if (index >= interfaceCount) return true;
        long end = at + length - 4;
        for (long option = at + 20; end - option >= 4; option = next(data, option)) {
            int code = half(data, option);
            int octets = half(data, option + 2);
            if (code == OPTION_END || octets > end - option - 4) break;
            if (code == DROPPED_BY_INTERFACE && octets == 8) {
                interfaces[(int) index].dropped(twoWords(data, option + 4));
            }
        }
        return true;
    }

    private long next(MemorySegment data, long option) {
        return option + 4 + ((half(data, option + 2) + 3) & ~3);
    }

    private static CaptureInterface[] grown(CaptureInterface[] full) {
        return Arrays.copyOf(full, Math.max(4, 2 * full.length));
    }

    private boolean damaged(String why) {
        stopDamaged(why);
        return false;
    }

    @Override
    String shortfall(long available) {
        return "the file ends inside a block, " + available + " of " + wanted() + " bytes are there";
    }
}
