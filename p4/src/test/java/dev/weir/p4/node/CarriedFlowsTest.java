package dev.weir.p4.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.OffloadReport;
import dev.weir.dataplane.graph.OffloadedFlow;
import dev.weir.dataplane.graph.ReleaseReason;
import dev.weir.p4.control.Atomicity;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryPage;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.p4.control.Programs;
import dev.weir.p4.control.WorkerBench;
import dev.weir.p4.ir.Match;
import dev.weir.p4.run.Origin;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowTraffic;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What ties flows that are carried to the entries of a program: a packet is kind 1 and two octets of a key; a hit marks its flow. */
class CarriedFlowsTest {
    private static final long SECOND = 1_000_000_000, BEGIN = 1_790_000_000 * SECOND;
    private static final String FLOWS = "Main.flows";

    private final ProgramRuntime program = new ProgramRuntime(Programs.octetsThatRecall(3), Map.of());
    private final WorkerBench bench = new WorkerBench(program.config(), 1, BEGIN);

    @AfterEach
    void end() {
        bench.close();
        program.close();
    }

    private static OffloadedFlow flow(int id) {
        FlowKey key = new FlowKey(InetAddress.ofLiteral("10.0.0.1"), id, InetAddress.ofLiteral("10.0.0.2"), 2, 17, 0);
        return new OffloadedFlow(0, id, key);
    }

    private void carried(int id, long packets) {
        FlowTraffic news = new FlowTraffic(packets, 100 * packets, 114 * packets, 0, bench.now());
        bench.report(0, new OffloadReport.Carried(flow(id), news, FlowTraffic.NONE));
    }

    /** An entry that is added, and hit by the packet whose flow is carried then. */
    private void carry(int id, int a, int b) {
        bench.packet(0, 1, a, b);
        bench.packet(0, 1, a, b);
        bench.carries(0, flow(id));
    }

    private int entries() {
        return program.entries(FLOWS, _ -> true, EntryPage.Position.START, 100)
                .join()
                .entries()
                .size();
    }

    private long hits() {
        return Objects.requireNonNull(program.table(FLOWS).join().cache()).all().hitPackets();
    }

    @Test
    void entryByWhichAFlowIsCarried_livesAsLongAsPacketsAreCarried() {
        carry(1, 1, 1);
        carry(2, 1, 2);
        for (int i = 0; i < 10; i++) {
            bench.pass(10 * SECOND);
            carried(1, 5);
        }
        assertThat(entries()).isOne();
        assertThat(bench.recalled()).containsExactly(2L);
        bench.pass(31 * SECOND);
        assertThat(entries()).isZero();
        assertThat(bench.recalled()).containsExactly(1L);
    }

    @Test
    void carriedPackets_areUseToTheCache_andWhatGoesForAnotherIsRecalled() {
        carry(1, 1, 1);
        carry(2, 1, 2);
        carry(3, 1, 3);
        carried(1, 7);
        bench.packet(0, 1, 1, 4); // the one that was used the longest ago goes
        assertThat(bench.recalled()).containsExactly(2L);
        assertThat(hits()).isEqualTo(3 + 7);
        bench.report(0, new OffloadReport.Released(flow(2), FlowTraffic.NONE, FlowTraffic.NONE));
        carried(2, 1_000_000); // nobody is carried by it any more
        assertThat(hits()).isEqualTo(3 + 7);
    }

    @Test
    void severalFlows_ofAnEntryThatGoes_areAllRecalled_butForThoseThatWereReleased() {
        carry(1, 1, 1);
        bench.carries(0, flow(2));
        bench.carries(0, flow(3));
        bench.carries(0, flow(4));
        bench.report(0, new OffloadReport.Released(flow(2), FlowTraffic.NONE, FlowTraffic.NONE));
        bench.report(0, new OffloadReport.Refused(flow(3), false, true));
        bench.report(0, new OffloadReport.Recalled(flow(4), ReleaseReason.PORT));
        bench.pass(31 * SECOND);
        assertThat(bench.recalled()).containsExactlyInAnyOrder(1L, 4L);
    }

    @Test
    void programThatRecalls_hasFlowsOfThatEntryBack_andOfNoOther() {
        carry(1, 1, 1);
        bench.packet(0, 1, 8, 1);
        assertThat(bench.recalled()).isEmpty();
        bench.packet(0, 1, 8, 1);
        bench.carries(0, flow(2)); // marked, but recalled in the same packet
        assertThat(bench.recalled()).containsExactly(2L);
        bench.packet(0, 1, 1, 1);
        assertThat(bench.recalled()).isEmpty();
    }

    /** All of the worker's flows come back then, by their marks. */
    @Test
    void changeOfTheControlPlane_recallsNoneByItsEntry() {
        carry(1, 1, 1);
        EntryKey key =
                new EntryKey(List.of(new Match.Exactly(BigInteger.ONE), new Match.Exactly(BigInteger.ONE)), null);
        program.write(List.of(new Change.Delete(FLOWS, key)), Atomicity.CONTINUE_ON_ERROR, Origin.control("test", 4711))
                .join();
        bench.pass(1);
        assertThat(bench.decidedAnew()).isOne();
        carried(1, 5);
        bench.packet(0, 1, 1, 1);
        bench.pass(31 * SECOND);
        assertThat(entries()).isZero();
        assertThat(bench.recalled()).containsExactly(1L); // of the deletion itself
    }
}
