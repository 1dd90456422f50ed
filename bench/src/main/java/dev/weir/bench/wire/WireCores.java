package dev.weir.bench.wire;

import dev.weir.wire.linux.Isolation;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Who of a trial runs on which processors, so that the scheduler does not decide what is measured. Of two, a subject with work for one has the last to itself, and
 * the sink, which sleeps most of the time, shares the generator's. What the kernel forwards it forwards on the generator's processor: then the sink has the last. A
 * subject with work for more may run on both, and the sink runs on the last.
 *
 * @param subject as taskset(1) lists them
 */
record WireCores(int generator, int sink, String subject) {
    /** Of the machine; asked before anything keeps this process off some of them. */
    private static final int ALL = Runtime.getRuntime().availableProcessors();

    static WireCores of(int cores, int wanted) {
        if (cores > 2) return new WireCores(0, 1, "2-" + (cores - 1));
        int last = cores - 1;
        return new WireCores(0, wanted == 1 ? 0 : last, wanted > 1 ? "0-" + last : Integer.toString(last));
    }

    /** The last of the subject's. */
    int lastOfSubject() {
        return Integer.parseInt(subject.substring(subject.indexOf('-') + 1));
    }

    /** Those that other programs can be kept off: the subject's; none where it has the generator's too, so that nowhere else is left. */
    List<Integer> own() {
        int first = Integer.parseInt(subject.split("-", 2)[0]);
        return first == generator
                ? List.of()
                : IntStream.rangeClosed(first, lastOfSubject()).boxed().toList();
    }

    /** Keeps all other programs off these; null where there are none. */
    @Nullable
    Isolation isolate() {
        return own().isEmpty() ? null : Isolation.of(own());
    }

    /** Of this machine. */
    static WireCores forSubject(int wanted) {
        return of(ALL, wanted);
    }
}
