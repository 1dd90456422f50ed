package dev.weir.server.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeptEventsTest {
    private record Sample(long sequence, long lost) implements KeptEvents.Numbered {}

    private static final class Kept extends KeptEvents<Sample> {
        private int listening;

        Kept(int[] wakes) {
            super(() -> wakes[0]++);
        }

        @Override
        protected void listen() {
            listening++;
        }

        @Override
        protected void unlisten() {
            listening--;
        }

        void happen(int events) {
            for (int i = 0; i < events; i++) add(1, sequence -> new Sample(sequence, 0));
        }

        void lose(long events) {
            add(events, sequence -> new Sample(sequence, events));
        }
    }

    private final int[] wakes = new int[1];
    private final Kept kept = new Kept(wakes);

    private static long[] numbers(KeptEvents.Piece<Sample> piece) {
        return piece.events().stream().mapToLong(Sample::sequence).toArray();
    }

    @Test
    void whatComesAfterAPosition_isTold_inPieces() {
        assertThat(kept.join()).isZero();
        kept.happen(5);
        assertThat(wakes[0]).isEqualTo(5);
        KeptEvents.Piece<Sample> first = kept.after(2, 2);
        assertThat(numbers(first)).containsExactly(3, 4);
        assertThat(first.missed()).isZero();
        assertThat(numbers(kept.after(first.sequence(), 9))).containsExactly(5);
        assertThat(kept.after(5, 9).events()).isEmpty();
    }

    @Test
    void aReaderThatWasOvertaken_isToldHowMuchItMissed() {
        long start = kept.join();
        kept.happen(KeptEvents.CAPACITY + 99);
        KeptEvents.Piece<Sample> oldest = kept.after(start, 3);
        assertThat(oldest.missed()).isEqualTo(99);
        assertThat(numbers(oldest)).containsExactly(100, 101, 102);
    }

    @Test
    void lostEvents_coverTheirNumbers() {
        kept.join();
        kept.happen(1);
        kept.lose(10);
        kept.happen(1);
        assertThat(numbers(kept.after(0, 9))).containsExactly(1, 11, 12);
        kept.happen(KeptEvents.CAPACITY - 2);
        assertThat(kept.after(0, 1).missed())
                .as("the first is gone, the lost ones are not")
                .isEqualTo(1);
        kept.happen(1);
        assertThat(kept.after(0, 1).missed()).isEqualTo(11);
    }

    @Test
    void whileNobodyWantsToKnow_nothingIsKnown() {
        long keep = KeptEvents.KEEP_NANOS;
        long before = kept.join();
        kept.happen(3);
        kept.leave(1000);
        kept.age(1000 + keep);
        assertThat(kept.listening).as("who was cut may come again").isOne();
        assertThat(numbers(kept.after(before, 9))).containsExactly(1, 2, 3);
        kept.age(1001 + keep);
        assertThat(kept.listening).isZero();
        kept.join();
        kept.happen(1);
        KeptEvents.Piece<Sample> after = kept.after(2, 9);
        assertThat(after.missed()).isEqualTo(-1);
        assertThat(numbers(after)).containsExactly(4);
        assertThat(kept.after(3, 9).missed()).isZero();
        kept.close();
        assertThat(kept.listening).isZero();
    }
}
