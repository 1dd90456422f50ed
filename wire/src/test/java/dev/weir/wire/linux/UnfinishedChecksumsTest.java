package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.Checksums;
import dev.weir.packet.EtherType;
import dev.weir.packet.Ethernet;
import dev.weir.packet.IpProtocol;
import dev.weir.packet.Ipv4;
import dev.weir.packet.Ipv6;
import dev.weir.packet.SctpChecksum;
import dev.weir.packet.Tcp;
import dev.weir.packet.Udp;
import dev.weir.packet.Vlan;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnfinishedChecksumsTest {
    private static final int AT = 32, ROOM = 2048;

    private final MemorySegment memory = MemorySegment.ofArray(new byte[ROOM]);
    private final UnfinishedChecksums checksums = new UnfinishedChecksums();
    private int network, transport, octets;

    /** Writes a frame with this many octets of payload at {@link #AT}; @return its length */
    private int frame(boolean v4, boolean tagged, int protocol, int payload, SplittableRandom random) {
        for (int i = 0; i < ROOM; i++) memory.set(JAVA_BYTE, i, (byte) random.nextInt());
        int header = protocol == IpProtocol.TCP ? Tcp.SIZE : protocol == IpProtocol.UDP ? Udp.SIZE : 12;
        octets = header + payload;
        int type = v4 ? EtherType.IPV4 : EtherType.IPV6;
        network = AT + Ethernet.write(memory, AT, 1, 2, tagged ? EtherType.VLAN : type);
        if (tagged) network += Vlan.write(memory, network, 0, 5, type);
        transport = network
                + (v4
                        ? Ipv4.write(memory, network, 0, Ipv4.SIZE + octets, 7, 0, 64, protocol, random.nextInt(), 9)
                        : Ipv6.write(memory, network, 0, 0, octets, protocol, 64, random.nextLong(), 1, 2, 3));
        if (protocol == IpProtocol.TCP) Tcp.write(memory, transport, 80, 4000, 1, 2, 0x10, 500);
        if (protocol == IpProtocol.UDP) Udp.write(memory, transport, 53, 4000, octets);
        return transport + octets - AT;
    }

    @ParameterizedTest(name = "{0}, IPv4 {1}, tagged {2}")
    @CsvSource({"6, true, false", "6, false, false", "6, true, true", "17, true, false", "17, false, true"})
    void finish_pseudoHeaderInTheField_makesItRight(int protocol, boolean v4, boolean tagged) {
        SplittableRandom random = new SplittableRandom(protocol);
        for (int payload = 0; payload < 1400; payload += 1 + random.nextInt(40)) {
            int length = frame(v4, tagged, protocol, payload, random);
            store(protocol, Checksums.pseudoHeader(memory, network, octets, protocol));
            assertThat(checksums.finish(memory, AT, length)).isTrue();
            assertThat(Checksums.transport(memory, network, transport, octets, protocol))
                    .isZero();
            assertThat(checksums.finish(memory, AT, length)).as("only once").isFalse();
        }
    }

    private void store(int protocol, int checksum) {
        if (protocol == IpProtocol.TCP) Tcp.setChecksum(memory, transport, checksum);
        else Udp.setChecksum(memory, transport, checksum);
    }

    @Test
    void finish_emptySctpField_isFilled() {
        int length = frame(true, false, IpProtocol.SCTP, 20, new SplittableRandom(1));
        SctpChecksum sctp = new SctpChecksum();
        memory.asSlice(transport + 8, 4).fill((byte) 0);
        assertThat(checksums.finish(memory, AT, length)).isTrue();
        assertThat(sctp.isRight(memory, transport, octets)).isTrue();
    }

    /** A right one stays, a wrong one stays wrong, and none at all in UDP over IPv4 stays none. */
    @ParameterizedTest
    @ValueSource(ints = {0, 0x1234, 0xFFFF})
    void finish_otherFields_areLeftAlone(int field) {
        int length = frame(true, false, IpProtocol.UDP, 100, new SplittableRandom(3));
        Udp.setChecksum(memory, transport, field);
        assertThat(checksums.finish(memory, AT, length)).isFalse();
        assertThat(Udp.checksum(memory, transport)).isEqualTo(field);
        Udp.fillChecksum(memory, network, transport);
        int right = Udp.checksum(memory, transport);
        assertThat(checksums.finish(memory, AT, length)).isFalse();
        assertThat(Udp.checksum(memory, transport)).isEqualTo(right);
    }

    @Test
    void finish_fragment_isLeftAlone() {
        SplittableRandom random = new SplittableRandom(4);
        int length = frame(true, false, IpProtocol.UDP, 100, random);
        int source = Ipv4.source(memory, network);
        Ipv4.write(memory, network, 0, Ipv4.SIZE + octets, 7, Ipv4.MORE_FRAGMENTS, 64, IpProtocol.UDP, source, 9);
        Udp.setChecksum(memory, transport, Checksums.pseudoHeader(memory, network, octets, IpProtocol.UDP));
        assertThat(checksums.finish(memory, AT, length)).isFalse();
    }

    /** Whatever the octets, nothing outside the frame changes and nothing is thrown. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 0x5EED})
    void finish_hostileOctets_staysInTheFrame(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 20_000; step++) {
            int protocol = switch (random.nextInt(3)) {
                case 0 -> IpProtocol.TCP;
                case 1 -> IpProtocol.UDP;
                default -> IpProtocol.SCTP;
            };
            int length = frame(random.nextBoolean(), random.nextBoolean(), protocol, random.nextInt(60), random);
            for (int i = random.nextInt(4); i > 0; i--) {
                memory.set(JAVA_BYTE, AT + random.nextInt(length), (byte) random.nextInt());
            }
            int cut = random.nextInt(length + 1);
            byte[] after = memory.asSlice(AT + cut).toArray(JAVA_BYTE);
            checksums.finish(memory, AT, cut);
            assertThat(memory.asSlice(AT + cut).mismatch(MemorySegment.ofArray(after)))
                    .as("seed=%d step=%d", seed, step)
                    .isEqualTo(-1);
        }
    }
}
