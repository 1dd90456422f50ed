package dev.weir.server.p4runtime;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import dev.weir.api.p4.v1.DigestListAck;
import dev.weir.api.p4.v1.DigestListAckError;
import dev.weir.api.p4.v1.MasterArbitrationUpdate;
import dev.weir.api.p4.v1.PacketOut;
import dev.weir.api.p4.v1.PacketOutError;
import dev.weir.api.p4.v1.StreamError;
import dev.weir.api.p4.v1.StreamMessageRequest;
import dev.weir.api.p4.v1.StreamMessageResponse;
import dev.weir.api.p4.v1.StreamOtherError;
import dev.weir.api.p4.v1.Uint128;
import dev.weir.api.v1.WatchEntries;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A controller's stream. Its messages come one at a time; any thread may send. */
final class Controller implements StreamObserver<StreamMessageRequest>, Election.Member {
    private static final int MOST_WAITING = 1024;

    private final Devices devices;
    private final ServerCallStreamObserver<StreamMessageResponse> caller;
    private @Nullable Device device;
    private @Nullable Election election;
    private String role = "";
    private volatile @Nullable WatchEntries watch;
    /** What waits until the stream takes more. */
    private final Queue<StreamMessageResponse> waiting = new ArrayDeque<>();

    private boolean ended;

    Controller(Devices devices, ServerCallStreamObserver<StreamMessageResponse> caller) {
        this.devices = devices;
        this.caller = caller;
        caller.setOnCancelHandler(this::leave);
        caller.setOnReadyHandler(this::sendWaiting);
    }

    @Override
    public void onNext(StreamMessageRequest message) {
        switch (message.getUpdateCase()) {
            case ARBITRATION -> arbitrate(message.getArbitration());
            case PACKET -> packet(message.getPacket());
            case DIGEST_ACK -> acknowledge(message.getDigestAck());
            case OTHER -> other(message.getOther());
            case UPDATE_NOT_SET ->
                fail(Status.INVALID_ARGUMENT.withDescription("update: is missing; say what the message is"));
        }
    }

    private void arbitrate(MasterArbitrationUpdate update) {
        String wanted = update.getRole().getName();
        if (update.getRole().hasConfig()) {
            fail(Status.INVALID_ARGUMENT.withDescription(
                    "role.config: roles have no configuration here, each may do all; leave it out"));
            return;
        }
        Election joined = election;
        if (joined == null) {
            Device found = devices.find(update.getDeviceId());
            if (found == null) {
                fail(Devices.unknown(update.getDeviceId()));
                return;
            }
            device = found;
            role = wanted;
            joined = found.election(wanted);
            election = joined;
        } else if (device != null && device.id() != update.getDeviceId()) {
            fail(Status.FAILED_PRECONDITION.withDescription("device_id=" + update.getDeviceId()
                    + ": this stream is of device " + device.id() + "; open another"));
            return;
        } else if (!role.equals(wanted)) {
            fail(Status.FAILED_PRECONDITION.withDescription(
                    "role=" + wanted + ": this stream is of role '" + role + "'; open another"));
            return;
        }
        Uint128 id = update.hasElectionId() ? update.getElectionId() : null;
        Status status = joined.join(this, id, null);
        if (!status.isOk()) {
            fail(status);
        } else if (device != null) {
            device.joined(this);
        }
    }

    private boolean isPrimary() {
        Election its = election;
        return its != null && its.isPrimary(this);
    }

    private void packet(PacketOut packet) {
        try {
            primaryDevice("packets").packetOut(packet);
        } catch (EntityFault fault) {
            send(error(fault)
                    .setPacketOut(PacketOutError.newBuilder().setPacketOut(packet))
                    .build());
        }
    }

    private Device primaryDevice(String what) throws EntityFault {
        Device its = device;
        if (its == null || !isPrimary()) {
            throw new EntityFault(Code.PERMISSION_DENIED, what + ": only the primary sends them; see election_id");
        }
        return its;
    }

    private void acknowledge(DigestListAck ack) {
        try {
            primaryDevice("digest_ack").digests().acknowledge(ack);
        } catch (EntityFault fault) {
            send(error(fault)
                    .setDigestListAck(DigestListAckError.newBuilder().setDigestListAck(ack))
                    .build());
        }
    }

    private void other(Any message) {
        try {
            if (!message.is(WatchEntries.class)) {
                throw EntityFault.invalid(
                        "other: '" + message.getTypeUrl() + "' is not known; send a weir.v1.WatchEntries");
            }
            WatchEntries wanted = message.unpack(WatchEntries.class);
            if (device == null)
                throw EntityFault.invalid("other: this stream has no device yet; send an arbitration first");
            watch = wanted.getStop() ? null : wanted;
        } catch (InvalidProtocolBufferException e) {
            send(error(EntityFault.invalid("other: is no weir.v1.WatchEntries: " + e.getMessage()))
                    .setOther(StreamOtherError.newBuilder().setOther(message))
                    .build());
        } catch (EntityFault fault) {
            send(error(fault)
                    .setOther(StreamOtherError.newBuilder().setOther(message))
                    .build());
        }
    }

    private static StreamError.Builder error(EntityFault fault) {
        return StreamError.newBuilder()
                .setCanonicalCode(fault.code().getNumber())
                .setMessage(fault.text())
                .setSpace(WriteCall.SPACE);
    }

    private void send(StreamError error) {
        offer(StreamMessageResponse.newBuilder().setError(error).build());
    }

    /** Null for a stream that does not want to be told of entries. */
    @Nullable
    WatchEntries watch() {
        return watch;
    }

    @Override
    public void told(MasterArbitrationUpdate update) {
        send(StreamMessageResponse.newBuilder().setArbitration(update).build());
    }

    /** Sends what may be lost: false when so much waits already that this does not wait too. */
    synchronized boolean offer(StreamMessageResponse message) {
        if (waiting.size() >= MOST_WAITING) return false;
        waiting.add(message);
        sendWaiting();
        return true;
    }

    private synchronized void sendWaiting() {
        while (!waiting.isEmpty() && !caller.isCancelled() && caller.isReady()) send(waiting.remove());
    }

    private synchronized void send(StreamMessageResponse message) {
        if (!ended && !caller.isCancelled()) caller.onNext(message);
    }

    private void fail(Status status) {
        leave();
        synchronized (this) {
            if (ended) return;
            ended = true;
            if (!caller.isCancelled()) caller.onError(status.asRuntimeException());
        }
    }

    private void leave() {
        Election its = election;
        if (its != null) its.leave(this);
        if (device != null) device.left(this);
    }

    @Override
    public void onError(Throwable why) {
        leave();
    }

    @Override
    public void onCompleted() {
        leave();
        synchronized (this) {
            if (ended) return;
            ended = true;
            if (!caller.isCancelled()) caller.onCompleted();
        }
    }
}
