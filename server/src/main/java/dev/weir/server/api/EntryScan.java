package dev.weir.server.api;

import dev.weir.api.v1.ScanEntriesResponse;
import dev.weir.p4.control.EntryPage;
import dev.weir.p4.tc.TcFilter;
import dev.weir.server.programs.RunningNode;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One stream of all entries of a table: reads a message of them when its reader can take one, and holds no more than that one. Turns are taken one at a time, in
 * the threads of calls.
 */
final class EntryScan {
    private static final String METHOD = "Programs.ScanEntries";
    /** Entries a message. */
    private static final int MESSAGE = 500;

    private final ProgramCalls programs;
    private final Calls calls;
    private final RunningNode program;
    private final String table;
    private final TcFilter filter;
    private final ServerCallStreamObserver<ScanEntriesResponse> reader;
    /** A turn is being taken, or there is no more. */
    private final AtomicBoolean taken = new AtomicBoolean(true);

    private EntryPage.Position from = EntryPage.Position.START;

    EntryScan(
            ProgramCalls programs,
            Calls calls,
            RunningNode program,
            String table,
            TcFilter filter,
            ServerCallStreamObserver<ScanEntriesResponse> reader) {
        this.programs = programs;
        this.calls = calls;
        this.program = program;
        this.table = table;
        this.filter = filter;
        this.reader = reader;
    }

    /** The reader can take more. Any thread. */
    void wake() {
        if (!reader.isCancelled() && reader.isReady() && taken.compareAndSet(false, true)) {
            calls.threads().execute(this::turn);
        }
    }

    void turn() {
        var _ = ProgramCalls.answered(program.runtime().entries(table, filter::matches, from, MESSAGE))
                .whenCompleteAsync(this::read, calls.threads());
    }

    private void read(@Nullable EntryPage page, @Nullable Throwable why) {
        try {
            if (page == null) throw why == null ? new IllegalStateException("no page") : why;
            tell(page);
        } catch (Throwable e) {
            if (!reader.isCancelled()) calls.refuse(METHOD, reader, e);
        }
    }

    private void tell(EntryPage page) {
        EntryMessages messages = programs.messages();
        if (!page.entries().isEmpty()) {
            reader.onNext(ScanEntriesResponse.newBuilder()
                    .addAllEntries(page.entries().stream().map(messages::entry).toList())
                    .build());
        }
        EntryPage.Position next = page.next();
        if (next == null) {
            reader.onCompleted();
            return;
        }
        from = next;
        taken.set(false);
        wake();
    }
}
