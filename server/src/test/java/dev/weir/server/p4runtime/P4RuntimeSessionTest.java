package dev.weir.server.p4runtime;

import static dev.weir.server.p4runtime.P4RuntimeRig.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import dev.weir.api.p4.config.v1.P4Info;
import dev.weir.api.p4.v1.CapabilitiesRequest;
import dev.weir.api.p4.v1.Entity;
import dev.weir.api.p4.v1.ForwardingPipelineConfig;
import dev.weir.api.p4.v1.GetForwardingPipelineConfigRequest;
import dev.weir.api.p4.v1.SetForwardingPipelineConfigRequest.Action;
import dev.weir.api.p4.v1.TableEntry;
import dev.weir.api.p4.v1.WriteRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;

/** Who is primary, which pipeline runs. */
final class P4RuntimeSessionTest extends P4RuntimeCalls {
    @Test
    void stream_ofAnUnknownDevice_ends() {
        try (TestController controller = new TestController(rig, "")) {
            assertThat(controller.arbitrate(9, 1)).isEqualTo(Code.NOT_FOUND);
        }
    }

    @Test
    void stream_withAnIdThatIsTaken_ends() {
        try (TestController one = rig.controller(5);
                TestController other = new TestController(rig, "")) {
            assertThat(other.arbitrate(5)).isEqualTo(Code.INVALID_ARGUMENT);
            assertThat(one.arbitrate(5)).isEqualTo(Code.OK);
        }
    }

    @Test
    void stream_thatChangesItsDevice_ends() {
        try (TestController controller = rig.controller(5)) {
            assertThat(controller.arbitrate(2, 5)).isEqualTo(Code.FAILED_PRECONDITION);
        }
    }

    @Test
    void primary_thatGoes_isToldOfToTheOthers() {
        TestController one = rig.controller(5);
        try (TestController other = new TestController(rig, "")) {
            assertThat(other.arbitrate(3)).isEqualTo(Code.ALREADY_EXISTS);
            one.close();
            other.await(told -> told.getArbitration().getStatus().getCode() == Code.NOT_FOUND_VALUE);
            assertThat(code(() -> rig.write(5, insert(A, "01")))).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(other.arbitrate(6)).isEqualTo(Code.OK);
        }
    }

    @Test
    void roles_haveAPrimaryEach() {
        try (TestController _ = rig.controller(5);
                TestController other = new TestController(rig, "other")) {
            assertThat(other.arbitrate(1)).isEqualTo(Code.OK);
            rig.run(5);
            WriteRequest.Builder mine = request(1, insert(A, "01")).setRole("other");
            assertThat(codes(mine)).isEmpty();
            assertThat(code(() -> rig.calls.write(request(1).setRole("third").build())))
                    .isEqualTo(Status.Code.NOT_FOUND);
        }
    }

    @Test
    void calls_areCheckedInTheOrderOfTheStandard() {
        assertThat(code(() -> rig.calls.write(request(5).setDeviceId(9).build())))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(code(() -> rig.write(5))).isEqualTo(Status.Code.PERMISSION_DENIED);
        try (TestController _ = rig.controller(5)) {
            assertThat(code(() -> rig.write(4))).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(code(() -> rig.write(5))).isEqualTo(Status.Code.FAILED_PRECONDITION);
            assertThat(code(() -> rig.read(Entity.newBuilder()
                            .setTableEntry(TableEntry.newBuilder())
                            .build())))
                    .isEqualTo(Status.Code.FAILED_PRECONDITION);
        }
    }

    @Test
    void capabilities_nameTheVersion() {
        assertThat(rig.calls
                        .capabilities(CapabilitiesRequest.getDefaultInstance())
                        .getP4RuntimeApiVersion())
                .isEqualTo("1.5.0");
        assertThat(code(() -> rig.calls.capabilities(
                        CapabilitiesRequest.newBuilder().setDeviceId(9).build())))
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void pipeline_isVerifiedSavedCommittedAndRead() {
        var get = GetForwardingPipelineConfigRequest.newBuilder().setDeviceId(1).build();
        try (TestController _ = rig.controller(5)) {
            assertThat(rig.calls.getForwardingPipelineConfig(get).hasConfig()).isFalse();
            assertThat(set(Action.VERIFY, rig.config())).isEqualTo(Status.Code.OK);
            assertThat(set(Action.COMMIT, null)).isEqualTo(Status.Code.NOT_FOUND);
            assertThat(set(Action.VERIFY_AND_SAVE, rig.config())).isEqualTo(Status.Code.OK);
            rig.write(5, insert(A, "01"));
            assertThat(set(Action.COMMIT, rig.config())).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(set(Action.COMMIT, null)).isEqualTo(Status.Code.OK);
            assertThat(rig.entries(TableEntry.newBuilder())).hasSize(2); // and the constant one
            assertThat(rig.calls.getForwardingPipelineConfig(get).getConfig()).isEqualTo(rig.config());
            assertThat(rig.calls
                            .getForwardingPipelineConfig(get.toBuilder()
                                    .setResponseType(GetForwardingPipelineConfigRequest.ResponseType.COOKIE_ONLY)
                                    .build())
                            .getConfig())
                    .isEqualTo(ForwardingPipelineConfig.newBuilder()
                            .setCookie(rig.config().getCookie())
                            .build());
            assertThat(set(Action.VERIFY_AND_COMMIT, rig.config())).isEqualTo(Status.Code.OK);
            assertThat(rig.entries(TableEntry.newBuilder())).hasSize(1);
        }
    }

    @Test
    void pipeline_thatIsReconciled_keepsItsEntries() {
        try (TestController _ = rig.controller(5)) {
            rig.run(5);
            rig.write(5, insert(A, "01"));
            var other = rig.config().toBuilder()
                    .setP4DeviceConfig(ByteString.copyFromUtf8(
                            TestProgram.SOURCE.replace("h.to.reason = 7;", "h.to.reason = 8;")));
            assertThat(set(Action.RECONCILE_AND_COMMIT, other.build())).isEqualTo(Status.Code.OK);
            assertThat(rig.entries(rig.host(A))).hasSize(1);
            assertThat(set(Action.VERIFY_AND_COMMIT, other.build())).isEqualTo(Status.Code.OK);
            assertThat(rig.entries(rig.host(A))).isEmpty();
        }
    }

    private Status.Code set(Action action, @org.jspecify.annotations.Nullable ForwardingPipelineConfig config) {
        var request = rig.pipeline(5, action);
        if (config != null) request.setConfig(config);
        return code(() -> rig.calls.setForwardingPipelineConfig(request.build()));
    }

    @Test
    void pipeline_thatIsNoProgram_saysWhere() {
        try (TestController _ = rig.controller(5)) {
            var config = rig.config().toBuilder()
                    .setP4DeviceConfig(
                            ByteString.copyFromUtf8(TestProgram.SOURCE.replace("h.e.dst: exact", "h.e.dts: exact")));
            StatusRuntimeException why = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> rig.calls.setForwardingPipelineConfig(
                            rig.pipeline(5, Action.VERIFY).setConfig(config).build()));
            assertThat(why.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(why.getStatus().getDescription()).contains("unknown-member", "dts", "^^^");
        }
    }

    @Test
    void pipeline_whoseInfoIsOfAnother_saysWhere() {
        try (TestController _ = rig.controller(5)) {
            P4Info.Builder other = rig.info.toBuilder();
            other.getTablesBuilder(0).getMatchFieldsBuilder(0).setBitwidth(32);
            StatusRuntimeException why = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> rig.calls.setForwardingPipelineConfig(rig.pipeline(5, Action.VERIFY)
                            .setConfig(rig.config().toBuilder().setP4Info(other))
                            .build()));
            assertThat(why.getStatus().getDescription())
                    .contains("p4info.tables[C.hosts].match_fields[id 1].bitwidth: is 32, in the program 48");
        }
    }
}
