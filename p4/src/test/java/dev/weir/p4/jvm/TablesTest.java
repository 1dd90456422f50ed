package dev.weir.p4.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.p4.ir.IrReader;
import dev.weir.p4.ir.IrVerifier;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.Author;
import dev.weir.p4.run.EntryBlock;
import dev.weir.p4.run.EntryCopy;
import dev.weir.p4.run.MeterRates;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.RunOptions;
import dev.weir.p4.run.TableControl;
import dev.weir.p4.run.TableControl.Result;
import dev.weir.p4.run.TableListener;
import dev.weir.p4.run.Verdict;
import dev.weir.packet.PacketVector;
import dev.weir.testing.Allocation;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entries from packets and from the control plane, in a program whose only key is a packet's first octet. */
class TablesTest {
    private static final long SECOND = 1_000_000_000;
    private static final String PROGRAM = """
            program octets
            header octet_t {
                value 8
            }
            headers {
                octet octet_t
            }
            variables {
                failed 1
                color 2
                state 16
                before 16
            }
            direct counter seen packets_and_bytes
            direct register times 16 = 7
            direct meter rate packets
            register colors[1] 2
            action known(port 32) {
                count seen
                before <- read times
                write times = before + 16w1
                color <- execute rate
                write colors[1w0] = color
                forward $port
            }
            action renew() {
                restart_timer(8w1)
            }
            action none() {
                drop
            }
            action learn() {
                failed <- add_entry known(32w5) profile 8w0
            }
            action later() {
                failed <- add_entry renew() profile 8w0
            }
            table octets {
                key "octet" exact = octet.value
                action known
                action renew
                action none
                action learn default_only
                action later default_only
                default learn()
                entry (0xff) = none() const
                size 4
                add_on_miss
                idle IDLE
                PERMISSIONS
                direct seen
                direct times
                direct rate
            }
            parser {
                state start {
                    extract octet
                    goto accept
                }
            }
            control {
                apply octets
            }
            deparser {
                emit octet
            }
            """;

    private final List<String> events = new ArrayList<>();
    private final PacketVector packets = new PacketVector(1);
    private RunningProgram program = start("delete", Rules.PNA, "");

    private RunningProgram start(String idle, Rules rules, String permissions) {
        String text = PROGRAM.replace("IDLE", idle).replace("PERMISSIONS", permissions);
        TableListener listener = new TableListener() {
            @Override
            public void created(TableControl table, int entry, Author author) {
                tell("created", table, entry, author);
            }

            @Override
            public void updated(TableControl table, int entry, Author author) {
                tell("updated", table, entry, author);
            }

            @Override
            public void deleted(TableControl table, int entry, Author author) {
                tell("deleted", table, entry, author);
            }

            @Override
            public void idle(TableControl table, int entry) {
                tell("idle", table, entry, Author.TIMER);
            }
        };
        RunningProgram started = ProgramCompiler.compile(IrVerifier.requireValid(IrReader.read(text)))
                .start(RunOptions.of(rules).withListener(listener), 1);
        return started;
    }

    private void tell(String what, TableControl table, int entry, Author author) {
        Table.Entry told = table.view(entry).entry();
        events.add(what + " " + ((Match.Exactly) told.matches().getFirst()).number() + " " + author);
    }

    private TableControl control() {
        return program.state().control("octets");
    }

    private static List<Match> octet(long value) {
        return List.of(new Match.Exactly(BigInteger.valueOf(value)));
    }

    private static Table.Entry entry(long octet, long port) {
        return new Table.Entry(octet(octet), null, known(port), false);
    }

    private static Table.Call known(long port) {
        return new Table.Call("known", List.of(BigInteger.valueOf(port)));
    }

    /** Runs a packet of one octet. */
    private int packet(int octet, long seconds) {
        packets.room(8, 0);
        packets.data.set(ValueLayout.JAVA_BYTE, 0, (byte) octet);
        packets.offset[0] = 0;
        packets.captured[0] = 1;
        packets.length[0] = 1;
        program.process(packets, new int[] {0}, 1, seconds * SECOND);
        return program.state().verdict[0];
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            delete | P4TC | a hit refreshes; it ends 30 s after the last one  | created 3 DATA_PATH, deleted 3 TIMER
            none   | P4TC | the property means nothing                        | created 3 DATA_PATH, deleted 3 TIMER
            delete | PNA  | a hit refreshes nothing: it ends, and comes again | created 3 DATA_PATH, deleted 3 TIMER, created 3 DATA_PATH, deleted 3 TIMER
            notify | PNA  | it stays, and is told of again and again          | created 3 DATA_PATH, idle 3 TIMER, idle 3 TIMER
            none   | PNA  | it stays                                          | created 3 DATA_PATH
            """)
    void entry_ofAPacket_livesByTheRules(String idle, Rules rules, String what, String told) {
        program = start(idle, rules, "");
        packet(3, 0);
        packet(3, 20);
        packet(3, 40);
        packet(0xff, 69);
        packet(0xff, 71);
        assertThat(events).as(what).isEqualTo(List.of(told.split(", ")));
    }

    @Test
    void hit_whoseActionRestartsTheTimer_livesOnWithThatProfile() {
        control().setDefault(new Table.Call("later", List.of()));
        packet(3, 0);
        packet(3, 20);
        packet(0xff, 79);
        assertThat(events).containsExactly("created 3 DATA_PATH", "updated 3 DATA_PATH");
        packet(0xff, 81);
        assertThat(events).containsExactly("created 3 DATA_PATH", "updated 3 DATA_PATH", "deleted 3 TIMER");
    }

    @Test
    void packet_afterTheOneThatAdds_hits() {
        assertThat(packet(3, 0)).isEqualTo(Verdict.PASS.code);
        assertThat(packet(3, 1)).isEqualTo(Verdict.FORWARD.code);
        assertThat(program.state().egress[0]).isEqualTo(5);
        assertThat(packet(0xff, 2)).isEqualTo(Verdict.DROP.code);
        assertThat(control().register("times", octet(3), null)).isEqualTo(8);
        assertThat(control().counter("seen", octet(3), null)).containsExactly(1, 1);
    }

    @Test
    void table_thatIsFull_addsNoMoreAndCountsIt() {
        for (int octet = 1; octet <= 5; octet++) packet(octet, 0);
        assertThat(control().size()).isEqualTo(4);
        assertThat(program.state().table("octets").entriesAdded()).isEqualTo(3);
        assertThat(program.state().table("octets").entriesNotAdded()).isEqualTo(2);
    }

    @Test
    void controlPlane_changesEntries_andIsToldWhatItCannot() {
        assertThat(control().insert(entry(1, 9), 0)).isEqualTo(Result.DONE);
        assertThat(control().insert(entry(1, 8), 0)).isEqualTo(Result.EXISTS);
        packet(1, 0);
        assertThat(program.state().egress[0]).isEqualTo(9);
        assertThat(control().modify(octet(1), null, known(4))).isEqualTo(Result.DONE);
        packet(1, 0);
        assertThat(program.state().egress[0]).isEqualTo(4);
        assertThat(control().delete(octet(1), null)).isEqualTo(Result.DONE);
        assertThat(control().delete(octet(1), null)).isEqualTo(Result.MISSING);
        assertThat(control().delete(octet(0xff), null)).isEqualTo(Result.CONSTANT);
        assertThat(control().insert(entry(2, 9), 10 * SECOND)).isEqualTo(Result.DONE);
        assertThat(control().entryViews()).hasSize(2);
        packet(0xff, 11);
        assertThat(events)
                .containsExactly(
                        "created 1 CONTROL",
                        "updated 1 CONTROL",
                        "deleted 1 CONTROL",
                        "created 2 CONTROL",
                        "deleted 2 TIMER");
        assertThatThrownBy(() -> control().insert(entry(300, 1), 0)).hasMessageContaining("300 does not fit");
        assertThatThrownBy(() -> control().setDefault(new Table.Call("known", List.of())))
                .hasMessageContaining("do not fit its parameters");
    }

    @Test
    void copies_inABlock_areThoseOneByOne_andAllocateNothing() {
        for (int octet = 1; octet <= 3; octet++) packet(octet, octet);
        TableControl control = control();
        EntryBlock block = control.block(4);
        Runnable copying = () -> {
            block.clear();
            for (int n = control.next(0, control.end()); n >= 0; n = control.next(n + 1, control.end())) {
                control.copy(n, block);
            }
        };
        assertThat(Allocation.octetsPerCall(1000, copying)).isZero();

        assertThat(block.size()).isEqualTo(4);
        int i = 0;
        for (int n = control.next(0, control.end()); n >= 0; n = control.next(n + 1, control.end())) {
            EntryCopy copy = control.copy(n);
            int key = i * block.keyWords(), payload = i * block.payloadWords();
            assertThat(Arrays.copyOfRange(block.keys(), key, key + block.keyWords()))
                    .isEqualTo(copy.key().toWords());
            assertThat(Arrays.copyOfRange(block.payloads(), payload, payload + block.payloadWords()))
                    .isEqualTo(copy.payload());
            assertThat(block.lifetime(i)).isEqualTo(copy.lifetime());
            assertThat(block.lastHit(i)).isEqualTo(copy.lastHit());
            assertThat(control.isConstant(n)).isEqualTo(TableControl.isConstant(copy));
            i++;
        }
    }

    @Test
    void permissions_areThoseOfBothPaths() {
        program = start("delete", Rules.P4TC, "permissions 0x1024");
        packet(3, 0);
        assertThat(control().size()).as("packets may not create").isEqualTo(1);
        assertThat(control().insert(entry(1, 1), 0)).isEqualTo(Result.DENIED);
        assertThat(control().setDefault(new Table.Call("none", List.of()))).isEqualTo(Result.DENIED);
    }

    @Test
    void meter_ofAnEntry_colorsByItsRates() {
        control().insert(entry(1, 9), 0);
        control().setRates("rate", octet(1), null, new MeterRates(1, 1, 1, 2));
        String colors = "";
        for (int i = 0; i < 3; i++) {
            packet(1, 0);
            colors += program.state().cells("colors").register(0) + " ";
        }
        assertThat(colors).as("green, yellow, red").isEqualTo("1 2 0 ");
    }
}
