package dev.weir.offload.xdp;

import dev.weir.wire.PortException;
import dev.weir.wire.linux.EbpfMap;
import dev.weir.wire.linux.EbpfMap.Shape;
import dev.weir.wire.linux.EbpfMapType;
import dev.weir.wire.linux.EbpfUse;

/**
 * Waits until every run of a program that began before has ended, and so sees nothing that was removed before. The kernel
 * does that, and says so, when a map that is a value of a map is changed. One thread at a time.
 */
final class Grace implements AutoCloseable {
    private static final Shape INNER = new Shape(EbpfMapType.ARRAY, "weir_inner", Integer.BYTES, Integer.BYTES, 1);
    private static final Shape OUTER =
            new Shape(EbpfMapType.ARRAY_OF_MAPS, "weir_grace", Integer.BYTES, Integer.BYTES, 1);

    private final EbpfMap inner;
    private final EbpfMap outer;

    private Grace(EbpfMap inner, EbpfMap outer) {
        this.inner = inner;
        this.outer = outer;
    }

    static Grace create(String owner, EbpfUse use) throws PortException {
        EbpfMap inner = EbpfMap.create(owner, use, INNER);
        boolean done = false;
        try {
            Grace made = new Grace(inner, EbpfMap.createOfMaps(owner, use, OUTER, inner));
            done = true;
            return made;
        } finally {
            if (!done) inner.close();
        }
    }

    /** Some milliseconds to some tens. */
    void await() {
        int status = outer.put(0, inner.descriptor());
        if (status < 0) throw new IllegalStateException("the kernel does not wait for its programs: errno " + -status);
    }

    @Override
    public void close() {
        outer.close();
        inner.close();
    }
}
