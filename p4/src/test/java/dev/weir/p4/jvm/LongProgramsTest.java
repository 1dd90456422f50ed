package dev.weir.p4.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.ir.IrReader;
import dev.weir.p4.ir.IrVerifier;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.run.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that are too long for one method, of each kind of body. */
class LongProgramsTest {
    private static final String PROGRAM = """
            program long
            header h_t {
                a 8
                b 8
                c 128
            }
            headers {
                h h_t
            }
            variables {
                x 32
                y 32
                w 128
            }
            register seen[1] 32
            action act(v 32, wide 128) {
                ACTION
            }
            action none() {
            }
            table t {
                key "a" exact = h.a
                action act
                action none
                default act(7, 0x123456789abcdef0123456789)
            }
            parser {
                state start {
                    extract h
                    goto accept
                }
            }
            control {
                x = zext32(h.a)
                y = zext32(h.b)
                w = h.c
                CONTROL
                write seen[1w0] = x + (y + w[31:0])
                h.c = w
            }
            deparser {
                emit h
            }
            """;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            straight  | apply t       | x = x + $v                                     | if x < y { x = (x * 32w3) + 32wN } else { y = y ^ x w = w + 128wN }
            nested    | apply t       | x = x + $v                                     | if (x & 32wN) == 32w0 { if y < x { w = w * 128w5 } y = y + 32wN if x == y { leave $exit } }
            cases     | apply t       | x = x + $v                                     | switch x[3:0] { case 1 { x = x + 32wN } case 2 { y = x } else { x = x - 32w1 } }
            action    | apply t       | loop 2 { if $wide < w { x = x + $v w = w - $wide } else { y = y + 32wN } } | x = x + 32w1
            """)
    void program_tooLongForAMethod_doesTheSameInSeveral(String kind, String apply, String inAction, String inControl) {
        StringBuilder control = new StringBuilder(apply + "\n");
        StringBuilder action = new StringBuilder();
        for (int i = 0; i < 1500; i++) {
            control.append(inControl.replace("wN", "w" + (i % 100))).append('\n');
            if (kind.equals("action") || i == 0)
                action.append(inAction.replace("wN", "w" + (i % 100))).append('\n');
        }
        Pipeline pipeline = IrVerifier.requireValid(IrReader.read(
                PROGRAM.replace("ACTION", "loop 2 { " + action + " }").replace("CONTROL", control)));
        CompiledProgram program = ProgramCompiler.compile(pipeline);
        assertThat(ProgramCompiler.longest(program.classFile())).isLessThanOrEqualTo(HugeMethods.limit());
        try (Differential both = new Differential(pipeline, program, Rules.PNA, 1, 0)) {
            SplittableRandom random = new SplittableRandom(1);
            List<byte[]> packets = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                byte[] packet = new byte[30];
                random.nextBytes(packet);
                if (i % 2 == 0) packet[0] = (byte) random.nextInt(3);
                packets.add(packet);
            }
            both.run(packets, 0, 0, kind);
            both.compareState(kind);
        }
    }
}
