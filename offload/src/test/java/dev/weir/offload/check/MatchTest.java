package dev.weir.offload.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.offload.Samples;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MatchTest {
    private static final FlowCheck CHECK = FlowCheck.of(Samples.model());

    private static Match match(FieldRef... refs) throws FlowFault {
        Flow flow = Flow.of(Samples.ACL, 1, 1, List.of(refs), List.of());
        return CHECK.table(flow).match(flow);
    }

    private static Match match(int value, int mask, int protocol, int protocolMask) throws FlowFault {
        return match(
                Samples.SRC_IP.masked(Samples.u32(value), Samples.u32(mask)),
                Samples.PROTOCOL.masked(Samples.u8(protocol), Samples.u8(protocolMask)));
    }

    /** a, b: value/mask of two columns each. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            equal                              | 1/f 2/f | 1/f 2/f | true  | true
            one of two fields equal            | 1/f 5/f | 1/f 6/f | false | false
            wildcard in exact zero             | 0/0 0/0 | 0/f 0/0 | false | true
            exact zero in wildcard             | 0/f 0/0 | 0/0 0/0 | true  | true
            a lacks a field that b restricts   | 1/f 0/0 | 1/f 2/f | false | true
            b lacks a field that a restricts   | 1/f 2/f | 1/f 0/0 | true  | true
            unrelated fields                   | 1/f 0/0 | 0/0 2/f | false | true
            nested masks                       | 4/c 0/0 | 4/4 0/0 | true  | true
            crossing masks                     | 1/3 0/0 | 2/6 0/0 | false | false
            crossing masks that agree          | 2/3 0/0 | 2/6 0/0 | false | true
            """)
    void subsetAndOverlap_lookAtAllBitsOfAllFields(String title, String a, String b, boolean subset, boolean overlap)
            throws FlowFault {
        assertThat(match(a).isSubsetOf(match(b))).isEqualTo(subset);
        assertThat(match(a).overlaps(match(b))).isEqualTo(overlap);
        assertThat(match(b).overlaps(match(a))).isEqualTo(overlap);
    }

    private static Match match(String text) throws FlowFault {
        int[] n = Pattern.compile("[ /]")
                .splitAsStream(text)
                .mapToInt(each -> Integer.parseInt(each, 16))
                .toArray();
        return match(n[0], n[1], n[2], n[3]);
    }

    /** Against all packets that there are: 4 bits of address, 2 of protocol. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void subsetAndOverlap_agreeWithAllPackets(long seed) throws FlowFault {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2000; i++) {
            int[] n = random.ints(8, 0, 16).toArray();
            List<Long> a = packets(n[0], n[1], n[2] & 3, n[3] & 3);
            List<Long> b = packets(n[4], n[5], n[6] & 3, n[7] & 3);
            Match first = match(n[0], n[1], n[2] & 3, n[3] & 3);
            Match second = match(n[4], n[5], n[6] & 3, n[7] & 3);
            String as = "seed %d, pair %d".formatted(seed, i);
            assertThat(first.isSubsetOf(second)).as(as).isEqualTo(b.containsAll(a));
            assertThat(first.overlaps(second)).as(as).isEqualTo(a.stream().anyMatch(b::contains));
            assertThat(first.equals(second)).as(as).isEqualTo(a.equals(b));
        }
    }

    private static List<Long> packets(int value, int mask, int protocol, int protocolMask) {
        return LongStream.range(0, 64)
                .filter(p -> ((p ^ value) & mask) == 0 && (((p >> 4) ^ protocol) & protocolMask) == 0)
                .boxed()
                .toList();
    }

    @Test
    void highAndLowWords_bothCount() throws FlowFault {
        List<Match> matches = new ArrayList<>();
        for (long high : new long[] {0, 1}) {
            for (long low : new long[] {0, 1}) matches.add(match(Samples.SRC_IP6.exactly(Samples.u128(high, low))));
        }
        assertThat(matches).doesNotHaveDuplicates();
        for (Match a : matches) {
            for (Match b : matches) assertThat(a.overlaps(b)).isEqualTo(a.equals(b));
        }
    }
}
