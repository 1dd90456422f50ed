package dev.weir.server.standby;

import dev.weir.server.Clock;
import dev.weir.server.programs.LoadedProgram;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.Recompiling;
import dev.weir.server.programs.Resuming;
import dev.weir.server.state.FieldReader;
import dev.weir.server.state.ProgramRestore;
import dev.weir.server.state.SnapshotException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What programs of another machine keep, as chunks of the last copy that came as a whole; what comes of the next one is beside it until that is whole too. Nothing is put into tables before it is taken
 * over. One thread at a time.
 *
 * <pre>
 * end of a copy: 1 where it is whole and 0 where it is of no use u32, nanoseconds it took i64, the sender's clock i64
 * </pre>
 */
final class ProgramReplica {
    /** What takes the line as much as it is a difference of clocks, in nanoseconds: times stay then. */
    private static final long UNTOLD = 1_000_000_000L;

    /**
     * A whole copy.
     *
     * @param loaded programs that were loaded while packets flowed there
     * @param began when the sender began it at the latest, by {@link System#nanoTime} here
     * @param ahead how far the sender's clock is ahead of this machine's, in nanoseconds
     */
    private record Copy(List<byte[]> payloads, List<LoadedProgram> loaded, long began, long ahead) {}

    /** How many programs that were loaded are taken in a copy. */
    private static final int MOST_LOADED = 256;

    private List<byte[]> coming = new ArrayList<>();
    private List<LoadedProgram> comingLoaded = new ArrayList<>();
    private @Nullable Copy whole;
    /** Has what was loaded compiled before it is taken over. */
    private Recompiling compiler = new Recompiling();

    /** What became of it, in a data plane that is about to start. */
    private @Nullable Resuming resuming;

    /** A stream begins; what the one before has brought stays. */
    void begin() {
        coming = new ArrayList<>();
        comingLoaded = new ArrayList<>();
    }

    void clear() {
        begin();
        whole = null;
        resuming = null;
        compiler = new Recompiling();
    }

    /** How old the copy is that is here, in nanoseconds: what was changed before is in it. Empty where there is nothing. */
    OptionalLong lag(long now) {
        Copy of = whole;
        return of == null || of.payloads.isEmpty() ? OptionalLong.empty() : OptionalLong.of(now - of.began);
    }

    /** Takes a chunk's payload. */
    void add(ByteBuffer payload) throws SnapshotException {
        byte[] octets = new byte[payload.remaining()];
        payload.get(octets);
        ProgramRestore.check(reader(octets)).ifPresent(comingLoaded::add);
        if (comingLoaded.size() > MOST_LOADED) {
            throw new SnapshotException("it has more than " + MOST_LOADED + " programs that were loaded");
        }
        coming.add(octets);
    }

    private static FieldReader reader(byte[] octets) {
        return new FieldReader(ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** Takes the end of a copy. */
    void end(FieldReader fields) throws SnapshotException {
        boolean isSound = fields.getInt() != 0;
        long took = fields.getLong(), clock = fields.getLong();
        fields.end();
        if (isSound) {
            long ahead = clock - Clock.now();
            whole = new Copy(coming, comingLoaded, System.nanoTime() - took, Math.abs(ahead) < UNTOLD ? 0 : ahead);
            compiler.want(LoadedProgram.texts(comingLoaded));
        }
        begin();
    }

    /**
     * Has programs run that were loaded there; before the graph of programs is asked for.
     *
     * @return what is to be told of it, a line each
     */
    List<String> resume(Programs in) {
        Copy of = whole;
        var resume = new Resuming(in);
        if (of != null) {
            resume.resume(of.loaded, compiler);
        }
        resuming = resume;
        return resume.told();
    }

    /** Gives programs of a data plane that is about to start what is here; null where nothing is. */
    @Nullable
    ProgramRestore restore(Programs into) {
        Copy of = whole;
        if (of == null) {
            return null;
        }
        var restore = new ProgramRestore(into, resuming == null ? new Resuming(into) : resuming, of.ahead);
        for (byte[] payload : of.payloads) {
            try {
                restore.put(reader(payload));
            } catch (SnapshotException e) {
                throw new IllegalStateException("it was checked when it came", e);
            }
        }
        return restore;
    }
}
