package dev.weir.dataplane.graph;

import dev.weir.wire.linux.Affinity;
import dev.weir.wire.linux.Poller;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;

/**
 * A worker's thread: mail, a cycle, and when there is nothing to do, first spin and then wait for a descriptor, for mail,
 * or for the next tick of the clock. The thread is its own; {@link #send} and {@link #wake} are anybody's.
 *
 * <p>Who gives the worker something looks, after a full fence, whether it sleeps; the worker says that it sleeps, with a
 * full fence after it, and then looks once more whether it was given something. So one of the two sees the other.
 */
final class WorkerLoop implements Runnable {
    private static final int MAILBOX = 1024;
    private static final int SPINS = 2000;
    private static final int SLEEP_MILLIS = 50;
    /** After so many waits that errors ended (an interface is gone) waits are by time alone. */
    private static final int FRUITLESS = 3;

    private static final long PAUSE_NANOS = 1_000_000;

    private final Worker worker;
    private final Poller poller;
    private final LiveClock clock;
    private final OptionalInt cpu;
    private final Listener listener;
    private final Mailbox<Mail> mailbox = new Mailbox<>(MAILBOX);
    /** Mail that goes on from cycle to cycle. */
    private final List<Mail> unfinished = new ArrayList<>();

    private volatile boolean sleeps;
    private volatile boolean stopped;

    /** The thread's own, read by mail only. */
    private long cycles, busyCycles, busyNanos, startedAt;

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
        this.listener = listener;
    }

    /** Has the worker do something between two vectors. Any thread, but not one that must not wait. */
    void send(Mail mail) {
        while (!mailbox.offer(mail)) {
            if (stopped) {
                throw new RejectedExecutionException("the data plane is closed");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        wake();
    }

    /** To be called after the worker was given something. Any thread. */
    void wake() {
        VarHandle.fullFence();
        if (sleeps) {
            poller.wake();
        }
    }

    /** Ends the thread after the mail that was sent before. Any thread. */
    void stop() {
        send(_ -> {
            stopped = true;
            return true;
        });
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
        startedAt = clock.now();
        while (!stopped) {
            try {
                turn();
            } catch (RuntimeException | Error e) {
                worker.abandonVector();
                listener.failed(e);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        for (Mail late = mailbox.poll(); late != null; late = mailbox.poll()) {
            late.run(worker);
        }
    }

    private void turn() {
        int mail = readMail();
        long now = clock.now();
        int done = worker.cycle(now) + mail;
        cycles++;
        if (done != 0) {
            busyCycles++;
            busyNanos += clock.now() - now;
            idleCycles = 0;
            fruitless = 0;
        } else if (++idleCycles < SPINS) {
            Thread.onSpinWait();
        } else {
            sleep();
        }
    }

    private int readMail() {
        int read = 0;
        if (!unfinished.isEmpty()) {
            unfinished.removeIf(mail -> mail.run(worker));
        }
        for (Mail mail = mailbox.poll(); mail != null; mail = mailbox.poll()) {
            read++;
            if (!mail.run(worker)) {
                unfinished.add(mail);
            }
        }
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
        if (mailbox.isEmpty() && !worker.hasHanded() && !worker.hasLetters()) {
            int timeout = unfinished.isEmpty() && !worker.outlet().isWaiting() ? SLEEP_MILLIS : 1;
            fruitless = poller.await(timeout) ? fruitless + 1 : 0;
        }
        sleeps = false;
    }

    /** What the thread has done so far; for the worker's thread. Allocates. */
    WorkerCounters counters() {
        return new WorkerCounters(
                worker.handOff().worker(),
                cycles,
                busyCycles,
                busyNanos,
                clock.now() - startedAt,
                worker.vectors(),
                worker.packetsIn(),
                worker.handOff().handed,
                worker.handOff().taken,
                worker.table().size());
    }
}
