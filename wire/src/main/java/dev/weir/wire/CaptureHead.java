package dev.weir.wire;

import java.io.Serializable;

/**
 * What a capture file is, by its first octets: how it can be cut into parts.
 *
 * @param file its name
 * @param format how its records are laid out; {@link Format#WHOLE} for what is read from its beginning only
 * @param size its octets, as stored
 * @param begin where its first record begins, which a part can begin with
 * @param prologue what a reader of a part has to know of what goes before it: the file header, or the blocks that
 *     describe section and interfaces
 * @param timeDigits fraction digits of a second that its time stamps have; 9 where nobody knows yet
 */
@SuppressWarnings("ArrayRecordComponent") // nobody changes or compares it
public record CaptureHead(String file, Format format, long size, long begin, byte[] prologue, int timeDigits)
        implements Serializable {
    /** How records lie in a file. */
    public enum Format {
        /** Classic pcap. */
        PCAP,
        /** pcapng. */
        PCAPNG,
        /** Compressed, or odd from its beginning on: it cannot be entered in the middle. */
        WHOLE
    }

    /** Whether the file can be cut. */
    public boolean isDivisible() {
        return format != Format.WHOLE;
    }
}
