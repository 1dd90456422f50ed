package dev.weir.p4.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Samples;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.RunOptions;
import dev.weir.packet.PacketVector;
import dev.weir.testing.Allocation;
import java.math.BigInteger;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllocationTest {
    private static final int VECTOR = 256;
    private static final int SPACE = 256;
    private static final int VECTORS = 2000;

    /** Hits, misses with entries added, entries that end, fronts that are put together and moved, digests: half a million packets. */
    @ParameterizedTest
    @CsvSource({
        "flowtracker, false",
        "flowtracker, true",
        "options, false",
        "everything, false",
        "everything, true",
        "members, false"
    })
    void packets_allocateNothing(String sample, boolean split) {
        Pipeline pipeline = Samples.pipeline(sample);
        try (RunningProgram program =
                ProgramCompiler.compile(pipeline, split).start(RunOptions.of(Rules.P4TC), VECTOR)) {
            if (sample.equals("members")) fill(program.state());
            PacketVector packets = new PacketVector(VECTOR);
            packets.size = VECTOR;
            int[] picks = IntStream.range(0, VECTOR).toArray();
            SplittableRandom random = new SplittableRandom(1);
            byte[] bytes = new byte[SPACE];
            int[] vectors = new int[1];
            long allocated = Allocation.octetsOfRound(VECTORS - 1, () -> {
                run(program, packets, picks, random, bytes, vectors[0]);
                vectors[0] += VECTORS;
            });
            assertThat(allocated)
                    .as("octets for " + VECTORS * VECTOR + " packets")
                    .isLessThan(VECTORS);
        }
    }

    /** Half of what packets have in their first octet is an entry with a member, half one with a group. */
    private static void fill(ProgramState state) {
        ProfileRun profile = state.profile("chosen");
        profile.addMember(1, new Table.Call("to", List.of(BigInteger.ONE)));
        profile.addMember(2, new Table.Call("wide", List.of(BigInteger.TWO)));
        profile.addGroup(1, ProfileRun.Group.of(List.of(new ProfileRun.Weighted(1, 2), new ProfileRun.Weighted(2, 1))));
        for (int octet = 0x45; octet < 0x4F; octet++) {
            Table.Call call = octet % 2 == 0 ? Table.Call.member(2) : Table.Call.group(1);
            List<Match> key = List.of(new Match.Exactly(BigInteger.valueOf(octet)));
            state.control("ways").insert(new Table.Entry(key, null, call, false), 0);
        }
        state.valueSet("specials").add(List.of(new Match.Masked(BigInteger.ONE, BigInteger.valueOf(3))));
    }

    private static void run(
            RunningProgram program,
            PacketVector packets,
            int[] picks,
            SplittableRandom random,
            byte[] bytes,
            int from) {
        for (int vector = from; vector < from + VECTORS; vector++) {
            packets.room(SPACE * VECTOR, 0);
            for (int i = 0; i < VECTOR; i++) {
                packets.offset[i] = (long) SPACE * i;
                packets.captured[i] = 60;
                packets.length[i] = 60;
            }
            random.nextBytes(bytes);
            for (int i = 0; i < SPACE * VECTOR; i += SPACE) fill(packets, i, bytes, random.nextInt(2000));
            program.process(packets, picks, VECTOR, vector * 100_000_000L);
        }
    }

    private static void fill(PacketVector packets, int at, byte[] bytes, int flow) {
        for (int i = 0; i < 60; i++) packets.data.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at + i, bytes[i]);
        packets.data.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at, (byte) (0x45 + flow % 10));
        packets.data.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at + 12, (byte) 8);
        packets.data.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at + 13, (byte) 0);
        packets.data.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at + 23, (byte) 6);
        for (int i = 26; i < 38; i++) packets.data.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at + i, (byte) flow);
    }
}
