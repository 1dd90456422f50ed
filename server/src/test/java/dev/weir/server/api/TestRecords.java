package dev.weir.server.api;

import dev.weir.table.FlowRecord;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** Records as the diagram of {@link FlowRecord} draws them. */
public final class TestRecords {
    private TestRecords() {}

    /** An event of a kind about a flow, which has nothing else. */
    public static FlowRecord event(long flowId, int kind) {
        MemorySegment segment = MemorySegment.ofArray(new long[FlowRecord.SIZE / Long.BYTES]);
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, flowId);
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 8, 1000 + flowId);
        segment.set(ValueLayout.JAVA_BYTE, 133, (byte) 4);
        segment.set(ValueLayout.JAVA_BYTE, 134, (byte) kind);
        return new FlowRecord().wrap(segment, 0);
    }

    /** One that has anything that a record can have. */
    static FlowRecord random(SplittableRandom random) {
        MemorySegment segment = MemorySegment.ofArray(new long[FlowRecord.SIZE / Long.BYTES]);
        for (int at = 0; at < 96; at += 8) {
            segment.set(ValueLayout.JAVA_LONG_UNALIGNED, at, number(random));
        }
        boolean v6 = random.nextBoolean();
        for (int at = 96; at < 128; at++) {
            boolean zero = random.nextInt(3) == 0 || (!v6 && (at - 96) % 16 >= 4);
            segment.set(ValueLayout.JAVA_BYTE, at, (byte) (zero ? 0 : random.nextInt()));
        }
        segment.set(ValueLayout.JAVA_INT_UNALIGNED, 128, random.nextInt());
        segment.set(ValueLayout.JAVA_BYTE, 132, (byte) random.nextInt());
        segment.set(ValueLayout.JAVA_BYTE, 133, (byte) (v6 ? 6 : 4));
        segment.set(ValueLayout.JAVA_BYTE, 134, (byte) (1 << random.nextInt(4)));
        segment.set(ValueLayout.JAVA_BYTE, 135, (byte) random.nextInt(3));
        segment.set(ValueLayout.JAVA_INT_UNALIGNED, 136, random.nextInt(1 << 24));
        segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, 140, (short) random.nextInt());
        segment.set(ValueLayout.JAVA_BYTE, 142, (byte) random.nextInt(8));
        segment.set(ValueLayout.JAVA_BYTE, 143, (byte) random.nextInt(7));
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 144, random.nextLong());
        segment.set(ValueLayout.JAVA_LONG_UNALIGNED, 152, random.nextLong());
        segment.set(ValueLayout.JAVA_INT_UNALIGNED, 160, random.nextInt(4) == 0 ? -1 : random.nextInt());
        segment.set(ValueLayout.JAVA_BYTE, 164, (byte) random.nextInt(2));
        return new FlowRecord().wrap(segment, 0);
    }

    /** One of any size, and often none. */
    private static long number(SplittableRandom random) {
        return random.nextInt(4) == 0 ? 0 : random.nextLong() >>> (1 + random.nextInt(63));
    }
}
