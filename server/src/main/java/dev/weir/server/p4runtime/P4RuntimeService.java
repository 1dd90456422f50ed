package dev.weir.server.p4runtime;

import com.google.rpc.Code;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weir.api.p4.v1.CapabilitiesRequest;
import dev.weir.api.p4.v1.CapabilitiesResponse;
import dev.weir.api.p4.v1.ForwardingPipelineConfig;
import dev.weir.api.p4.v1.GetForwardingPipelineConfigRequest;
import dev.weir.api.p4.v1.GetForwardingPipelineConfigResponse;
import dev.weir.api.p4.v1.P4RuntimeGrpc;
import dev.weir.api.p4.v1.ReadRequest;
import dev.weir.api.p4.v1.ReadResponse;
import dev.weir.api.p4.v1.SetForwardingPipelineConfigRequest;
import dev.weir.api.p4.v1.SetForwardingPipelineConfigResponse;
import dev.weir.api.p4.v1.StreamMessageRequest;
import dev.weir.api.p4.v1.StreamMessageResponse;
import dev.weir.api.p4.v1.Uint128;
import dev.weir.api.p4.v1.WriteRequest;
import dev.weir.api.p4.v1.WriteResponse;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The calls of {@code p4.v1.P4Runtime}. Any thread. */
final class P4RuntimeService extends P4RuntimeGrpc.P4RuntimeImplBase {
    static final String VERSION = "1.5.0";

    private final Devices devices;
    private final PipelineConfigs configs;

    P4RuntimeService(Devices devices, PipelineConfigs configs) {
        this.devices = devices;
        this.configs = configs;
    }

    private Device device(long id) throws EntityFault {
        Device device = devices.find(id);
        if (device != null) return device;
        throw EntityFault.missing(String.valueOf(Devices.unknown(id).getDescription()));
    }

    /** Lets the primary of a role begin a change. */
    private static Election.Turn begin(Device device, String role, boolean given, Uint128 id) throws EntityFault {
        Election election = device.knownElection(role);
        if (election == null) {
            throw new EntityFault(
                    role.isEmpty() ? Code.PERMISSION_DENIED : Code.NOT_FOUND,
                    "role='" + role + "': no controller has it; open a stream and send an arbitration first");
        }
        Election.Turn turn = given ? election.begin(id) : null;
        if (turn != null) return turn;
        throw new EntityFault(
                Code.PERMISSION_DENIED,
                "election_id: is not the primary's; open a stream, and send an arbitration with the highest one");
    }

    @Override
    public void write(WriteRequest request, StreamObserver<WriteResponse> caller) {
        try {
            Device device = device(request.getDeviceId());
            Election.Turn turn = begin(device, request.getRole(), request.hasElectionId(), request.getElectionId());
            CompletableFuture<com.google.rpc.Status> done;
            try {
                done = written(request, device);
            } catch (EntityFault | RuntimeException | Error e) {
                turn.close();
                throw e;
            }
            var _ = done.whenComplete((status, why) -> {
                turn.close();
                answer(status, why, caller);
            });
        } catch (EntityFault fault) {
            caller.onError(fault.status().asRuntimeException());
        }
    }

    private static CompletableFuture<com.google.rpc.Status> written(WriteRequest request, Device device)
            throws EntityFault {
        SavedPipeline saved = device.saved();
        if (saved != null) {
            return CompletableFuture.completedFuture(
                    new WriteCall(request, saved.changes(), device.digests()).later(saved));
        }
        ForwardingPipeline pipeline = running(device);
        return new WriteCall(request, new Changes(pipeline.info()), device.digests()).on(pipeline);
    }

    private static ForwardingPipeline running(Device device) throws EntityFault {
        ForwardingPipeline pipeline = device.pipeline();
        if (pipeline != null) return pipeline;
        throw new EntityFault(
                Code.FAILED_PRECONDITION,
                "device_id=" + device.id() + ": runs no program; use SetForwardingPipelineConfig first");
    }

    private static void answer(
            com.google.rpc.@Nullable Status status, @Nullable Throwable why, StreamObserver<WriteResponse> caller) {
        if (status == null) {
            caller.onError(ReadCall.status(why).asRuntimeException());
        } else if (status.getCode() == Code.OK_VALUE) {
            caller.onNext(WriteResponse.getDefaultInstance());
            caller.onCompleted();
        } else {
            caller.onError(StatusProto.toStatusRuntimeException(status));
        }
    }

    @Override
    public void read(ReadRequest request, StreamObserver<ReadResponse> caller) {
        try {
            Device device = device(request.getDeviceId());
            if (!request.getRole().isEmpty() && device.knownElection(request.getRole()) == null) {
                throw EntityFault.missing("role='" + request.getRole() + "': no controller has it; leave it out");
            }
            if (device.saved() != null) {
                throw new EntityFault(
                        Code.FAILED_PRECONDITION, "the program that was saved does not run yet; use COMMIT first");
            }
            Reads reads = new Reads(running(device), device.digests());
            List<ReadSource> sources = new ArrayList<>();
            for (var entity : request.getEntitiesList()) sources.addAll(reads.of(entity));
            var threads = ServiceRequestContext.current().blockingTaskExecutor();
            new ReadCall((ServerCallStreamObserver<ReadResponse>) caller, threads).start(sources);
        } catch (EntityFault fault) {
            caller.onError(fault.status().asRuntimeException());
        }
    }

    @Override
    public void setForwardingPipelineConfig(
            SetForwardingPipelineConfigRequest request, StreamObserver<SetForwardingPipelineConfigResponse> caller) {
        try {
            Device device = device(request.getDeviceId());
            try (Election.Turn _ = begin(device, request.getRole(), request.hasElectionId(), request.getElectionId())) {
                configs.set(request, device);
            }
            caller.onNext(SetForwardingPipelineConfigResponse.getDefaultInstance());
            caller.onCompleted();
        } catch (EntityFault fault) {
            caller.onError(fault.status().asRuntimeException());
        }
    }

    @Override
    public void getForwardingPipelineConfig(
            GetForwardingPipelineConfigRequest request, StreamObserver<GetForwardingPipelineConfigResponse> caller) {
        try {
            ForwardingPipelineConfig config = PipelineConfigs.get(request, device(request.getDeviceId()));
            GetForwardingPipelineConfigResponse.Builder answer = GetForwardingPipelineConfigResponse.newBuilder();
            if (config != null) answer.setConfig(config);
            caller.onNext(answer.build());
            caller.onCompleted();
        } catch (EntityFault fault) {
            caller.onError(fault.status().asRuntimeException());
        }
    }

    @Override
    public StreamObserver<StreamMessageRequest> streamChannel(StreamObserver<StreamMessageResponse> caller) {
        return new Controller(devices, (ServerCallStreamObserver<StreamMessageResponse>) caller);
    }

    @Override
    public void capabilities(CapabilitiesRequest request, StreamObserver<CapabilitiesResponse> caller) {
        if (request.getDeviceId() != 0 && devices.find(request.getDeviceId()) == null) {
            Status status = Devices.unknown(request.getDeviceId());
            caller.onError(status.asRuntimeException());
            return;
        }
        caller.onNext(CapabilitiesResponse.newBuilder()
                .setP4RuntimeApiVersion(VERSION)
                .build());
        caller.onCompleted();
    }
}
