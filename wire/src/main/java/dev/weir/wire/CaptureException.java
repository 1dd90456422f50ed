package dev.weir.wire;

import java.io.IOException;

/** A capture that cannot be read on: which, where, why, and what to do about it. The message is for a person, in one line. */
public final class CaptureException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String source;
    private final long byteOffset;
    private final long packetNumber;
    private final String why;

    /**
     * @param source the file's name as the user gave it
     * @param byteOffset where in the (decompressed) file, -1 where it was not opened at all
     * @param packetNumber how many packets of this file were read before, -1 where it was not opened at all
     * @param why one clause, no full stop
     */
    public CaptureException(String source, long byteOffset, long packetNumber, String why) {
        super(
                byteOffset < 0
                        ? source + ": " + why
                        : source + ": " + why + " (at byte " + byteOffset + ", after packet " + packetNumber + ")");
        this.source = source;
        this.byteOffset = byteOffset;
        this.packetNumber = packetNumber;
        this.why = why;
    }

    /** What is wrong: a clause, without the place. */
    public String why() {
        return why;
    }

    public String source() {
        return source;
    }

    public long byteOffset() {
        return byteOffset;
    }

    public long packetNumber() {
        return packetNumber;
    }
}
