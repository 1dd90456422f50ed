package dev.weir.offload.loopback;

import java.util.concurrent.atomic.LongAdder;

/** What a driver counts. Any thread may. */
final class LoopbackCounters {
    final LongAdder links = new LongAdder();
    final LongAdder timedOut = new LongAdder();
    final LongAdder stray = new LongAdder();
    final LongAdder wrong = new LongAdder();
    final LongAdder repaired = new LongAdder();
    final LongAdder lost = new LongAdder();

    LoopbackCounts counts() {
        return new LoopbackCounts(links.sum(), timedOut.sum(), stray.sum(), wrong.sum(), repaired.sum(), lost.sum());
    }
}
