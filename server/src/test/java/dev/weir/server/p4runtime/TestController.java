package dev.weir.server.p4runtime;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import dev.weir.api.p4.v1.MasterArbitrationUpdate;
import dev.weir.api.p4.v1.PacketOut;
import dev.weir.api.p4.v1.Role;
import dev.weir.api.p4.v1.StreamMessageRequest;
import dev.weir.api.p4.v1.StreamMessageResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** A controller's stream, and what it was told. */
final class TestController implements StreamObserver<StreamMessageResponse>, AutoCloseable {
    private final List<StreamMessageResponse> told = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final StreamObserver<StreamMessageRequest> stream;
    private final String role;

    TestController(P4RuntimeRig rig, String role) {
        this.role = role;
        stream = rig.async.streamChannel(this);
    }

    /** Sends an arbitration, and gives the status of the answer; of a stream that ends, its code. */
    Code arbitrate(long electionId) {
        return arbitrate(P4RuntimeRig.DEVICE, electionId);
    }

    Code arbitrate(long device, long electionId) {
        MasterArbitrationUpdate.Builder update =
                MasterArbitrationUpdate.newBuilder().setDeviceId(device).setElectionId(P4RuntimeRig.id(electionId));
        if (!role.isEmpty()) update.setRole(Role.newBuilder().setName(role));
        int before = told.size();
        stream.onNext(StreamMessageRequest.newBuilder().setArbitration(update).build());
        Waiting.until(() -> told.size() > before || end.isDone(), done -> done);
        return told.size() > before
                ? Code.forNumber(told.get(before).getArbitration().getStatus().getCode())
                : Code.forNumber(ended().getCode().value());
    }

    void send(PacketOut packet) {
        stream.onNext(StreamMessageRequest.newBuilder().setPacket(packet).build());
    }

    void send(StreamMessageRequest request) {
        stream.onNext(request);
    }

    void other(Message message) {
        stream.onNext(
                StreamMessageRequest.newBuilder().setOther(Any.pack(message)).build());
    }

    /** The first message of those so far or to come that is wanted. */
    StreamMessageResponse await(Predicate<StreamMessageResponse> wanted) {
        Waiting.until(() -> told.stream().anyMatch(wanted), found -> found);
        return told.stream().filter(wanted).findFirst().orElseThrow(() -> new AssertionError("told only " + told));
    }

    List<StreamMessageResponse> told() {
        return List.copyOf(told);
    }

    /** How the stream ended. */
    Status ended() {
        try {
            return end.get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("the stream goes on: " + told, e);
        }
    }

    @Override
    public void onNext(StreamMessageResponse message) {
        told.add(message);
    }

    @Override
    public void onError(Throwable why) {
        end.complete(Status.fromThrowable(why));
    }

    @Override
    public void onCompleted() {
        end.complete(Status.OK);
    }

    @Override
    public void close() {
        if (!end.isDone()) stream.onCompleted();
    }
}
