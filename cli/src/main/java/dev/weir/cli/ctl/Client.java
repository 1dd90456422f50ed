package dev.weir.cli.ctl;

import dev.weir.api.v1.DaemonGrpc;
import dev.weir.api.v1.DataplaneGrpc;
import dev.weir.api.v1.FlowTableGrpc;
import dev.weir.api.v1.FlowTablesGrpc;
import dev.weir.api.v1.GetHealthRequest;
import dev.weir.api.v1.ProgramsGrpc;
import dev.weir.api.v1.StandbyGrpc;
import dev.weir.cli.CommandException;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;

/**
 * Calls of one daemon. Single calls end after a time at the latest; those that stream have no end but that of {@link #close}. Stubs are
 * made for each call. Any thread may close it, which ends what is under way.
 */
public final class Client implements AutoCloseable {
    private final Server server;
    private final ManagedChannel channel;
    private final double timeoutSeconds;

    Client(Access access, double timeoutSeconds) throws CommandException {
        this.server = access.server();
        this.channel = access.open();
        this.timeoutSeconds = timeoutSeconds;
    }

    public Server server() {
        return server;
    }

    FlowTableGrpc.FlowTableBlockingStub flowTable() {
        return FlowTableGrpc.newBlockingStub(channel).withDeadlineAfter(nanos(), TimeUnit.NANOSECONDS);
    }

    /** For calls that answer for as long as they like; whether there is a daemon at all is asked first, with an end. */
    FlowTableGrpc.FlowTableBlockingStub flowTableStreams() {
        daemon().getHealth(GetHealthRequest.getDefaultInstance());
        return FlowTableGrpc.newBlockingStub(channel);
    }

    DataplaneGrpc.DataplaneBlockingStub dataplane() {
        return DataplaneGrpc.newBlockingStub(channel).withDeadlineAfter(nanos(), TimeUnit.NANOSECONDS);
    }

    /** With more time, for a call that waits by itself. */
    DataplaneGrpc.DataplaneBlockingStub dataplane(double waitSeconds) {
        long waits = (long) (waitSeconds * 1e9);
        return DataplaneGrpc.newBlockingStub(channel).withDeadlineAfter(nanos() + waits, TimeUnit.NANOSECONDS);
    }

    public ProgramsGrpc.ProgramsBlockingStub programs() {
        return ProgramsGrpc.newBlockingStub(channel).withDeadlineAfter(nanos(), TimeUnit.NANOSECONDS);
    }

    /** As {@link #flowTableStreams}. */
    public ProgramsGrpc.ProgramsBlockingStub programStreams() {
        daemon().getHealth(GetHealthRequest.getDefaultInstance());
        return ProgramsGrpc.newBlockingStub(channel);
    }

    public FlowTablesGrpc.FlowTablesBlockingStub flowTables() {
        return FlowTablesGrpc.newBlockingStub(channel).withDeadlineAfter(nanos(), TimeUnit.NANOSECONDS);
    }

    /** As {@link #flowTableStreams}, for flows of devices. */
    public FlowTablesGrpc.FlowTablesBlockingStub flowTableDeviceStreams() {
        daemon().getHealth(GetHealthRequest.getDefaultInstance());
        return FlowTablesGrpc.newBlockingStub(channel);
    }

    StandbyGrpc.StandbyBlockingStub standby() {
        return StandbyGrpc.newBlockingStub(channel).withDeadlineAfter(nanos(), TimeUnit.NANOSECONDS);
    }

    DaemonGrpc.DaemonBlockingStub daemon() {
        return DaemonGrpc.newBlockingStub(channel).withDeadlineAfter(nanos(), TimeUnit.NANOSECONDS);
    }

    /** What went wrong, for a person; with the subject, where what was asked about is at fault and not named by the daemon. */
    CommandException failure(StatusRuntimeException e, String subject) {
        return Failures.of(e, server, subject, timeoutSeconds);
    }

    private long nanos() {
        return (long) (timeoutSeconds * 1e9);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
