package dev.weir.offload.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.offload.Samples;
import dev.weir.offload.model.Flow;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Flows that are kept share what is equal in them, and stay what they were. */
class SharedPartsTest {
    @Test
    void flows_keptByShadow_areEqualAndShareParts() {
        SharedParts parts = new SharedParts();
        Flow first = parts.of(Samples.bridged(1));
        Flow again = parts.of(Samples.bridged(1));
        assertThat(again).isEqualTo(Samples.bridged(1));
        assertThat(Objects.requireNonNull(again.matches()).getFirst())
                .isSameAs(Objects.requireNonNull(first.matches()).getFirst());
        assertThat(again.actions()).isSameAs(first.actions());
    }

    @Test
    void flow_onlyNamed_isItself() {
        Flow named = Flow.named(2, 5);
        assertThat(new SharedParts().of(named)).isSameAs(named);
    }

    @Test
    void moreParts_thanAreKnown_areTheirOwn() {
        SharedParts parts = new SharedParts();
        assertThat(LongStream.range(0, 5000).mapToObj(Samples::bridged))
                .allSatisfy(flow -> assertThat(parts.of(flow)).isEqualTo(flow));
    }
}
