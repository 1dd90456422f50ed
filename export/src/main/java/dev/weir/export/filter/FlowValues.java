package dev.weir.export.filter;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.nio.ByteOrder.BIG_ENDIAN;

import dev.weir.table.FlowRecord;
import java.lang.foreign.ValueLayout;

/**
 * Reads the fields of a record, each as a long by the method of its name; generated filters call them. Of addresses and octets there
 * are the halves: {@code High} and {@code Low} as unsigned numbers, the first octet the highest, and {@code V4} for the four octets of
 * an IPv4 address. Stateless; allocates nothing, never throws.
 */
final class FlowValues {
    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final long SECOND = 1_000_000_000L;

    private FlowValues() {}

    static long time(FlowRecord r) {
        return r.at();
    }

    static long event(FlowRecord r) {
        return r.kind();
    }

    static long author(FlowRecord r) {
        return r.author();
    }

    static long flowId(FlowRecord r) {
        return r.flowId();
    }

    static long startTime(FlowRecord r) {
        return r.startTime();
    }

    static long endTime(FlowRecord r) {
        return r.endTime();
    }

    static long duration(FlowRecord r) {
        return r.endTime() - r.startTime();
    }

    static long age(FlowRecord r) {
        return r.at() - r.startTime();
    }

    static long idle(FlowRecord r) {
        return r.at() - r.endTime();
    }

    static long protocol(FlowRecord r) {
        return r.protocol();
    }

    static long protocolNumber(FlowRecord r) {
        return r.protocol();
    }

    static long ipVersion(FlowRecord r) {
        return r.family();
    }

    static long srcPort(FlowRecord r) {
        return r.sourcePort();
    }

    static long dstPort(FlowRecord r) {
        return r.destinationPort();
    }

    static long tenant(FlowRecord r) {
        return r.tenant();
    }

    static long fwdPackets(FlowRecord r) {
        return r.forwardPackets();
    }

    static long fwdBytes(FlowRecord r) {
        return r.forwardBytes();
    }

    static long fwdFrameBytes(FlowRecord r) {
        return r.forwardFrameBytes();
    }

    static long revPackets(FlowRecord r) {
        return r.reversePackets();
    }

    static long revBytes(FlowRecord r) {
        return r.reverseBytes();
    }

    static long revFrameBytes(FlowRecord r) {
        return r.reverseFrameBytes();
    }

    static long packets(FlowRecord r) {
        return r.forwardPackets() + r.reversePackets();
    }

    static long bytes(FlowRecord r) {
        return r.forwardBytes() + r.reverseBytes();
    }

    static long frameBytes(FlowRecord r) {
        return r.forwardFrameBytes() + r.reverseFrameBytes();
    }

    static long rate(FlowRecord r) {
        long bytes = bytes(r), nanos = duration(r);
        if (nanos <= 0) {
            return 0;
        }
        return bytes <= Long.MAX_VALUE / SECOND ? bytes * SECOND / nanos : rateOfMany(bytes, nanos);
    }

    /** The same where the product takes more than 64 bits: division by hand, a bit at a time. At most {@link Long#MAX_VALUE}. */
    private static long rateOfMany(long bytes, long nanos) {
        long high = Math.multiplyHigh(bytes, SECOND), low = bytes * SECOND;
        long rest = high % nanos, quotient = 0;
        if (high >= nanos) {
            return Long.MAX_VALUE;
        }
        for (int bit = 63; bit >= 0; bit--) {
            rest = (rest << 1) | ((low >>> bit) & 1);
            quotient <<= 1;
            if (Long.compareUnsigned(rest, nanos) >= 0) {
                rest -= nanos;
                quotient |= 1;
            }
        }
        return quotient < 0 ? Long.MAX_VALUE : quotient;
    }

    static long fwdTcpFlags(FlowRecord r) {
        return r.forwardTcpFlags();
    }

    static long revTcpFlags(FlowRecord r) {
        return r.reverseTcpFlags();
    }

    static long tcpFlags(FlowRecord r) {
        return r.forwardTcpFlags() | r.reverseTcpFlags();
    }

    static long tcpState(FlowRecord r) {
        return r.tcpState();
    }

    static long endReason(FlowRecord r) {
        return r.reason();
    }

    static long offloaded(FlowRecord r) {
        return r.offloaded() ? 1 : 0;
    }

    static long ctxId(FlowRecord r) {
        return r.ctxId();
    }

    static long infosHigh(FlowRecord r) {
        return r.segment().get(LONG, r.infosAt());
    }

    static long infosLow(FlowRecord r) {
        return r.segment().get(LONG, r.infosAt() + 8);
    }

    static long srcAddrV4(FlowRecord r) {
        return r.segment().get(INT, r.sourceAt()) & 0xFFFF_FFFFL;
    }

    static long srcAddrHigh(FlowRecord r) {
        return r.segment().get(LONG, r.sourceAt());
    }

    static long srcAddrLow(FlowRecord r) {
        return r.segment().get(LONG, r.sourceAt() + 8);
    }

    static long dstAddrV4(FlowRecord r) {
        return r.segment().get(INT, r.destinationAt()) & 0xFFFF_FFFFL;
    }

    static long dstAddrHigh(FlowRecord r) {
        return r.segment().get(LONG, r.destinationAt());
    }

    static long dstAddrLow(FlowRecord r) {
        return r.segment().get(LONG, r.destinationAt() + 8);
    }

    /** Compares unsigned numbers of 128 bits. */
    static int compare(long highA, long lowA, long highB, long lowB) {
        int byHigh = Long.compareUnsigned(highA, highB);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(lowA, lowB);
    }
}
