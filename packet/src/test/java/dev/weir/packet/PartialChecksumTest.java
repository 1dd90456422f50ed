package dev.weir.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartialChecksumTest {
    private static final int NETWORK = 14, START = NETWORK + Ipv4.SIZE;

    /** A packet over IPv4 whose checksum field holds the sum of the pseudo header. */
    private static PacketVector unfinished(int length, int protocol, int type, long seed) {
        PacketVector p = new PacketVector(1, true);
        p.room(length + 8, 0);
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, p.data, 8, length);
        p.offset[0] = 8;
        p.captured[0] = length;
        p.length[0] = length;
        p.size = 1;
        p.data.set(ValueLayout.JAVA_BYTE, 8 + NETWORK, (byte) 0x45);
        int field = protocol == IpProtocol.TCP ? Tcp.CHECKSUM : Udp.CHECKSUM;
        int pseudo = Checksums.pseudoHeader(p.data, 8 + NETWORK, length - START, protocol);
        Bytes.put16(p.data, 8 + START + field, pseudo);
        p.offload[0] = Offload.of(Offload.NEEDS_CHECKSUM, type, 1000, START, field);
        return p;
    }

    private static int sum(PacketVector p, int protocol) {
        return Checksums.transport(p.data, 8 + NETWORK, 8 + START, p.captured[0] - START, protocol);
    }

    @ParameterizedTest
    @CsvSource({"6, 80", "6, 1501", "17, 60", "17, 61"})
    void finish_ofAWholePacket_leavesARightChecksum_andNothingToDo(int protocol, int length) {
        PacketVector p = unfinished(length, protocol, Offload.WHOLE, length);
        assertThat(PartialChecksum.end(p.offload[0])).isEqualTo(START + (protocol == 6 ? 18 : 8));
        PartialChecksum.finish(p, 0);
        assertThat(sum(p, protocol)).isZero();
        assertThat(Offload.needsChecksum(p.offload[0])).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"6, 80", "6, 9001", "17, 60", "17, 61"})
    void undo_afterAChangeThatTheChecksumFollows_leavesTheSumOfTheNewPseudoHeader(int protocol, int length) {
        PacketVector p = unfinished(length, protocol, Offload.TCP4, length);
        int field = Offload.checksumOffset(p.offload[0]);
        PartialChecksum.finish(p, 0);
        assertThat(Offload.needsChecksum(p.offload[0])).isTrue();
        int before = Bytes.i32(p.data, 8 + NETWORK + Ipv4.DESTINATION), after = 0x0a0b0c0d;
        Bytes.put32(p.data, 8 + NETWORK + Ipv4.DESTINATION, after);
        int checksum = Checksums.update32(Bytes.u16(p.data, 8 + START + field), before, after);
        int port = Bytes.u16(p.data, 8 + START);
        Bytes.put16(p.data, 8 + START, 53);
        Bytes.put16(p.data, 8 + START + field, Checksums.update16(checksum, port, 53));
        PartialChecksum.undo(p, 0);
        assertThat(Bytes.u16(p.data, 8 + START + field))
                .isEqualTo(Checksums.pseudoHeader(p.data, 8 + NETWORK, length - START, protocol));
    }

    @Test
    void sctp_andFinishedPackets_areLeftAlone() {
        assertThat(PartialChecksum.end(Offload.of(Offload.NEEDS_CHECKSUM, Offload.WHOLE, 0, START, 8)))
                .isZero();
        assertThat(PartialChecksum.end(Offload.of(0, Offload.TCP4, 1000, START, 16)))
                .isZero();
    }
}
