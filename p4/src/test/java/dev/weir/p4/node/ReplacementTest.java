package dev.weir.p4.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.DataplaneOptions;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.ReloadResult;
import dev.weir.p4.ir.IrReader;
import dev.weir.p4.ir.IrVerifier;
import dev.weir.p4.jvm.ProgramCompiler;
import dev.weir.p4.run.EntryView;
import dev.weir.p4.run.Inheritance;
import dev.weir.p4.run.Inheritance.OfTable;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.RunOptions;
import dev.weir.p4.run.TableControl;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that take each other's place in a graph while numbered packets go through it. */
class ReplacementTest {
    private static final int FLOWS = 0x3fff;

    /** Each packet goes to port 1; of each flow the first one adds an entry, the others are counted there. */
    private static final String PROGRAM = """
            program flows
            header frame_t {
                addresses 96
                type 16
                number 32
            }
            headers {
                frame frame_t
            }
            variables {
                failed 1
            }
            counter all[1] packets
            direct counter seen packets
            action known() {
                count seen
            }
            action begin() {
                failed <- add_entry known() profile 8w0
            }
            table flows {
                key "flow" exact = frame.number & 32w0x3fff
                action known
                action begin default_only
                default begin()
                size 20000
                add_on_miss
                idle delete
                direct seen
            }
            parser {
                state start {
                    extract frame
                    goto accept
                }
            }
            control {
                count all[1w0]
                apply flows
                forward 32w1
            }
            deparser {
                emit frame
            }
            """;

    private static P4Config config(String text) {
        return P4Config.of(
                ProgramCompiler.compile(IrVerifier.requireValid(IrReader.read(text))), RunOptions.of(Rules.P4TC));
    }

    private static long counted(ProgramState state) {
        TableControl flows = state.control("flows");
        long hits = 0;
        for (EntryView view : flows.entryViews()) {
            long[] seen =
                    flows.counter("seen", view.entry().matches(), view.entry().priority());
            hits += Objects.requireNonNull(seen)[0];
        }
        return flows.size() + hits;
    }

    /** The same table goes over as it stands; one with another size, or with entries of another form, is copied. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "program flows | program flowing",
                "size 20000    | size 30000",
                "direct counter seen packets | direct counter seen packets direct counter other packets",
            })
    void programReplacedUnderLoad_losesNoPacket_andNoEntry(String of, String by) throws Exception {
        String other = PROGRAM.replace(of, by == null ? "" : by.replace(" direct", "\ndirect"))
                .replace(
                        "    direct seen\n",
                        by != null && by.contains("other")
                                ? "    direct other\n    direct seen\n"
                                : "    direct seen\n");
        NumberedPort in = new NumberedPort("in", 64), out = new NumberedPort("out", 0);
        P4Config running = config(PROGRAM);
        GraphConfig graph =
                GraphConfig.builder().node("flows", running).ports("in", "out").build();
        try (Dataplane plane = Dataplane.start(graph, List.of(in, out), DataplaneOptions.defaults())) {
            in.flow(true);
            for (int turn = 1; turn <= 4; turn++) {
                waitFor(in, in.given() + 4 * FLOWS);
                P4Config next = config(turn % 2 == 0 ? PROGRAM : other);
                ReloadResult result = plane.reload(
                        GraphConfig.builder()
                                .node("flows", next)
                                .ports("in", "out")
                                .build(),
                        List.of());
                assertThat(result).isInstanceOf(ReloadResult.Applied.class);
                Inheritance inheritance =
                        next.control().workers().getFirst().inheritance().get(10, TimeUnit.SECONDS);
                assertThat(inheritance)
                        .isEqualTo(new Inheritance(
                                List.of(new OfTable("flows", FLOWS + 1, 0, "")), List.of("all"), List.of()));
                running = next;
            }
            waitFor(in, in.given() + FLOWS);
            in.flow(false);
            while (out.sent() < in.given()) LockSupport.parkNanos(1_000_000);
            assertThat(out.misplaced()).as("first packet out of turn").isEqualTo(-1);
            assertThat(running.control()
                            .ask(state -> Map.of(
                                    "entries", counted(state),
                                    "cells", state.cells("all").packets(0)))
                            .getFirst()
                            .get(10, TimeUnit.SECONDS))
                    .isEqualTo(Map.of("entries", (long) in.given(), "cells", (long) in.given()));
        }
        assertThat(out.sent()).isEqualTo(in.given());
    }

    private static void waitFor(NumberedPort port, int given) {
        while (port.given() < given) LockSupport.parkNanos(1_000_000);
    }
}
