package dev.weir.wire.linux;

import dev.weir.packet.PacketVector;
import dev.weir.testing.Namespace;
import dev.weir.wire.Port;
import dev.weir.wire.PortQueue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Passes what one port receives to the other, both ways, a thread a queue, until it is closed. */
final class Forwarder implements AutoCloseable {
    private final Port left, right;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;
    private volatile @Nullable Throwable failure;

    /** @param middle where the ports are */
    Forwarder(Namespace middle, Port left, Port right) {
        this.left = left;
        this.right = right;
        for (int i = 0; i < left.queues().size(); i++) {
            int queue = i;
            threads.add(Thread.ofPlatform().name(middle.name() + "-queue-" + i).start(() -> run(queue)));
        }
    }

    private void run(int queue) {
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

    Port leftPort() {
        return left;
    }

    Port rightPort() {
        return right;
    }

    /** The first queue of the left port. */
    PortQueue left() {
        return left.queues().getFirst();
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
            for (Thread thread : threads) thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        left.close();
        right.close();
        if (failure != null) throw new AssertionError("the forwarder failed", failure);
    }
}
