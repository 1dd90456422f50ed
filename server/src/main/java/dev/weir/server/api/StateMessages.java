package dev.weir.server.api;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.weir.api.v1.GetStateResponse;
import dev.weir.api.v1.Restored;
import dev.weir.api.v1.Snapshot;
import dev.weir.server.state.StateStatus;
import java.time.Instant;

/** How it stands with what survives, as messages. */
final class StateMessages {
    private StateMessages() {}

    static GetStateResponse of(StateStatus status) {
        StateStatus.Restored back = status.restored();
        GetStateResponse.Builder message = GetStateResponse.newBuilder()
                .setFile(status.file())
                .setInterval(duration(status.interval()))
                .setWritten(status.written())
                .setFailed(status.failed())
                .setError(status.error())
                .setRestored(Restored.newBuilder()
                        .setOutcome(back.outcome())
                        .setWhy(back.why())
                        .setAge(duration(back.age()))
                        .setFlows(back.flows())
                        .setEntries(back.entries())
                        .putAllLeftOut(back.leftOut())
                        .putAllDecidedAnew(back.forgotten()));
        StateStatus.Snapshot last = status.last();
        return (last == null ? message : message.setLast(of(last))).build();
    }

    static Snapshot of(StateStatus.Snapshot snapshot) {
        Instant taken = snapshot.taken();
        return Snapshot.newBuilder()
                .setTaken(Timestamp.newBuilder()
                        .setSeconds(taken.getEpochSecond())
                        .setNanos(taken.getNano()))
                .setBytes(snapshot.octets())
                .setFlows(snapshot.flows())
                .setEntries(snapshot.entries())
                .setDuration(duration(snapshot.duration()))
                .build();
    }

    private static Duration duration(java.time.Duration of) {
        return Duration.newBuilder()
                .setSeconds(of.getSeconds())
                .setNanos(of.getNano())
                .build();
    }
}
