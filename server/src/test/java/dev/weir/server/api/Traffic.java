package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.DataplaneCounters;
import dev.weir.wire.PortCounters;
import java.util.concurrent.locks.LockSupport;

/** Packets through a data plane, in rounds: the next one begins when all of the last have been forwarded. */
final class Traffic implements AutoCloseable {
    private static final int FLOWS = 200, ROUND = 256, ENOUGH = 20;

    private final ApiRig rig;
    private final Thread thread;
    private final long sentBefore, receivedBefore;
    private volatile boolean ending;
    private volatile long rounds;

    Traffic(ApiRig rig) {
        this.rig = rig;
        sentBefore = count(1, PortCounters.TX_PACKETS);
        receivedBefore = count(0, PortCounters.RX_PACKETS);
        thread = Thread.ofPlatform().name("traffic").start(this::run);
    }

    private void run() {
        for (long sent = 0; !ending; rounds = sent / ROUND) {
            for (int i = 0; i < ROUND; i++) {
                rig.packet((int) (sent++ % FLOWS), false, 1000 + sent / 100);
            }
            while (forwarded() < sent) {
                LockSupport.parkNanos(ApiRig.MILLI / 5);
            }
        }
    }

    private long forwarded() {
        return count(1, PortCounters.TX_PACKETS) - sentBefore;
    }

    private long count(int port, int counter) {
        return rig.plane.ports().get(port).get(counter);
    }

    /** Has something done, again and again until many rounds have passed since it began. */
    void during(Runnable attack) {
        long begun = rounds;
        do {
            attack.run();
        } while (rounds < begun + ENOUGH);
    }

    /** Sends no more; every packet has been forwarded, and none dropped anywhere. */
    @Override
    public void close() {
        ending = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        DataplaneCounters counters = rig.plane.counters().join();
        assertThat(forwarded()).isEqualTo(rounds * ROUND).isPositive();
        assertThat(count(0, PortCounters.RX_PACKETS) - receivedBefore).isEqualTo(rounds * ROUND);
        assertThat(counters.ports()).allMatch(port -> port.get(PortCounters.RX_DROPPED) == 0);
        assertThat(counters.malformed().values()).allMatch(n -> n == 0);
        assertThat(counters.nodes())
                .allSatisfy(node -> assertThat(node.drops().values()).allMatch(n -> n == 0));
    }
}
