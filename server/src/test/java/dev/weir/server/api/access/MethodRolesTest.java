package dev.weir.server.api.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.weir.api.v1.Access;
import dev.weir.api.v1.DaemonGrpc;
import dev.weir.api.v1.DaemonOuterClass;
import dev.weir.api.v1.DataplaneGrpc;
import dev.weir.api.v1.DataplaneOuterClass;
import dev.weir.api.v1.FlowTableGrpc;
import dev.weir.api.v1.FlowTableOuterClass;
import dev.weir.api.v1.FlowTablesGrpc;
import dev.weir.api.v1.FlowTablesOuterClass;
import dev.weir.api.v1.ProgramsGrpc;
import dev.weir.api.v1.ProgramsOuterClass;
import dev.weir.api.v1.Role;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.channelz.v1.ChannelzGrpc;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Roles come from the definition, and a method without one is not served. */
class MethodRolesTest {
    private static final List<ServerServiceDefinition> ALL = Stream.<BindableService>of(
                    new FlowTableGrpc.FlowTableImplBase() {},
                    new FlowTablesGrpc.FlowTablesImplBase() {},
                    new DataplaneGrpc.DataplaneImplBase() {},
                    new DaemonGrpc.DaemonImplBase() {},
                    new ProgramsGrpc.ProgramsImplBase() {})
            .map(BindableService::bindService)
            .toList();

    @ParameterizedTest
    @CsvSource({
        "weir.v1.Daemon/GetHealth, ROLE_UNSPECIFIED",
        "weir.v1.FlowTable/ListFlows, READ",
        "weir.v1.FlowTable/WatchFlows, READ",
        "weir.v1.FlowTable/DeleteFlow, OPERATE",
        "weir.v1.FlowTables/GetModel, READ",
        "weir.v1.FlowTables/ChangeTableFlows, OPERATE",
        "weir.v1.Dataplane/TracePackets, OPERATE",
        "weir.v1.FlowTable/Configure, ADMINISTER",
        "weir.v1.Programs/ListPrograms, READ",
        "weir.v1.Programs/WriteEntries, OPERATE",
        "weir.v1.Programs/SetTable, ADMINISTER",
        "weir.v1.Programs/LoadProgram, ADMINISTER",
    })
    void of_eachMethod_isWhatTheDefinitionSays(String method, Role role) {
        assertThat(MethodRoles.of(ALL).of(method)).isEqualTo(role);
    }

    @Test
    void definition_saysARoleForEveryMethod() {
        Stream<ServiceDescriptor> services = Stream.of(
                        FlowTableOuterClass.getDescriptor(),
                        FlowTablesOuterClass.getDescriptor(),
                        DataplaneOuterClass.getDescriptor(),
                        DaemonOuterClass.getDescriptor(),
                        ProgramsOuterClass.getDescriptor())
                .flatMap(file -> file.getServices().stream());
        assertThat(services.flatMap(service -> service.getMethods().stream()))
                .allSatisfy(method -> assertThat(method.getOptions().hasExtension(Access.requiredRole))
                        .as(method.getFullName())
                        .isTrue());
    }

    @Test
    void of_aMethodWithoutARole_isRefused() {
        assertThatThrownBy(() -> MethodRoles.of(List.of(new ChannelzGrpc.ChannelzImplBase() {}.bindService())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(
                        "no role is required for a method: method=grpc.channelz.v1.Channelz/.*; give it the option weir.v1.required_role");
    }

    @Test
    void of_aMethodThatProtobufDoesNotDescribe_isRefused() {
        MethodDescriptor<InputStream, InputStream> plain = MethodDescriptor.<InputStream, InputStream>newBuilder()
                .setType(MethodType.UNARY)
                .setFullMethodName("plain.Service/Call")
                .setRequestMarshaller(PlainMarshaller.INSTANCE)
                .setResponseMarshaller(PlainMarshaller.INSTANCE)
                .build();
        ServerServiceDefinition service = ServerServiceDefinition.builder("plain.Service")
                .addMethod(plain, (call, headers) -> new io.grpc.ServerCall.Listener<>() {})
                .build();
        assertThatThrownBy(() -> MethodRoles.of(List.of(service))).hasMessageContaining("method=plain.Service/Call");
    }

    /** Octets as they are. */
    private enum PlainMarshaller implements MethodDescriptor.Marshaller<InputStream> {
        INSTANCE;

        @Override
        public InputStream stream(InputStream value) {
            return value;
        }

        @Override
        public InputStream parse(InputStream stream) {
            return stream;
        }
    }
}
