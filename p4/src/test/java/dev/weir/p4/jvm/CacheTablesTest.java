package dev.weir.p4.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.weir.p4.ir.IrPrinter;
import dev.weir.p4.ir.IrReader;
import dev.weir.p4.ir.IrVerifier;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.Author;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.RunOptions;
import dev.weir.p4.run.Succession;
import dev.weir.p4.run.TableControl;
import dev.weir.p4.run.TableControl.Result;
import dev.weir.p4.run.TableListener;
import dev.weir.packet.PacketVector;
import dev.weir.table.cache.BoundedCache;
import dev.weir.table.cache.CacheFigures;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A table that packets add flows of tenants to, and that is a cache. What its entries do tells a hit from a newcomer that came in, and that from one that stayed out. */
class CacheTablesTest {
    private static final String PROGRAM = """
            program tenants
            header flow_t {
                tenant 8
                number 24
            }
            headers {
                flow flow_t
            }
            variables {
                failed 1
            }
            direct counter seen packets_and_bytes
            action known(port 32) {
                count seen
                forward $port
            }
            action learn() {
                failed <- add_entry known(32w5) profile 8w0
                forward zext32(failed)
            }
            table flows {
                key "tenant" exact = flow.tenant
                key "number" exact = flow.number
                action known
                action learn default_only
                default learn()
                size SIZE
                add_on_miss
                idle IDLE
                direct seen
                cache CACHE
            }
            parser {
                state start {
                    extract flow
                    goto accept
                }
            }
            control {
                apply flows
            }
            deparser {
                emit flow
            }
            """;
    private static final long SECOND = 1_000_000_000;
    private static final int VECTOR = 64;

    private final PacketVector packets = new PacketVector(VECTOR);
    private final int[] picks = IntStream.range(0, VECTOR).toArray();
    private long now = SECOND;

    private static Pipeline program(String cache, int size, String idle) {
        String text = PROGRAM.replace("CACHE", cache)
                .replace("SIZE", Integer.toString(size))
                .replace("IDLE", idle);
        Pipeline pipeline = IrVerifier.requireValid(IrReader.read(text));
        assertThat(IrReader.read(IrPrinter.print(pipeline))).isEqualTo(pipeline);
        return pipeline;
    }

    private static byte[] packet(int tenant, int number, int bytes) {
        byte[] packet = new byte[bytes];
        packet[0] = (byte) tenant;
        packet[1] = (byte) (number >>> 16);
        packet[2] = (byte) (number >>> 8);
        packet[3] = (byte) number;
        return packet;
    }

    private static Table.Entry entry(int tenant, int number) {
        List<Match> key =
                List.of(new Match.Exactly(BigInteger.valueOf(tenant)), new Match.Exactly(BigInteger.valueOf(number)));
        return new Table.Entry(key, null, new Table.Call("known", List.of(BigInteger.valueOf(7))), false);
    }

    @ParameterizedTest
    @CsvSource({
        "lru, 12, none",
        "lfu bytes, 12, delete",
        "tinylfu, 12, none",
        "tinylfu bytes, 30, delete",
        "lru tenant \"tenant\" quota 5, 12, none",
        "lfu tenant \"tenant\" quota 5, 12, delete",
        "tinylfu bytes tenant \"tenant\" quota 9, 30, none",
        "tinylfu, 1100, none",
        "lru, 1100, delete",
    })
    void compiled_whateverThePolicy_doesWhatItsInterpreterDoes(String cache, int size, String idle) {
        Pipeline pipeline = program(cache, size, idle);
        for (long seed = 1; seed <= (size > 100 ? 1 : 6); seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            CompiledProgram program = ProgramCompiler.compile(pipeline, seed % 2 == 0);
            try (Differential both = new Differential(pipeline, program, Rules.PNA, seed, 0)) {
                for (int vector = 0; vector < (size > 100 ? 120 : 60); vector++) {
                    String context = cache + " seed " + seed + " vector " + vector;
                    long time = vector * 700_000_007L;
                    List<byte[]> in = new ArrayList<>();
                    for (int i = 0; i < VECTOR; i++) {
                        int number = Math.min(random.nextInt(4 * size), random.nextInt(4 * size)) + vector / 20 * size;
                        in.add(packet(number % 3, number, 4 + random.nextInt(400)));
                    }
                    both.run(in, 0, time, context);
                    if (vector % 9 == 0) both.insert("flows", entry(1, random.nextInt(4 * size)), time);
                    both.compareState(context);
                }
            }
        }
    }

    private RunningProgram start(String cache, int size, RunOptions options) {
        return ProgramCompiler.compile(program(cache, size, "none")).start(options.withCacheSeed(1), VECTOR);
    }

    private RunningProgram start(String cache, int size) {
        return start(cache, size, RunOptions.of(Rules.PNA));
    }

    private void send(RunningProgram program, int tenant, int... numbers) {
        fill(packets, tenant, numbers);
        program.process(packets, picks, numbers.length, now++);
    }

    private static void fill(PacketVector packets, int tenant, int... numbers) {
        packets.room(8 * VECTOR, 0);
        packets.size = numbers.length;
        for (int i = 0; i < numbers.length; i++) {
            packets.offset[i] = 8L * i;
            packets.captured[i] = 8;
            packets.length[i] = 8;
            packets.data.set(ValueLayout.JAVA_INT_UNALIGNED, 8L * i, Integer.reverseBytes(tenant << 24 | numbers[i]));
        }
    }

    private static BoundedCache cache(RunningProgram program) {
        return Objects.requireNonNull(program.state().table("flows").cache());
    }

    @Test
    void entries_ofTheControlPlaneWithoutALifetime_arePinned() {
        try (RunningProgram program = start("tinylfu", 8)) {
            TableControl control = program.state().control("flows");
            assertThat(control.insert(entry(0, 1_000), 0)).isEqualTo(Result.DONE);
            assertThat(control.insert(entry(0, 1_001), 900 * SECOND)).isEqualTo(Result.DONE);
            for (int round = 0; round < 200; round++) {
                for (int number = 0; number < 20; number++) send(program, 0, number, number);
            }
            assertThat(control.size()).isEqualTo(8);
            assertThat(control.copy(control.codec().key(entry(0, 1_000).matches()), 0))
                    .isNotNull();
            assertThat(control.copy(control.codec().key(entry(0, 1_001).matches()), 0))
                    .isNull();
            assertThat(cache(program).figures().pinned()).isEqualTo(1);
            assertThat(control.delete(entry(0, 1_000).matches(), null)).isEqualTo(Result.DONE);
            assertThat(cache(program).figures().pinned()).isZero();
        }
    }

    @Test
    void insertion_intoAFullCache_takesThePlaceOfAPacketsEntry() {
        List<String> told = new ArrayList<>();
        TableListener listener = new TableListener() {
            @Override
            public void created(TableControl table, int entry, Author author) {
                told.add("created " + author);
            }

            @Override
            public void deleted(TableControl table, int entry, Author author) {
                told.add("deleted " + author);
            }
        };
        try (RunningProgram program = start("lru", 2, RunOptions.of(Rules.PNA).withListener(listener))) {
            TableControl control = program.state().control("flows");
            send(program, 0, 1, 2);
            assertThat(control.insert(entry(0, 3), 0)).isEqualTo(Result.DONE);
            assertThat(control.insert(entry(0, 4), 0)).isEqualTo(Result.DONE);
            assertThat(control.insert(entry(0, 5), 0)).isEqualTo(Result.FULL);
            send(program, 0, 6);
            assertThat(told)
                    .containsExactly(
                            "created DATA_PATH",
                            "created DATA_PATH",
                            "deleted DATA_PATH",
                            "created CONTROL",
                            "deleted DATA_PATH",
                            "created CONTROL");
            assertThat(cache(program).figures()).isEqualTo(new CacheFigures(0, 0, 3, 24, 2, 1, 2, 0, 2, 2));
        }
    }

    @Test
    void newcomer_thatStaysOut_failsAndChangesNothing() {
        try (RunningProgram program = start("tinylfu", 4)) {
            for (int round = 0; round < 100; round++) send(program, 0, 1, 2, 3, 4);
            for (int number = 100; number < 200; number++) {
                long before = program.state().table("flows").entriesNotAdded();
                send(program, 0, number);
                boolean failed = program.state().table("flows").entriesNotAdded() > before;
                assertThat(program.state().egress[0]).isEqualTo(failed ? 1 : 0);
            }
            assertThat(cache(program).figures().rejected()).isGreaterThan(50);
            assertThat(program.state().control("flows").size()).isEqualTo(4);
        }
    }

    @Test
    void expiry_ofCachedEntries_isCountedAndMakesRoom() {
        try (RunningProgram program =
                ProgramCompiler.compile(program("tinylfu", 4, "delete")).start(RunOptions.of(Rules.PNA), VECTOR)) {
            send(program, 0, 1, 2, 3, 4);
            now += 31 * SECOND;
            send(program, 0, 5);
            assertThat(cache(program).figures()).isEqualTo(new CacheFigures(0, 0, 5, 40, 5, 0, 0, 4, 1, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tinylfu", "lru"})
    void successor_ofACache_goesOnWithItsEntries(String cache) {
        try (RunningProgram before = start("tinylfu", 16);
                RunningProgram after = start(cache, 16)) {
            before.state().control("flows").insert(entry(9, 9), 0);
            for (int round = 0; round < 5; round++) send(before, 0, 1, 2, 3, 4, 5);
            Succession succession = new Succession(before.state(), after.state());
            while (!succession.advance()) send(before, 0, 6);
            succession.finish();
            CacheFigures figures = cache(after).figures();
            assertThat(figures.size()).isEqualTo(after.state().control("flows").size());
            assertThat(figures.size()).isGreaterThanOrEqualTo(6);
            assertThat(figures.pinned()).isEqualTo(1);
            for (int number = 0; number < 200; number++) send(after, 0, number, number, number);
            assertThat(cache(after).figures().size()).isEqualTo(16);
            assertThat(after.state().control("flows").size()).isEqualTo(16);
        }
    }

    @Test
    void packets_hitAddedAndEvicted_allocateNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (RunningProgram program = start("tinylfu bytes tenant \"tenant\" quota 100", 256)) {
            SplittableRandom random = new SplittableRandom(4);
            List<PacketVector> vectors = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                PacketVector vector = new PacketVector(VECTOR);
                fill(
                        vector,
                        i & 3,
                        random.ints(VECTOR, 0, 1000).map(n -> n * n / 1000).toArray());
                vectors.add(vector);
            }
            for (int i = 0; i < 20_000; i++) program.process(vectors.get(i & 63), picks, VECTOR, now++);
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) program.process(vectors.get(i & 63), picks, VECTOR, now++);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated / (10_000 * VECTOR)).isZero();
            assertThat(cache(program).figures().evicted()).isGreaterThan(1_000);
        }
    }
}
