package dev.weir.p4.run;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.p4.ir.Resource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The cells of a resource that is not direct, off the heap. What compiled code calls takes an index of 64 bits, unsigned, and does nothing where it is
 * beyond the last cell. The worker's thread; nothing allocates but what the control plane asks.
 */
public final class Cells implements AutoCloseable {
    /** The most memory of one resource. */
    private static final long MOST_BYTES = 1L << 32;

    private final Resource resource;
    private final ProgramState state;
    private Arena arena = Arena.ofShared();
    private MemorySegment memory;
    private final int stride;
    private final long initial;

    Cells(Resource resource, ProgramState state) {
        this.resource = resource;
        this.state = state;
        int words = switch (resource) {
            case Resource.Counter _ -> 2;
            case Resource.Meter _ -> Meters.WORDS;
            case Resource.Register r -> Wide.limbs(r.width());
        };
        stride = 8 * words;
        long bytes = (long) stride * resource.size();
        if (bytes > MOST_BYTES) {
            arena.close();
            throw new IllegalArgumentException(resource.name() + ": " + resource.size() + " cells take " + bytes
                    + " bytes; " + MOST_BYTES + " are the most, ask for fewer cells");
        }
        memory = arena.allocate(Math.max(bytes, 8), 8);
        initial = resource instanceof Resource.Register r ? r.initial().longValue() : 0;
        if (resource instanceof Resource.Register r && r.initial().signum() != 0) {
            for (int i = 0; i < r.size(); i++) setRegister(i, r.initial());
        }
    }

    /** Has each have the other's cells, where they are as many and of one kind. */
    void exchange(Cells other) {
        Arena theirArena = other.arena;
        MemorySegment theirs = other.memory;
        other.arena = arena;
        other.memory = memory;
        arena = theirArena;
        memory = theirs;
    }

    @Override
    public void close() {
        arena.close();
    }

    private boolean has(long index) {
        return index >= 0 && index < resource.size();
    }

    public void count(long index) {
        if (has(index)) count(memory, index * stride, state.packetBytes);
    }

    static void count(MemorySegment s, long at, long bytes) {
        s.set(JAVA_LONG, at, s.get(JAVA_LONG, at) + 1);
        s.set(JAVA_LONG, at + 8, s.get(JAVA_LONG, at + 8) + bytes);
    }

    /** @return the colour */
    public long execute(long index, long color) {
        if (!has(index)) return Resource.Meter.GREEN;
        boolean inBytes = ((Resource.Meter) resource).unit() != Resource.Unit.PACKETS;
        return Meters.execute(memory, index * stride, (int) color, inBytes, state.packetBytes, state.now);
    }

    /** Of a register of up to 64 bits. */
    public long read(long index) {
        return has(index) ? memory.get(JAVA_LONG, index * stride) : initial;
    }

    public void write(long index, long value) {
        if (has(index)) memory.set(JAVA_LONG, index * stride, value);
    }

    /** Of a register of more than 64 bits. */
    public void readWide(long index, long[] w, int to) {
        BigInteger start = ((Resource.Register) resource).initial();
        for (int i = 0; i < stride / 8; i++) {
            w[to + i] = has(index) ? memory.get(JAVA_LONG, index * stride + 8L * i) : limb(start, i);
        }
    }

    public void writeWide(long index, long[] w, int a) {
        if (!has(index)) return;
        for (int i = 0; i < stride / 8; i++) memory.set(JAVA_LONG, index * stride + 8L * i, w[a + i]);
    }

    static long limb(BigInteger number, int limb) {
        return number.shiftRight(64 * limb).longValue();
    }

    static void setNumber(MemorySegment s, long at, int limbs, BigInteger number) {
        for (int i = 0; i < limbs; i++) s.set(JAVA_LONG, at + 8L * i, limb(number, i));
    }

    static BigInteger number(MemorySegment s, long at, int limbs) {
        BigInteger number = BigInteger.ZERO;
        for (int i = limbs - 1; i >= 0; i--) {
            BigInteger limb = new BigInteger(Long.toUnsignedString(s.get(JAVA_LONG, at + 8L * i)));
            number = number.shiftLeft(64).or(limb);
        }
        return number;
    }

    /** For the control plane: what a register's cell holds. */
    public BigInteger register(int index) {
        return number(memory, at(index), stride / 8);
    }

    /** For the control plane. */
    public void setRegister(int index, BigInteger value) {
        setNumber(memory, at(index), stride / 8, value);
    }

    /** For the control plane: how many packets a counter's cell has counted. */
    public long packets(int index) {
        return memory.get(JAVA_LONG, at(index));
    }

    /** For the control plane. */
    public long bytes(int index) {
        return memory.get(JAVA_LONG, at(index) + 8);
    }

    /** For the control plane: has a counter's cell go on from that. */
    public void setCounter(int index, long packets, long bytes) {
        memory.set(JAVA_LONG, at(index), packets);
        memory.set(JAVA_LONG, at(index) + 8, bytes);
    }

    /** For the control plane: gives a meter's cell rates, {@code null} takes them away. */
    public void setRates(int index, @Nullable MeterRates rates) {
        Meters.configure(memory, at(index), rates, state.now);
    }

    /** For the control plane: {@code null} where nobody has given a meter's cell rates. */
    public @Nullable MeterRates rates(int index) {
        return Meters.rates(memory, at(index));
    }

    /** For the control plane: what a meter's cell has coloured. */
    public MeterCounts colored(int index) {
        return Meters.counts(memory, at(index));
    }

    /** For the control plane: has a meter's cell count colours on from that. */
    public void setColored(int index, MeterCounts counts) {
        Meters.setCounts(memory, at(index), counts);
    }

    /** For the control plane: what cells hold, to be put back by {@link #restore}. */
    public long[] copy(int from, int cells) {
        long begin = at(from);
        return memory.asSlice(begin, cells == 0 ? 0 : at(from + cells - 1) + stride - begin)
                .toArray(JAVA_LONG);
    }

    /** For the control plane. */
    public void restore(int from, long[] copy) {
        MemorySegment.copy(copy, 0, memory, JAVA_LONG, at(from), copy.length);
    }

    /** For the control plane: puts cells back that another run copied; false where there are no such here. */
    public boolean restoreOthers(int from, long[] copy) {
        long octets = 8L * copy.length;
        boolean fits = from >= 0 && octets % stride == 0 && from + octets / stride <= resource.size();
        if (fits && octets > 0) restore(from, copy);
        return fits;
    }

    private long at(int index) {
        if (!has(index)) {
            throw new IndexOutOfBoundsException(
                    resource.name() + "[" + index + "]: it has " + resource.size() + " cells, counted from 0");
        }
        return (long) index * stride;
    }
}
