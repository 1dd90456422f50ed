package dev.weir.server.state;

import dev.weir.dataplane.graph.Dataplane;
import org.jspecify.annotations.Nullable;

/** Has workers not sleep while they are asked for many things, but while the answers go to where that may take long: a disk, a line. One thread. */
final class Awake implements AutoCloseable {
    private final Dataplane plane;
    private @Nullable AutoCloseable held;

    Awake(Dataplane plane) {
        this.plane = plane;
        held = plane.keepAwake();
    }

    /** What it gives is taken while workers may sleep. */
    ProgramSave.Out pausing(ProgramSave.Out out) {
        return (payload, entries) -> {
            close();
            out.program(payload, entries);
            held = plane.keepAwake();
        };
    }

    @Override
    public void close() {
        AutoCloseable of = held;
        held = null;
        if (of != null) {
            try {
                of.close();
            } catch (Exception e) {
                throw new IllegalStateException("it only takes note", e);
            }
        }
    }
}
