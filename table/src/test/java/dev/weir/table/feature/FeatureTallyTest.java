package dev.weir.table.feature;

import static dev.weir.table.feature.FeatureValues.BOTH;
import static dev.weir.table.feature.FeatureValues.FORWARD;
import static dev.weir.table.feature.FeatureValues.REVERSE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of packets, by cases and beside a plain list of them. */
class FeatureTallyTest {
    private static final int FIRST = 6;

    private final Arena arena = Arena.ofConfined();
    private final FeatureSet set = FeatureSet.all(FIRST);
    private final MemorySegment annex = arena.allocate(set.annexBytes(), 8);
    private final FeatureTally tally = new FeatureTally(set);
    private final FeatureValues values = new FeatureValues(set).wrap(annex, 0);

    @AfterEach
    void close() {
        arena.close();
    }

    /** One packet; a negative window or flags where there is no TCP header. */
    private record Packet(int direction, long time, long size, int payload, int header, int window, int flags) {}

    private void add(Packet p) {
        long facts = FeatureTally.facts(p.payload, p.header, p.window);
        tally.add(annex.address(), p.direction, p.time, p.size, facts, p.flags);
    }

    /** Packets are direction, milliseconds, payload, flags: {@code >0:100SA}; sizes are 40 more than payloads. */
    private void addAll(String script) {
        for (String word : script.strip().split(" +", -1)) {
            String[] parts = word.substring(1).split(":", -1);
            String digits = parts[1].replaceAll("[A-Z]", "");
            int payload = Integer.parseInt(digits);
            int flags = 0;
            for (char letter : parts[1].substring(digits.length()).toCharArray()) {
                flags |= 1 << "FSRPAUEC".indexOf(letter);
            }
            long time = (long) (Double.parseDouble(parts[0]) * 1e6);
            add(new Packet(
                    word.charAt(0) == '>' ? 0 : 1, 1_000_000_000L + time, payload + 40, payload, 20, 100, flags));
        }
    }

    private double value(String name) {
        return switch (name) {
            case "bulks" -> values.bulks(FORWARD);
            case "bulks back" -> values.bulks(REVERSE);
            case "bulk packets" -> values.bulkPackets(FORWARD);
            case "bulk octets" -> values.bulkPayload(FORWARD);
            case "bulk ms" -> values.bulkNanos(FORWARD) / 1e6;
            case "subflows" -> values.subflows();
            case "active ms" -> values.active().mean() / 1e6;
            case "active greatest" -> values.active().greatest() / 1e6;
            case "active least" -> values.active().least() / 1e6;
            case "idle ms" -> values.idle().mean() / 1e6;
            case "idle deviation" -> values.idle().deviation() / 1e6;
            case "gaps" -> values.gaps(BOTH).mean() / 1e6;
            case "forward gaps" -> values.gaps(FORWARD).mean() / 1e6;
            case "gap deviation" -> values.gaps(BOTH).deviation() / 1e6;
            case "duration" -> values.duration(BOTH) / 1e6;
            case "least size" -> values.sizes(BOTH).least();
            case "least payload back" -> values.payloads(REVERSE).least();
            case "variance" -> values.payloads(BOTH).variance();
            case "acks" -> values.flagPackets(BOTH, 4);
            case "data packets" -> values.dataPackets(FORWARD);
            default -> throw new IllegalArgumentException(name);
        };
    }

    @ParameterizedTest(name = "{0} | {1}")
    @CsvSource(delimiter = '|', textBlock = """
            >0:0S                                     | bulks              | 0
            >0:9 >1:9 >2:9                            | bulks              | 0
            >0:9 >1:9 >2:9 >3:9                       | bulks              | 1
            >0:9 >1:9 >2:9 >3:9                       | bulk packets       | 4
            >0:9 >1:9 >2:9 >3:9                       | bulk octets        | 36
            >0:9 >1:9 >2:9 >3:9                       | bulk ms            | 3
            >0:9 >1:9 >2:9 >3:9 >9:1                  | bulk packets       | 5
            >0:9 >1:9 >2:9 >3:9 >9:1                  | bulk ms            | 9
            >0:9 >1:9 >2:9 <3:0A >4:9                 | bulks              | 1
            >0:9 >1:9 >2:9 <3:1A >4:9                 | bulks              | 0
            >0:9 >1:9 >2:9 >1002:9                    | bulks              | 1
            >0:9 >1:9 >2:9 >1002.001:9                | bulks              | 0
            <0:9 <1:9 <2:9 <3:9                       | bulks              | 0
            <0:9 <1:9 <2:9 <3:9                       | bulks back         | 1
            >0:9 >1:9 >2:9 >3:9 <4:9 >5:9 >6:9 >7:9 >8:9 | bulks           | 2
            >0:0                                      | subflows           | 1
            >0:0 <1000:0                              | subflows           | 1
            >0:0 <1000.001:0                          | subflows           | 2
            >0:0                                      | active ms          | 0
            >0:0 >700:0                               | active ms          | 700
            >0:0 >5000:0                              | active ms          | 5000
            >0:0 >5000.001:0                          | active ms          | 0
            >0:0 >5000.001:0                          | idle ms            | 5000.001
            >0:0 >1:0 >6001:0 >6004:0                 | active greatest    | 3
            >0:0 >1:0 >6001:0 >6004:0                 | active least       | 1
            >0:0 >1:0 >6001:0 >6004:0                 | idle ms            | 6000
            >0:0 >6000:0 >14000:0                     | idle deviation     | 1414.2135623731
            >0:0                                      | gaps               | 0
            >0:0 <1:0 >4:0                            | gaps               | 2
            >0:0 <1:0 >4:0                            | forward gaps       | 4
            >0:0 <1:0 >4:0                            | gap deviation      | 1.4142135623731
            >3:0 <9:0                                 | duration           | 6
            >0:5 >1:3                                 | least size         | 43
            >0:5                                      | least payload back | 0
            >0:1 <1:2 >2:3 <3:4                       | variance           | 1.6666666666667
            >0:0S <1:0SA >2:0A                        | acks               | 2
            >0:0 >1:1 <2:1 >3:7                       | data packets       | 2
            """)
    void add_packets_valueIsAsDefined(String script, String name, double expected) {
        addAll(script);
        assertThat(value(name)).isCloseTo(expected, within(1e-9 * Math.max(1, expected)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        ">0:0S <1:0SA >2:0A >3:5PA <4:0A <5:9A >6:0FA <7:0FA, ShADadFf",
        ">0:0S >1:0S, S",
        ">0:0S <1:0RA, Sr",
        "<0:0SA >1:0R, ^hR",
        "<0:1A >1:0A, ^dA",
        ">0:0FS, Q",
        ">0:0FRS, I",
        ">0:0FR <1:0SR, Iq",
        ">0:3FA, F",
        ">0:0, ''"
    })
    void add_tcp_historyIsInLetters(String script, String expected) {
        addAll(script);
        assertThat(history()).isEqualTo(expected);
    }

    private String history() {
        var text = new StringBuilder();
        for (int i = 0; i < values.historyLength(); i++) {
            text.append(values.historyLetter(i));
        }
        return text.toString();
    }

    @Test
    void add_everyLetterOfBothSides_fits() {
        for (String way : new String[] {"<", ">"}) {
            for (String flags : new String[] {"S", "SA", "A", "PA", "FA", "R", "FR", "FS"}) {
                addAll(way + "0:" + (flags.equals("PA") ? 1 : 0) + flags);
            }
        }
        assertThat(history()).isEqualTo("^shadfriqSHADFRIQ");
    }

    @Test
    void restart_afterAPiece_countsAnewAndIsNotTurned() {
        addAll(">0:5A <9000:5A");
        tally.restart(annex.address());
        addAll("<9001:7A");
        assertThat(values.packets(FORWARD)).isZero();
        assertThat(values.sizes(BOTH).least()).isEqualTo(47);
        assertThat(values.gaps(BOTH).greatest()).isZero();
        assertThat(history()).isEqualTo("d");
    }

    @Test
    void add_numbersAtTheirLimits_areExact() {
        long year = 31_536_000_000_000_000L;
        add(new Packet(0, 0, 0xFFFF_FFFFL, -1, 1020, 0xFFFF, 0xFF));
        add(new Packet(1, year, 1, 0, 20, 0, 0));
        add(new Packet(0, 3 * year, 0xFFFF_FFFFL, -1, 60, 1, 0));
        assertThat(values.payload(FORWARD)).isEqualTo(2 * 0xFFFF_FFFFL);
        assertThat(values.firstSize(2)).isEqualTo(0xFFFF_FFFFL);
        assertThat(values.leastHeader(FORWARD)).isEqualTo(60);
        assertThat(values.headerOctets(FORWARD)).isEqualTo(1080);
        assertThat(values.initialWindow(FORWARD)).isEqualTo(0xFFFF);
        assertThat(values.initialWindow(REVERSE)).isZero();
        assertThat(values.gaps(BOTH).deviation()).isCloseTo(year / Math.sqrt(2), within(8.0));
        assertThat(values.sizes(FORWARD).deviation()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void add_randomPackets_agreesWithAListOfThem(long seed) {
        var random = new SplittableRandom(seed);
        var list = new ArrayList<Packet>();
        long time = random.nextLong(1L << 60);
        for (int i = random.nextInt(1, 200); i > 0; i--) {
            time += switch (random.nextInt(6)) {
                case 0 -> 0;
                case 1 -> random.nextLong(12_000_000_000L);
                case 2 -> random.nextLong(1_500_000_000L);
                default -> random.nextLong(1L << random.nextInt(1, 24));
            };
            int payload = random.nextInt(3) == 0 ? 0 : random.nextInt(1, 1 << random.nextInt(1, 17));
            boolean tcp = random.nextInt(8) != 0;
            list.add(new Packet(
                    random.nextInt(5) / 3,
                    time,
                    payload + 40L,
                    payload,
                    random.nextInt(10) == 0 ? 0 : 20 + 4 * random.nextInt(11),
                    tcp ? random.nextInt(1 << 16) : -1,
                    tcp ? random.nextInt(256) : -1));
        }
        list.forEach(this::add);
        agree("seed " + seed, list);
    }

    private void agree(String what, List<Packet> all) {
        for (int way : new int[] {FORWARD, REVERSE, BOTH}) {
            List<Packet> some =
                    all.stream().filter(p -> way == BOTH || p.direction == way).toList();
            String name = what + " way " + way;
            agree(name + " sizes", values.sizes(way), numbers(some, Packet::size));
            agree(name + " payloads", values.payloads(way), numbers(some, p -> p.payload));
            agree(name + " gaps", values.gaps(way), gaps(some));
            for (int flag = 0; flag < 8; flag++) {
                int bit = 1 << flag;
                assertThat(values.flagPackets(way, flag))
                        .as(name + " flag " + flag)
                        .isEqualTo(count(some, p -> p.flags >= 0 && (p.flags & bit) != 0));
            }
            if (way != BOTH) {
                agreeOfDirection(name, way, some);
            }
        }
        List<Long> gaps = gaps(all);
        List<Long> idle =
                gaps.stream().filter(gap -> gap > FeatureTally.ACTIVITY_NANOS).toList();
        agree(what + " idle", values.idle(), idle);
        long active = numbers(all, Packet::time).getLast()
                - all.getFirst().time
                - idle.stream().mapToLong(Long::longValue).sum();
        assertThat(values.active().mean()).isCloseTo((double) active / (idle.size() + 1), within(1e-3));
        assertThat(values.subflows())
                .as(what)
                .isEqualTo(1
                        + gaps.stream()
                                .filter(gap -> gap > FeatureTally.SUBFLOW_NANOS)
                                .count());
        assertThat(values.firstPackets()).isEqualTo(Math.min(FIRST, all.size()));
        for (int i = 0; i < values.firstPackets(); i++) {
            assertThat(values.firstSize(i)).isEqualTo(all.get(i).size);
            assertThat(values.firstDirection(i)).isEqualTo(all.get(i).direction);
            assertThat(values.firstGap(i)).isEqualTo(i == 0 ? 0 : gaps.get(i - 1));
        }
    }

    private void agreeOfDirection(String name, int way, List<Packet> some) {
        assertThat(values.packets(way)).as(name).isEqualTo(some.size());
        assertThat(values.dataPackets(way)).as(name).isEqualTo(count(some, p -> p.payload > 0));
        assertThat(values.headerOctets(way))
                .as(name)
                .isEqualTo(some.stream().mapToLong(Packet::header).sum());
        assertThat(values.leastHeader(way))
                .as(name)
                .isEqualTo(some.stream()
                        .filter(p -> p.header > 0)
                        .mapToLong(Packet::header)
                        .min()
                        .orElse(0));
        assertThat(values.initialWindow(way))
                .as(name)
                .isEqualTo(some.stream()
                        .filter(p -> p.window >= 0)
                        .mapToLong(Packet::window)
                        .findFirst()
                        .orElse(0));
    }

    private static long count(List<Packet> some, Predicate<Packet> which) {
        return some.stream().filter(which).count();
    }

    private static List<Long> numbers(List<Packet> some, ToLongFunction<Packet> of) {
        return some.stream().map(of::applyAsLong).toList();
    }

    private static List<Long> gaps(List<Packet> some) {
        var gaps = new ArrayList<Long>();
        for (int i = 1; i < some.size(); i++) {
            gaps.add(some.get(i).time - some.get(i - 1).time);
        }
        return gaps;
    }

    private static void agree(String what, Statistic statistic, List<Long> numbers) {
        assertThat(statistic.least())
                .as(what)
                .isEqualTo(numbers.stream().mapToLong(x -> x).min().orElse(0));
        assertThat(statistic.greatest())
                .as(what)
                .isEqualTo(numbers.stream().mapToLong(x -> x).max().orElse(0));
        close(what, statistic.mean(), numbers.isEmpty() ? BigDecimal.ZERO : mean(numbers));
        close(what, statistic.variance(), numbers.size() < 2 ? BigDecimal.ZERO : variance(numbers));
    }

    private static void close(String what, double value, BigDecimal exact) {
        double expected = exact.doubleValue();
        assertThat(value).as(what).isCloseTo(expected, within(1e-14 * Math.max(1, expected)));
    }

    private static BigDecimal mean(List<Long> numbers) {
        BigInteger sum = sum(numbers, BigInteger::valueOf);
        return new BigDecimal(sum).divide(BigDecimal.valueOf(numbers.size()), MathContext.DECIMAL128);
    }

    private static BigDecimal variance(List<Long> numbers) {
        BigInteger n = BigInteger.valueOf(numbers.size());
        BigInteger sum = sum(numbers, BigInteger::valueOf);
        BigInteger squares = sum(numbers, x -> BigInteger.valueOf(x).pow(2));
        BigInteger numerator = n.multiply(squares).subtract(sum.pow(2));
        return new BigDecimal(numerator)
                .divide(new BigDecimal(n.multiply(n.subtract(BigInteger.ONE))), MathContext.DECIMAL128);
    }

    private static BigInteger sum(List<Long> numbers, Function<Long, BigInteger> of) {
        return numbers.stream().map(of).reduce(BigInteger.ZERO, BigInteger::add);
    }
}
