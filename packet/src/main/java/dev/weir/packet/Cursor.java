package dev.weir.packet;

import java.lang.foreign.MemorySegment;

/**
 * Where the parser is in a packet: what comes next (an {@link EtherType}), where it begins, and where the bytes end.
 *
 * <p>Offsets are from the packet's first byte. {@link #end} is where the enclosing layer ended on the wire,
 * {@link #captured} where the bytes at hand end; the loads below may be used up to the lower of the two.
 */
final class Cursor {
    MemorySegment data = MemorySegment.NULL;
    long base;
    int captured;
    int at;
    int end;
    int type;
    /** Why the walk stopped short: a {@link Malformed} code. */
    int fault;

    void begin(MemorySegment data, long base, int captured, int end) {
        this.data = data;
        this.base = base;
        this.captured = captured;
        this.at = 0;
        this.end = end;
        this.type = EtherType.OTHER;
        this.fault = Malformed.NONE;
    }

    /** Goes on with {@code type}, {@code bytes} further on. */
    void step(int bytes, int type) {
        this.at += bytes;
        this.type = type;
    }

    /** Ends the walk: nothing here leads to IP. */
    void stop() {
        type = EtherType.OTHER;
    }

    /** Ends the walk at a fault, which counts if it is the first. */
    void stop(int fault) {
        type = EtherType.OTHER;
        if (this.fault == Malformed.NONE) {
            this.fault = fault;
        }
    }

    /** Whether {@code bytes} are here; if not the walk ends, at {@code truncated} where the wire did not have them either. */
    boolean has(int bytes, int truncated) {
        return has(at, bytes, truncated);
    }

    boolean has(int from, int bytes, int truncated) {
        if (from > end - bytes) {
            stop(truncated);
            return false;
        }
        if (from > captured - bytes) {
            stop(Malformed.NOT_CAPTURED);
            return false;
        }
        return true;
    }

    int u8(int offset) {
        return Bytes.u8(data, base + at + offset);
    }

    int u16(int offset) {
        return Bytes.u16(data, base + at + offset);
    }

    int i32(int offset) {
        return Bytes.i32(data, base + at + offset);
    }
}
