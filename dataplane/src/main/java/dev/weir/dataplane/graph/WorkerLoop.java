package dev.weir.dataplane.graph;

import dev.weir.wire.linux.Affinity;
import dev.weir.wire.linux.Poller;
import dev.weir.wire.linux.RealTime;
import dev.weir.wire.linux.TimeSlice;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A worker's thread: mail, a cycle, and when there is nothing to do, first spin and then wait for a descriptor, for mail,
 * or for the next tick of the clock. The thread is its own; {@link #offer} and {@link #wake} are anybody's.
 *
 * <p>Who gives the worker something looks, after a full fence, whether it sleeps; the worker says that it sleeps, with a
 * full fence after it, and then looks once more whether it was given something. So one of the two sees the other.
 */
final class WorkerLoop implements Runnable, RealTimeWorker.Watched {
    private static final int MAILBOX = 1024;
    /** How many messages are taken between two vectors, as long as each is done at once. */
    private static final int MESSAGES = 16;

    /**
     * Empty cycles before it sleeps: on a processor of its own, and on one that it shares. There a thread that never sleeps has used up its share when others
     * come, and packets wait while these run.
     */
    private static final int SPINS = 2000, FEW_SPINS = 50;

    private static final int SLEEP_MILLIS = 50;
    /** After so many waits that errors ended (an interface is gone) waits are by time alone. */
    private static final int FRUITLESS = 3;

    private static final long PAUSE_NANOS = 1_000_000;

    private final Worker worker;
    private final Poller poller;
    private final LiveClock clock;
    private final OptionalInt cpu;
    private final int spins;
    private final Listener listener;
    private final Mailbox<Mail> mailbox = new Mailbox<>(MAILBOX);
    /** Mail that goes on, in turns, one a cycle. */
    private final ArrayDeque<Mail> unfinished = new ArrayDeque<>();

    private volatile boolean sleeps;
    private volatile boolean stopped;
    /** Since the last cycle began; what a node was given then need not have been seen by it. */
    private volatile boolean roused;

    private volatile int thread;

    /** The thread's own to write. */
    private final AtomicLong cycles = new AtomicLong(), slept = new AtomicLong();

    /** The thread's own, read by mail only. */
    private long cyclesBefore,
            busyCycles,
            busyNanos,
            longestCycleNanos,
            mailNanos,
            longestMailNanos,
            mailBegan,
            countedFrom;

    private int idleCycles, fruitless;

    /** Is told, in the thread, that it begins, and what should not be. */
    interface Listener {
        void started();

        void failed(Throwable why);
    }

    WorkerLoop(Worker worker, Poller poller, LiveClock clock, OptionalInt cpu, Listener listener) {
        this.worker = worker;
        this.poller = poller;
        this.clock = clock;
        this.cpu = cpu;
        spins = cpu.isPresent() ? SPINS : FEW_SPINS;
        this.listener = listener;
    }

    @Override
    public int thread() {
        return thread;
    }

    @Override
    public long progress() {
        return cycles.get();
    }

    @Override
    public long sleeps() {
        return slept.get();
    }

    /** Has the worker do something between two vectors; false when it has too much to do already. Any thread. */
    boolean offer(Mail mail) {
        if (!mailbox.offer(mail)) {
            return false;
        }
        wake();
        return true;
    }

    /** To be called after the worker was given something. Any thread. */
    void wake() {
        VarHandle.fullFence();
        if (sleeps) {
            poller.wake();
        }
    }

    /** To be called after a node was given something that it looks for in its turns: the worker does not sleep before the next. Any thread. */
    void rouse() {
        roused = true;
        wake();
    }

    /** Ends the thread after the mail that was sent before. Any thread. */
    void stop() {
        Mail last = _ -> {
            stopped = true;
            return true;
        };
        while (!offer(last)) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    @Override
    public void run() {
        try {
            listener.started();
        } catch (RuntimeException | Error e) {
            listener.failed(e);
        }
        if (cpu.isPresent() && !Affinity.pin(cpu.getAsInt())) {
            listener.failed(new IllegalArgumentException(
                    "there is no processor " + cpu.getAsInt() + "; the worker runs on any: give another, or none"));
        }
        TimeSlice.ask(TimeSlice.SHORTEST_NANOS);
        countedFrom = clock.now();
        thread = RealTime.thread();
        while (!stopped) {
            try {
                turn();
            } catch (RuntimeException | Error e) {
                worker.abandonVector();
                listener.failed(e);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        thread = 0;
        for (Mail late = mailbox.poll(); late != null; late = mailbox.poll()) {
            if (!late.run(worker)) {
                late.abandon();
            }
        }
        unfinished.forEach(Mail::abandon);
    }

    private void turn() {
        if (roused) {
            roused = false;
            idleCycles = 0;
        }
        int mail = hasMail() ? readMail() : 0;
        long now = clock.now();
        int done = worker.cycle(now) + mail;
        cycles.setRelease(cycles.getPlain() + 1);
        if (done != 0) {
            busyCycles++;
            long took = clock.now() - now;
            busyNanos += took;
            longestCycleNanos = Math.max(longestCycleNanos, took);
            idleCycles = 0;
            fruitless = 0;
        } else if (++idleCycles < spins) {
            Thread.onSpinWait();
        } else {
            sleep();
        }
    }

    private boolean hasMail() {
        return !unfinished.isEmpty() || !mailbox.isEmpty();
    }

    /**
     * Does what mail wants: one more piece of what is under way, then what has come, up to a message that takes longer. So
     * packets never wait for much more than two pieces. Returns how much was done.
     */
    private int readMail() {
        mailBegan = clock.now();
        int read = 0;
        Mail going = unfinished.pollFirst();
        if (going != null) {
            read += going.isWaiting() ? 0 : 1;
            if (!going.run(worker)) {
                unfinished.addLast(going);
            }
        }
        for (int n = 0; n < MESSAGES; n++) {
            Mail mail = mailbox.poll();
            if (mail == null) {
                break;
            }
            read++;
            if (!mail.run(worker)) {
                unfinished.addLast(mail);
                break;
            }
        }
        long took = clock.now() - mailBegan;
        mailNanos += took;
        longestMailNanos = Math.max(longestMailNanos, took);
        return read;
    }

    private void sleep() {
        if (fruitless > FRUITLESS) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        poller.clear();
        for (int queue = 0; queue < worker.inputs().rounds(); queue++) {
            poller.watch(worker.inputs().descriptor(queue));
        }
        sleeps = true;
        VarHandle.fullFence();
        if (!roused && mailbox.isEmpty() && !worker.hasHanded() && !worker.hasLetters()) {
            boolean looks = !unfinished.isEmpty()
                    || worker.outlet().isWaiting()
                    || worker.inputs().arriveSilently();
            int timeout = looks ? 1 : SLEEP_MILLIS;
            fruitless = poller.await(timeout) ? fruitless + 1 : 0;
            slept.setRelease(slept.getPlain() + 1);
        }
        sleeps = false;
    }

    /** Copies what the thread has done so far and what its worker has counted; for the worker's thread. */
    void copyCounters(CounterCopy to) {
        to.cycles = cycles.getPlain() - cyclesBefore;
        to.busyCycles = busyCycles;
        to.busyNanos = busyNanos;
        to.longestCycleNanos = longestCycleNanos;
        to.mailNanos = mailNanos;
        to.longestMailNanos = longestMailNanos;
        to.totalNanos = clock.now() - countedFrom;
        to.vectors = worker.vectors();
        to.packets = worker.packetsIn();
        to.handed = worker.handed();
        to.taken = worker.taken();
        to.flows = worker.table().size();
        worker.copyCounters(to);
    }

    /** Begins to count anew; for the worker's thread. */
    void clearCounters() {
        cyclesBefore = cycles.getPlain();
        busyCycles = 0;
        busyNanos = 0;
        longestCycleNanos = 0;
        mailNanos = 0;
        longestMailNanos = 0;
        mailBegan = clock.now();
        countedFrom = clock.now();
        worker.clearCounters();
    }
}
