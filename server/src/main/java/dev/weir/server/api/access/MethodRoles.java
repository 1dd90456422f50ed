package dev.weir.server.api.access;

import com.google.protobuf.DescriptorProtos.MethodOptions;
import dev.weir.api.v1.Access;
import dev.weir.api.v1.Role;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The least role for each method, as the option {@code weir.v1.required_role} of its definition says. The services that
 * gRPC itself defines have no such option, so they stand here. Immutable; any thread.
 */
final class MethodRoles {
    /** Health is told to anybody, as by {@code weir.v1.Daemon.GetHealth}; what there is to call only to those who may call it. */
    private static final Map<String, Role> STANDARD_SERVICES = Map.of(
            "grpc.health.v1.Health", Role.ROLE_UNSPECIFIED,
            "grpc.reflection.v1.ServerReflection", Role.READ,
            "grpc.reflection.v1alpha.ServerReflection", Role.READ);

    /** P4Runtime's, whose definition is the standard's. */
    private static final Map<String, Role> P4RUNTIME = Map.of(
            "p4.v1.P4Runtime/Write", Role.OPERATE,
            "p4.v1.P4Runtime/Read", Role.READ,
            "p4.v1.P4Runtime/SetForwardingPipelineConfig", Role.ADMINISTER,
            "p4.v1.P4Runtime/GetForwardingPipelineConfig", Role.READ,
            "p4.v1.P4Runtime/StreamChannel", Role.OPERATE,
            "p4.v1.P4Runtime/Capabilities", Role.READ);

    private final Map<String, Role> byMethod;

    private MethodRoles(Map<String, Role> byMethod) {
        this.byMethod = Map.copyOf(byMethod);
    }

    /** @throws IllegalArgumentException when a method says nothing: it must not be served */
    static MethodRoles of(Collection<ServerServiceDefinition> services) {
        Map<String, Role> roles = new HashMap<>();
        for (ServerServiceDefinition service : services) {
            for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
                MethodDescriptor<?, ?> descriptor = method.getMethodDescriptor();
                roles.put(descriptor.getFullMethodName(), role(descriptor));
            }
        }
        return new MethodRoles(roles);
    }

    private static Role role(MethodDescriptor<?, ?> method) {
        Role standard = STANDARD_SERVICES.get(String.valueOf(method.getServiceName()));
        if (standard == null) {
            standard = P4RUNTIME.get(method.getFullMethodName());
        }
        if (standard != null) {
            return standard;
        }
        if (method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema) {
            MethodOptions options = schema.getMethodDescriptor().getOptions();
            if (options.hasExtension(Access.requiredRole)) {
                return options.getExtension(Access.requiredRole);
            }
        }
        throw new IllegalArgumentException("no role is required for a method: method=" + method.getFullMethodName()
                + "; give it the option weir.v1.required_role");
    }

    /** The least role that may call the method, named as {@code weir.v1.FlowTable/GetFlow}. */
    Role of(String method) {
        Role role = byMethod.get(method);
        if (role == null) {
            throw new IllegalArgumentException("no such method: method=" + method);
        }
        return role;
    }
}
