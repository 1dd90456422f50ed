package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.PacketVector;
import dev.weir.wire.CaptureException;
import dev.weir.wire.PacketSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class UntilDamageTest {
    private static final int WAIT_MILLIS = 30;

    /** Of a pipe that gives nothing: it waits until it is interrupted. */
    @Test
    void abandon_readThatWaits_endsIt_withoutDamage() throws InterruptedException {
        CountDownLatch reads = new CountDownLatch(1);
        UntilDamage source = new UntilDamage(reading(() -> {
            reads.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CaptureException("pipe", 0, 0, "interrupted");
            }
        }));
        AtomicInteger read = new AtomicInteger(-1);
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread reader = Thread.ofPlatform().start(() -> {
            read.set(source.read(new PacketVector(1)));
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        reads.await();
        source.abandon();
        reader.join();
        assertThat(read).hasValue(0);
        assertThat(source.damage()).isNull();
        assertThat(interrupted)
                .as("what the reader does next is not interrupted")
                .isFalse();
    }

    /** An interface gives something, or says that there is nothing, all the time: its reader may hand over records meanwhile. */
    @Test
    void abandon_readsThatReturn_interruptsNobody() throws InterruptedException {
        UntilDamage source = new UntilDamage(reading(() -> pause(WAIT_MILLIS)));
        AtomicBoolean stopped = new AtomicBoolean(), interrupted = new AtomicBoolean();
        CountDownLatch reads = new CountDownLatch(2);
        Thread reader = Thread.ofPlatform().start(() -> {
            while (!stopped.get()) {
                source.read(new PacketVector(1));
                reads.countDown();
                interrupted.compareAndSet(false, Thread.interrupted());
            }
        });
        reads.await();
        source.abandon();
        stopped.set(true);
        reader.join();
        assertThat(interrupted).isFalse();
    }

    @Test
    void read_damage_endsTheSource_andIsRemembered() {
        CaptureException damage = new CaptureException("a.pcap", 40, 1, "cut");
        UntilDamage source = new UntilDamage(reading(() -> {
            throw damage;
        }));
        assertThat(source.read(new PacketVector(1))).isZero();
        assertThat(source.damage()).isSameAs(damage);
    }

    private interface Reading {
        void run() throws CaptureException;
    }

    private static PacketSource reading(Reading reading) {
        return new PacketSource() {
            @Override
            public int read(PacketVector vector) throws CaptureException {
                reading.run();
                return IDLE;
            }

            @Override
            public void close() {}
        };
    }

    /** Without regard to interrupts, as a system call. */
    private static void pause(int millis) {
        long end = System.nanoTime() + millis * 1_000_000L;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
