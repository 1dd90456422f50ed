package dev.weir.offload.circle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.offload.xdp.XdpDriverOptions;
import dev.weir.table.EndReason;
import dev.weir.table.FlowRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The circle with the kernel's driver, whose faults are real or put around it: nothing is lost, and all is on record. */
class CircleFaultsTest {
    /** Whose puts take long: packets go on through the data plane, which does not wait. */
    @Test
    void slowDriver_leavesFlowsInSoftwareMeanwhile() throws Exception {
        try (LiveRig rig = new LiveRig(1)) {
            rig.carrier.shut();
            rig.exchange(50);
            CircleRig.await(rig.carrier::isWaitedFor);
            rig.exchange(200);
            assertThat(rig.driver.count()).isZero();
            assertThat(rig.plane.lookup(LiveRig.key(0)).join().orElseThrow().forwardPackets())
                    .isEqualTo(250);
            rig.carrier.reopen();
            rig.awaitCarried(2);
            rig.exchange(100);
            CircleRig.await(() -> rig.circle.status().packets() >= 200);
            rig.assertAllOnRecord();
            assertThat(rig.records()).hasSize(1);
            assertThat(rig.told()).isEmpty();
        }
    }

    /** The final record waits for the driver, and nothing is left in it. */
    @Test
    void flowThatEnds_whileTheDriverIsSlow_isRemovedWhenItGoesOn() throws Exception {
        try (LiveRig rig = new LiveRig(1)) {
            rig.carrier.shut();
            rig.exchange(50);
            CircleRig.await(rig.carrier::isWaitedFor);
            rig.plane.delete(LiveRig.key(0)).join();
            assertThat(rig.plane.lookup(LiveRig.key(0)).join()).isEmpty();
            assertThat(rig.records()).isEmpty();
            rig.carrier.reopen();
            CircleRig.await(() -> rig.records().size() == 1);
            assertThat(rig.records().getFirst().reason()).isEqualTo(EndReason.DELETED);
            rig.assertAllOnRecord();
        }
    }

    @Test
    void driverThatCannotBeRead_givesItsFlowsBack_andTakesNoneUntilItCan() throws Exception {
        try (LiveRig rig = new LiveRig(2)) {
            rig.exchange(20);
            rig.awaitCarried(4);
            rig.exchange(20);
            rig.carrier.failToRead(true);
            rig.awaitCarried(0);
            CircleRig.await(
                    () -> Map.of("driver", 4L).equals(rig.circle.status().removedBy()));
            rig.exchange(20);
            CircleRig.await(() -> rig.circle.status().refused().getOrDefault("driver", 0L) > 0);
            assertThat(rig.driver.count()).isZero();
            assertThat(rig.told()).hasSize(1).first().asString().contains("the driver failed", "errno 5");
            rig.assertAllOnRecord();
            long reads = rig.carrier.reads();
            rig.carrier.failToRead(false);
            CircleRig.await(() -> rig.carrier.reads() > reads);
            rig.exchange(20);
            rig.awaitCarried(4);
            rig.assertAllOnRecord();
        }
    }

    /** The kernel's map is full: what has no room stays in software, counted. */
    @Test
    void kernelWithoutRoom_leavesFlowsInSoftware_andSaysItOnce() throws Exception {
        int flows = 8, room = 4;
        try (LiveRig rig = new LiveRig(flows, XdpDriverOptions.defaults().withFlows(room, room))) {
            rig.exchange(40);
            CircleRig.await(() -> rig.circle.status().refused().getOrDefault("full", 0L) > 0);
            CircleRig.await(() -> rig.driver.count() > 0);
            rig.exchange(40);
            assertThat(rig.driver.count()).isLessThanOrEqualTo(room);
            assertThat(rig.told()).hasSize(1).first().asString().contains("full", "raise offload.flows");
            rig.assertAllOnRecord();
            assertThat(rig.records()).hasSize(flows);
        }
    }

    /** The interface itself is taken away and made anew. */
    @Test
    void portThatGoes_andComesBack_isCarriedToAgain() throws Exception {
        try (LiveRig rig = new LiveRig(1)) {
            rig.exchange(20);
            rig.awaitCarried(2);
            rig.exchange(20);
            rig.cutRight();
            CircleRig.await(() -> "gone".equals(rig.circle.status().ports().get("east")));
            for (int i = 0; i < 10; i++) {
                rig.ask(0);
            }
            rig.joinRight();
            CircleRig.await(() -> !"gone".equals(rig.circle.status().ports().get("east")));
            rig.awaitAnswer();
            rig.exchange(20);
            rig.awaitCarried(2);
            long before = rig.circle.status().packets();
            rig.exchange(20);
            CircleRig.await(() -> rig.circle.status().packets() >= before + 40);
            assertThat(rig.circle.status().removedBy()).containsOnlyKeys("port");
            rig.assertAllOnRecord();
            assertThat(rig.records()).hasSize(1);
        }
    }

    /** A smaller table has room for some of the flows: those that are recycled are taken out of the kernel. */
    @Test
    void tableThatShrinks_andGrows_takesFlowsOut_andLosesNothing() throws Exception {
        int flows = 32, few = 4;
        try (LiveRig rig = new LiveRig(flows)) {
            rig.exchange(20);
            rig.awaitCarried(2 * flows);
            rig.exchange(5);
            rig.plane.reload(LiveRig.graph(few), List.of());
            CircleRig.await(() -> rig.records().size() >= flows - few);
            assertThat(rig.driver.count()).isLessThanOrEqualTo(2L * few);
            assertThat(reasons(rig.records())).containsExactly(EndReason.RECYCLED);
            rig.exchange(5);
            rig.plane.reload(LiveRig.graph(1000), List.of());
            rig.exchange(20);
            rig.awaitCarried(2 * flows);
            rig.exchange(5);
            rig.assertAllOnRecord();
        }
    }

    private static Set<Integer> reasons(List<FlowRecord> records) {
        return records.stream().map(FlowRecord::reason).collect(Collectors.toSet());
    }
}
