package dev.weir.server.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.server.api.TestRecords;
import dev.weir.table.FlowEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventLogTest {
    private final EventLog log = new EventLog(64);
    private final EventLog.Entry entry = new EventLog.Entry();

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void accept_keepsOnlyWhatIsWanted_andNumbersThat() {
        log.accept(TestRecords.event(1, FlowEvent.CREATED));
        assertThat(log.end()).isZero();
        log.keep(FlowEvent.CREATED);
        log.accept(TestRecords.event(2, FlowEvent.CREATED));
        log.accept(TestRecords.event(3, FlowEvent.ENDED));
        log.accept(TestRecords.event(4, FlowEvent.CREATED));
        assertThat(log.end()).isEqualTo(2);
        assertThat(log.sequence()).isEqualTo(2);
        assertThat(log.read(1, entry)).isTrue();
        assertThat(entry.event().flowId()).isEqualTo(4);
        assertThat(entry.sequence()).isEqualTo(2);
        assertThat(log.read(2, entry)).as("not written yet").isFalse();
    }

    @Test
    void dropped_leavesAMark_thatCoversAsManyNumbers() {
        log.keep(FlowEvent.CREATED);
        log.accept(TestRecords.event(1, FlowEvent.CREATED));
        log.dropped(10);
        log.accept(TestRecords.event(2, FlowEvent.CREATED));
        assertThat(log.read(1, entry)).isTrue();
        assertThat(entry.isMark()).isTrue();
        assertThat(entry.covers()).isEqualTo(10);
        assertThat(entry.sequence()).isEqualTo(11);
        assertThat(log.read(2, entry)).isTrue();
        assertThat(entry.isMark()).isFalse();
        assertThat(entry.sequence()).isEqualTo(12);
    }

    @Test
    void read_ofWhatWasOverwritten_saysSo() {
        log.keep(FlowEvent.CREATED);
        for (int i = 0; i < 100; i++) {
            log.accept(TestRecords.event(i, FlowEvent.CREATED));
        }
        assertThat(log.read(35, entry)).isFalse();
        assertThat(log.read(36, entry)).isTrue();
        assertThat(entry.event().flowId()).isEqualTo(36);
        assertThat(log.safe()).isEqualTo(52);
    }

    @Test
    void after_findsTheEntryBehindASequenceNumber_whereItIsStillThere() {
        log.keep(FlowEvent.CREATED);
        for (int i = 0; i < 100; i++) {
            log.accept(TestRecords.event(i, FlowEvent.CREATED));
            if (i == 70) {
                log.dropped(5);
            }
        }
        assertThat(log.after(0, entry)).isNegative();
        assertThat(log.after(36, entry)).isNegative();
        assertThat(log.after(37, entry)).isEqualTo(37);
        assertThat(log.after(71, entry)).as("the mark").isEqualTo(71);
        assertThat(log.after(76, entry)).isEqualTo(72);
        assertThat(log.after(104, entry)).isEqualTo(100);
        assertThat(log.after(105, entry)).isEqualTo(101);
    }

    @Test
    void readers_seeEveryEntryWhole_orNotAtAll_whileTheWriterGoesOn() throws InterruptedException {
        log.keep(FlowEvent.CREATED);
        int events = 300_000;
        var failure = new AtomicReference<Throwable>();
        List<Thread> readers = new ArrayList<>();
        for (int r = 0; r < 2; r++) {
            readers.add(Thread.ofPlatform().start(() -> {
                try {
                    read(events);
                } catch (Throwable e) {
                    failure.set(e);
                }
            }));
        }
        for (int i = 0; i < events; i++) {
            log.accept(TestRecords.event(i, FlowEvent.CREATED));
        }
        for (Thread reader : readers) {
            reader.join();
        }
        assertThat(failure.get()).isNull();
    }

    private void read(int events) {
        var own = new EventLog.Entry();
        long next = 0, seen = 0;
        while (next < events) {
            if (next == log.end()) {
                Thread.onSpinWait();
            } else if (log.read(next, own)) {
                assertThat(own.event().flowId()).isEqualTo(next);
                assertThat(own.event().at()).isEqualTo(1000 + next);
                assertThat(own.sequence()).isEqualTo(next + 1);
                next++;
                seen++;
            } else {
                next = Math.max(next + 1, log.safe());
            }
        }
        assertThat(seen).isPositive();
    }
}
