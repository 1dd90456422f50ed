package dev.weir.wire.linux;

import dev.weir.packet.PacketVector;
import dev.weir.wire.Port;
import dev.weir.wire.PortQueue;
import org.jspecify.annotations.Nullable;

/** Passes what one port receives to the other, both ways, in a thread of its own until it is closed. */
final class Forwarder implements AutoCloseable {
    private final Port left, right;
    private final int queue;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile @Nullable Throwable failure;

    Forwarder(Port left, Port right, int queue) {
        this.left = left;
        this.right = right;
        this.queue = queue;
        thread = Thread.ofPlatform().name("forwarder-" + queue).start(this::run);
    }

    private void run() {
        try {
            PacketVector vector = new PacketVector(256, true);
            PortQueue a = left.queues().get(queue);
            PortQueue b = right.queues().get(queue);
            while (!stopped) {
                if (pass(a, b, vector) + pass(b, a, vector) == 0) Thread.onSpinWait();
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    /** Passes one vector on; how many packets. */
    static int pass(PortQueue from, PortQueue to, PacketVector vector) {
        int n = from.receive(vector);
        if (n == 0) return 0;
        for (int i = 0; i < n; i++) {
            to.send(vector.data, vector.offset[i], vector.captured[i], vector.offload[i]);
        }
        to.flush();
        from.release();
        return n;
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        left.close();
        right.close();
        if (failure != null) throw new AssertionError("the forwarder failed", failure);
    }
}
