package dev.weir.p4.interpret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.ir.IrReader;
import dev.weir.p4.ir.Resource.Meter;
import dev.weir.p4.jvm.ProgramCompiler;
import dev.weir.p4.jvm.RunningProgram;
import dev.weir.p4.run.MeterCounts;
import dev.weir.p4.run.MeterRates;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.RunOptions;
import dev.weir.packet.PacketVector;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeterTest {
    private static final String PROGRAM = """
            program colors
            variables {
                given 2 = class_of_service
                color 2
            }
            meter m[1] bytes
            register out[1] 2
            parser {
                state start {
                    goto accept
                }
            }
            control {
                given <- random(2w0, 2w2)
                color <- execute m[1w0](given)
                write out[1w0] = color
            }
            """;

    /** Rates from a byte a second to the most, times that stand, crawl and jump, packets of any colour. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void meter_compiled_colorsAsTheOneThatRoundsNothing(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long most = MeterRates.MOST >>> random.nextInt(34);
        long committed = random.nextLong(most + 1);
        MeterRates rates = new MeterRates(
                committed,
                random.nextLong(100_000),
                committed + random.nextLong(most - committed + 1),
                random.nextLong(100_000));
        Interpreter interpreter = new Interpreter(IrReader.read(PROGRAM), Rules.PNA, seed);
        PacketVector packets = new PacketVector(1);
        packets.room(2000, 0);
        try (RunningProgram program = ProgramCompiler.compile(IrReader.read(PROGRAM))
                .start(RunOptions.of(Rules.PNA).withSeed(seed), 1)) {
            interpreter.resources().meter("m", 0, rates);
            program.state().cells("m").setRates(0, rates);
            long now = 0;
            long[] colored = new long[6];
            for (int i = 0; i < 3000; i++) {
                now += random.nextLong(1L << random.nextInt(1, 40));
                byte[] packet = new byte[random.nextInt(1500)];
                packets.captured[0] = packet.length;
                packets.length[0] = packet.length;
                packets.offset[0] = 0;
                interpreter.process(packet, 0, now, false);
                program.process(packets, new int[] {0}, 1, now);
                assertThat(program.state().cells("out").register(0))
                        .as("seed " + seed + " packet " + i + " " + rates)
                        .isEqualTo(interpreter.resources().register("out", 0));
                int color = program.state().cells("out").register(0).intValue();
                colored[2 * color]++;
                colored[2 * color + 1] += packet.length;
            }
            assertThat(program.state().cells("m").colored(0))
                    .as("seed " + seed)
                    .isEqualTo(new MeterCounts(
                            colored[2 * Meter.GREEN],
                            colored[2 * Meter.GREEN + 1],
                            colored[2 * Meter.YELLOW],
                            colored[2 * Meter.YELLOW + 1],
                            colored[2 * Meter.RED],
                            colored[2 * Meter.RED + 1]));
            program.state().cells("m").setRates(0, null);
            assertThat(program.state().cells("m").colored(0))
                    .as("rates come and go")
                    .isNotEqualTo(MeterCounts.NONE);
        }
    }
}
