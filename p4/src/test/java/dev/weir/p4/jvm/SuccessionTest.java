package dev.weir.p4.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.ir.IrReader;
import dev.weir.p4.ir.IrVerifier;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.EntryView;
import dev.weir.p4.run.Inheritance;
import dev.weir.p4.run.Inheritance.OfTable;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.RunOptions;
import dev.weir.p4.run.Succession;
import dev.weir.p4.run.TableControl;
import dev.weir.packet.PacketVector;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program has of the one whose place it takes: flows that packets add, with a counter and a register each, and a table of the control plane's. */
class SuccessionTest {
    private static final String PROGRAM = """
            program flows
            header flow_t {
                number 32
            }
            headers {
                flow flow_t
            }
            variables {
                failed 1
                sum 32
            }
            counter all[2] packets_and_bytes
            register last[4] 32
            direct counter seen packets_and_bytes
            direct register times 32 = 5
            action known(port 32) {
                count seen
                sum <- read times
                write times = sum + 32w1
                forward $port
            }
            action begin() {
                failed <- add_entry known(flow.number & 32w7) profile 8w1
            }
            action other() {
            }
            table flows {
                key "number" exact = flow.number
                action other table_only
                action known
                action begin default_only
                default begin()
                size 4096
                add_on_miss
                idle delete
                direct seen
                direct times
            }
            action route(port 32) {
                forward $port
            }
            table routes {
                key "number" lpm = flow.number
                action route
                action other
                default other()
                size 64
            }
            parser {
                state start {
                    extract flow
                    goto accept
                }
            }
            control {
                count all[1w1]
                write last[2w3] = flow.number
                apply routes
                apply flows
            }
            deparser {
                emit flow
            }
            """;

    private static final int VECTOR = 64;

    private final PacketVector packets = new PacketVector(VECTOR);
    private final int[] picks = new int[VECTOR];
    private long now = 1_000_000;

    private static RunningProgram start(String text) {
        return ProgramCompiler.compile(IrVerifier.requireValid(IrReader.read(text)))
                .start(RunOptions.of(Rules.P4TC), VECTOR);
    }

    private void send(RunningProgram program, int... flows) {
        packets.room(8 * VECTOR, 0);
        packets.size = flows.length;
        for (int i = 0; i < flows.length; i++) {
            picks[i] = i;
            packets.offset[i] = 8L * i;
            packets.captured[i] = 8;
            packets.length[i] = 8;
            packets.data.set(ValueLayout.JAVA_INT_UNALIGNED, 8L * i, Integer.reverseBytes(flows[i]));
        }
        program.process(packets, picks, flows.length, now++);
    }

    private static void route(RunningProgram program, int prefix, int port) {
        Match match = new Match.Masked(BigInteger.valueOf((long) prefix << 24), BigInteger.valueOf(0xFF000000L));
        Table.Call call = new Table.Call("route", List.of(BigInteger.valueOf(port)));
        assertThat(program.state().control("routes").insert(new Table.Entry(List.of(match), null, call, false), 0))
                .isEqualTo(TableControl.Result.DONE);
    }

    private static Inheritance replace(RunningProgram before, RunningProgram after) {
        Succession succession = new Succession(before.state(), after.state());
        while (!succession.advance()) {}
        return succession.finish();
    }

    /** Entries with their times, counters and registers. */
    private static Map<BigInteger, String> flows(RunningProgram program) {
        TableControl control = program.state().control("flows");
        return new TreeMap<>(control.entryViews().stream()
                .collect(Collectors.toMap(SuccessionTest::number, view -> shown(control, view))));
    }

    private static BigInteger number(EntryView view) {
        return ((Match.Exactly) view.entry().matches().getFirst()).number();
    }

    private static String shown(TableControl control, EntryView view) {
        List<Match> key = view.entry().matches();
        long[] counted = control.counter("seen", key, null);
        return view.entry().call() + " " + view.lifetime() + " " + view.lastHit() + " "
                + (counted == null ? "" : counted[0] + "/" + counted[1]) + " " + control.register("times", key, null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "program flows    | program flows",
                "action other table_only | ",
                "size 4096        | size 8192",
                "size 64          | size 32",
                "direct counter seen | direct counter more packets direct counter seen",
                "direct seen      | direct times direct seen",
                "default begin()  | default begin() profiles 7",
            })
    void programThatIsAlike_hasAllEntriesAsTheyWere(String before, String after) {
        String next = PROGRAM.replace(
                before,
                after == null ? "" : after.replace(" direct", "\n direct").replace(" profiles", "\n profiles"));
        if (before.startsWith("direct seen"))
            next = next.replace(
                    "    direct times\n    direct seen\n    direct times", "    direct times\n    direct seen");
        try (RunningProgram one = start(PROGRAM);
                RunningProgram other = start(next)) {
            route(one, 9, 3);
            for (int round = 0; round < 3; round++) {
                for (int flow = 0; flow < 900; flow += 9) send(one, flow, flow + 1, flow * round);
            }
            one.state().control("flows").setProfile(1, 7_000_000_000L);
            Map<BigInteger, String> expected = flows(one);
            Inheritance inheritance = replace(one, other);
            assertThat(flows(other)).isEqualTo(expected);
            assertThat(inheritance.entriesKept()).isEqualTo(expected.size() + 1);
            assertThat(inheritance.entriesLeft()).isZero();
            assertThat(inheritance.kept()).containsExactly("all", "last");
            assertThat(other.state().cells("all").packets(1)).isEqualTo(900);
            assertThat(other.state().cells("last").register(3)).isEqualTo(one(flowOf(891, 2)));
            send(other, 9 << 24 | 1, 0);
            assertThat(flows(other)).hasSize(expected.size() + 1);
            assertThat(other.state().control("flows").profiles()[1]).isEqualTo(7_000_000_000L);
            assertThat(other.state().table("routes").hits()).isEqualTo(1);
            assertThat(other.state().cells("all").packets(1)).isEqualTo(902);
        }
    }

    private static int flowOf(int flow, int round) {
        return flow * round;
    }

    private static BigInteger one(long number) {
        return BigInteger.valueOf(number);
    }

    @Test
    void whatMeansSomethingElse_isLeft_andTold() {
        String next = PROGRAM.replace("action known(port 32)", "action known(port 16)")
                .replace("write times = sum + 32w1\n    forward $port", "write times = sum + 32w1\n    forward 32w1")
                .replace("known(flow.number & 32w7)", "known(16w7)")
                .replace("key \"number\" lpm", "key \"nr\" lpm")
                .replace("register last[4] 32", "register last[4] 64")
                .replace("write last[2w3] = flow.number", "write last[2w3] = zext64(flow.number)");
        try (RunningProgram one = start(PROGRAM);
                RunningProgram other = start(next)) {
            route(one, 9, 3);
            send(one, 1, 2, 3);
            Inheritance inheritance = replace(one, other);
            assertThat(inheritance.tables())
                    .containsExactly(
                            new OfTable("flows", 0, 3, "known: not there or with other parameters"),
                            new OfTable("routes", 0, 1, "its keys are others now"));
            assertThat(inheritance.left()).containsExactly("last");
            assertThat(flows(other)).isEmpty();
            send(other, 1, 1);
            assertThat(flows(other)).hasSize(1);
        }
    }

    @Test
    void smallerTable_keepsWhatItHasRoomFor() {
        try (RunningProgram one = start(PROGRAM);
                RunningProgram other = start(PROGRAM.replace("size 4096", "size 10"))) {
            for (int flow = 0; flow < 30; flow++) send(one, flow);
            assertThat(replace(one, other).tables())
                    .containsExactly(new OfTable("flows", 10, 20, "the table is smaller now"));
            assertThat(flows(other)).hasSize(10);
        }
    }

    /** Packets hit, add, and let run out while entries are copied: at the end both have the same. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void packetsThatGoOn_areInWhatIsKept(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (RunningProgram one = start(PROGRAM);
                RunningProgram other = start(PROGRAM.replace("size 4096", "size 5000"))) {
            one.state().control("flows").setProfile(1, 40_000);
            for (int flow = 0; flow < 3000; flow++) send(one, flow);
            Succession succession = new Succession(one.state(), other.state());
            boolean ready = false;
            for (int vector = 0; !ready || vector < 40; vector++) {
                now += random.nextInt(2000);
                int[] flows = random.ints(VECTOR, 0, 6000).toArray();
                send(one, flows);
                ready = succession.advance();
            }
            send(one, random.ints(VECTOR, 0, 6000).toArray());
            Map<BigInteger, String> expected = flows(one);
            Inheritance inheritance = succession.finish();
            assertThat(flows(other)).as("seed " + seed).isEqualTo(expected);
            assertThat(inheritance.entriesKept()).isEqualTo(expected.size());
            for (int i = 0; i < 10; i++) other.state().advance(now + 100_000_000);
            assertThat(other.state().control("flows").size()).isZero();
        }
    }
}
