package dev.weir.export.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Messages of digests that wait, bounded by their packets. All have the sensor's name as their key, so that one partition has them in their
 * order. A lock is taken by the message, not by the packet.
 */
final class DigestOutbox implements Outbox {
    @SuppressWarnings("ArrayRecordComponent") // nobody compares it
    private record Waiting(long number, int packets, byte[] message) {}

    private final byte[] key;
    private final long capacity;
    private final ReentrantLock lock = new ReentrantLock();
    /** What came, guarded by the lock; what the sending thread has taken from there. */
    private final Deque<Waiting> arrived = new ArrayDeque<>();

    private final List<Waiting> taken = new ArrayList<>();
    private long packets;
    private volatile @Nullable Thread sleeper;

    /** @param capacity how many packets wait at the most; one message always finds room */
    DigestOutbox(String sensor, long capacity) {
        this.key = sensor.getBytes(StandardCharsets.US_ASCII);
        this.capacity = capacity;
    }

    /** Takes the message, where there is room. The sink's thread. */
    boolean offer(long number, int count, byte[] message) {
        lock.lock();
        try {
            if (packets > 0 && packets + count > capacity) {
                return false;
            }
            packets += Math.max(1, count); // one without packets waits, too
            arrived.add(new Waiting(number, count, message));
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void fetch() {
        lock.lock();
        try {
            taken.addAll(arrived);
            arrived.clear();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int size() {
        fetch();
        return taken.size();
    }

    @Override
    public long waiting() {
        lock.lock();
        try {
            return packets;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long number(int ahead) {
        return taken.get(ahead).number;
    }

    @Override
    public int records(int ahead) {
        return taken.get(ahead).packets;
    }

    @Override
    public byte[] key(int ahead) {
        return key.clone();
    }

    @Override
    public byte[] message(int ahead) {
        return taken.get(ahead).message;
    }

    @Override
    public void release(int count) {
        List<Waiting> gone = taken.subList(0, count);
        long fewer = 0;
        for (Waiting each : gone) {
            fewer += Math.max(1, each.packets);
        }
        gone.clear();
        lock.lock();
        try {
            packets -= fewer;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void await(int ahead, long nanos) {
        sleeper = Thread.currentThread();
        if (size() <= ahead) {
            LockSupport.parkNanos(this, nanos);
        }
        sleeper = null;
    }

    @Override
    public void wake() {
        Thread waiting = sleeper;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }
}
