package dev.weir.export.filter;

import java.util.ArrayList;
import java.util.List;

/**
 * All values from one to another of the same kind, both among them.
 *
 * @param lo not above {@code hi}
 */
record Span(Value lo, Value hi) {
    static Span of(Value only) {
        return new Span(only, only);
    }

    /** The addresses that begin with the same bits as {@code address}. */
    static Span ofPrefix(Value address, int length) {
        int host = width(address) - length;
        long high = host <= 64 ? 0 : lowest(host - 64), low = lowest(Math.min(host, 64));
        return new Span(
                new Value(address.kind(), address.high() & ~high, address.low() & ~low),
                new Value(address.kind(), address.high() | high, address.low() | low));
    }

    /** The spans in order, those that overlap made one. */
    static List<Span> merge(List<Span> spans) {
        List<Span> merged = new ArrayList<>();
        spans.stream().sorted((a, b) -> a.lo.compareTo(b.lo)).forEach(span -> {
            Span last = merged.isEmpty() ? null : merged.getLast();
            if (last == null || last.hi.compareTo(span.lo) < 0) {
                merged.add(span);
            } else if (last.hi.compareTo(span.hi) < 0) {
                merged.set(merged.size() - 1, new Span(last.lo, span.hi));
            }
        });
        return List.copyOf(merged);
    }

    boolean isSingle() {
        return lo.equals(hi);
    }

    /** Whether its values are all that begin with the same bits. */
    boolean isPrefix() {
        long high = lo.high() ^ hi.high(), low = lo.low() ^ hi.low();
        return (lo.high() & high) == 0
                && (lo.low() & low) == 0
                && (high & (high + 1)) == 0
                && (low & (low + 1)) == 0
                && (high == 0 || low == -1)
                && (lo.isWide() || lo.low() >= 0);
    }

    /** How many bits its values begin with together; of one that {@link #isPrefix}. */
    int prefixLength() {
        return width(lo) - Long.bitCount(lo.high() ^ hi.high()) - Long.bitCount(lo.low() ^ hi.low());
    }

    private static int width(Value value) {
        return value.kind() == Value.IPV4 ? 32 : 128;
    }

    private static long lowest(int bits) {
        return bits == 64 ? -1 : (1L << bits) - 1;
    }
}
