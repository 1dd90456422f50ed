package dev.weir.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksumsTest {
    /** RFC 1071 section 2.1, a word at a time, with the carry put back after each. */
    private static int slow(byte[] bytes, int from, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            int octet = bytes[from + i] & 0xFF;
            sum += i % 2 == 0 ? octet << 8 : octet;
            if (sum > 0xFFFF) {
                sum -= 0xFFFF;
            }
        }
        return ~sum & 0xFFFF;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        example of RFC 1071 section 3   | 0001f203f4f5f6f7                         | 220d
        IPv4 header, field left out     | 45000073000040004011 0000 c0a80001c0a800c7 | b861
        IPv4 header, field in place     | 45000073000040004011 b861 c0a80001c0a800c7 | 0
        nothing                         | ''                                       | ffff
        one octet                       | 01                                       | feff
        all ones                        | ffffffff                                 | 0
        """)
    void internet_knownVectors(String title, String bytes, String checksum) {
        byte[] packet = Parsed.hex(bytes);
        assertThat(Checksums.internet(MemorySegment.ofArray(packet), 0, packet.length))
                .isEqualTo(Integer.parseInt(checksum, 16));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 0x5EED})
    void internet_anyBytes_agreesWithOneWordAtATime(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 5_000; step++) {
            byte[] bytes = new byte[random.nextInt(1, 200)];
            random.nextBytes(bytes);
            int from = random.nextInt(bytes.length);
            int length = random.nextInt(bytes.length - from + 1);
            assertThat(Checksums.internet(MemorySegment.ofArray(bytes), from, length))
                    .as("seed=%d step=%d", seed, step)
                    .isEqualTo(slow(bytes, from, length));
        }
    }

    /** After the change of any field, the updated checksum is one under which the bytes verify. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 0x5EED})
    void update_anyChange_staysRight(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int step = 0; step < 5_000; step++) {
            byte[] bytes = new byte[64];
            random.nextBytes(bytes);
            MemorySegment s = MemorySegment.ofArray(bytes);
            Bytes.put16(s, 0, 0);
            Bytes.put16(s, 0, Checksums.internet(s, 0, 64));
            int field = 2 * random.nextInt(1, 20);
            int checksum = change(s, field, random);
            Bytes.put16(s, 0, checksum);
            assertThat(Checksums.internet(s, 0, 64))
                    .as("seed=%d step=%d", seed, step)
                    .isZero();
        }
    }

    private static int change(MemorySegment s, int field, SplittableRandom random) {
        int checksum = Bytes.u16(s, 0);
        return switch (random.nextInt(3)) {
            case 0 -> {
                int before = Bytes.u16(s, field);
                int after = random.nextInt(0x10000);
                Bytes.put16(s, field, after);
                yield Checksums.update16(checksum, before, after);
            }
            case 1 -> {
                int before = Bytes.i32(s, field);
                int after = random.nextInt();
                Bytes.put32(s, field, after);
                yield Checksums.update32(checksum, before, after);
            }
            default -> {
                long high = Bytes.i64(s, field);
                long low = Bytes.i64(s, field + 8);
                long afterHigh = random.nextLong();
                long afterLow = random.nextLong();
                Bytes.put64(s, field, afterHigh);
                Bytes.put64(s, field + 8, afterLow);
                yield Checksums.update128(checksum, high, low, afterHigh, afterLow);
            }
        };
    }

    /** The case that RFC 1624 section 4 shows: the older formula would give ffff. */
    @Test
    void update16_theCaseOfRfc1624_givesZero() {
        assertThat(Checksums.update16(0xDD2F, 0x5555, 0x3285)).isZero();
    }

    /** An odd datagram over IPv4, and an echo request over IPv6, their checksums worked out elsewhere. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        UDP over IPv4    | 17 | 20 | 4500001d0001000040117ccd7f0000017f000001 03e8 03e9 0009 9908 61
        ICMPv6 over IPv6 | 58 | 40 | 6000000000083aff fe800000000000000000000000000001 fe800000000000000000000000000002 8000 82b6 0001 0001
        """)
    void transport_knownPackets_verify(String title, int protocol, int transport, String hex) {
        byte[] packet = Parsed.hex(hex);
        MemorySegment s = MemorySegment.ofArray(packet);
        assertThat(Checksums.transport(s, 0, transport, packet.length - transport, protocol))
                .isZero();
    }

    /** What a sender leaves to its interface: the sum of pseudo header and all the rest, complemented, is the checksum. */
    @Test
    void pseudoHeader_inTheField_leavesTheRestToBeSummed() {
        byte[] packet = Parsed.hex("4500001d0001000040117ccd7f0000017f000001 03e8 03e9 0009 0000 61");
        MemorySegment s = MemorySegment.ofArray(packet);
        Bytes.put16(s, 26, Checksums.pseudoHeader(s, 0, 9, IpProtocol.UDP));
        assertThat(Checksums.internet(s, 20, 9)).isEqualTo(0x9908);
    }

    @Test
    void fillIfEmpty_onlyAnEmptyField_isFilled() {
        MemorySegment s = MemorySegment.ofArray(new byte[16]);
        SctpChecksum checksum = new SctpChecksum();
        assertThat(checksum.fillIfEmpty(s, 0, 16)).isTrue();
        assertThat(checksum.isRight(s, 0, 16)).isTrue();
        assertThat(checksum.fillIfEmpty(s, 0, 16)).isFalse();
    }

    @Test
    void sctpChecksum_anyLength_agreesWithOneBitAtATime() {
        byte[] padded = new byte[4096];
        SplittableRandom random = new SplittableRandom(7);
        random.nextBytes(padded);
        MemorySegment s = MemorySegment.ofArray(padded);
        SctpChecksum checksum = new SctpChecksum();
        for (int length : new int[] {12, 13, 100, 2047, 2048, 2049, 4096}) {
            checksum.fill(s, 0, length);
            assertThat(checksum.isRight(s, 0, length)).isTrue();
            assertThat(checksum.compute(s, 0, length)).isEqualTo(slowSctp(padded, length));
        }
    }

    /** RFC 9260 appendix A, a bit at a time; the field at octet 8 counts as 0. */
    private static int slowSctp(byte[] packet, int length) {
        int crc = -1;
        for (int i = 0; i < length; i++) {
            crc ^= i >= 8 && i < 12 ? 0 : packet[i] & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ ((crc & 1) == 0 ? 0 : 0x82F63B78);
            }
        }
        return Integer.reverseBytes(~crc);
    }
}
