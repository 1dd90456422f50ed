package dev.weir.cli.boxes;

import dev.weir.packet.PacketVector;
import dev.weir.wire.Port;
import dev.weir.wire.PortException;
import dev.weir.wire.PortQueue;
import dev.weir.wire.linux.Poller;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs a {@link Box} on an interface until it is done, its time is over, or somebody asks it to {@link #stop}. It waits for frames in the kernel,
 * and for what is due within a millisecond without it. An interface that goes and comes back is taken up again, and told of. Allocates nothing a frame.
 */
final class BoxLoop {
    private static final int VECTOR = 256, LONGEST_WAIT_MILLIS = 100;
    private static final long MAINTAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Port port;
    private final Box box;
    private final Consumer<String> log;
    private final Runnable everyTenth;
    private final Poller poller;
    private final PacketVector vector = new PacketVector(VECTOR, true);
    private volatile boolean stopped;

    /**
     * @param log takes what becomes of the interface
     * @param everyTenth is called about ten times a second
     */
    BoxLoop(Port port, Box box, Consumer<String> log, Runnable everyTenth) throws PortException {
        this.port = port;
        this.box = box;
        this.log = log;
        this.everyTenth = everyTenth;
        poller = new Poller(1);
    }

    /** Has {@link #run} return soon. Any thread. */
    void stop() {
        stopped = true;
        poller.wake();
    }

    /** Whether somebody called {@link #stop}. */
    boolean isStopped() {
        return stopped;
    }

    /**
     * Runs.
     *
     * @param nanos for how long at the most
     */
    void run(long nanos) {
        PortQueue queue = port.queues().getFirst();
        long begun = System.nanoTime();
        long maintained = begun;
        while (!stopped) {
            long now = System.nanoTime();
            if (now - begun >= nanos || box.isDone(now)) return;
            if (now - maintained >= MAINTAIN_NANOS) {
                maintained = now;
                maintain();
            }
            int n = queue.receive(vector);
            for (int i = 0; i < n; i++) box.frame(vector, i, now, queue);
            if (n != 0) queue.release();
            long idle = box.turn(now, queue);
            queue.flush();
            if (n == 0) await(queue, idle);
        }
    }

    private void maintain() {
        String change = port.maintain();
        if (!change.isEmpty()) log.accept(change);
        everyTenth.run();
    }

    private void await(PortQueue queue, long idleNanos) {
        long millis = Math.min(TimeUnit.NANOSECONDS.toMillis(idleNanos), LONGEST_WAIT_MILLIS);
        if (millis == 0) {
            Thread.onSpinWait();
            return;
        }
        poller.clear();
        poller.watch(queue.descriptor());
        if (poller.await((int) millis)) pause(); // an interface that is gone would have it wait for nothing
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LONGEST_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
