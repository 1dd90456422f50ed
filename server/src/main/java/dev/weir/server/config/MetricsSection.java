package dev.weir.server.config;

import dev.weir.api.v1.Role;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options under {@code metrics}: a listener of their own. */
final class MetricsSection {
    private static final Field<InetSocketAddress> LISTEN = Field.required(
            "listen",
            ApiSection.SOCKET_ADDRESS,
            "An IP address of this machine and a port, where there is `/metrics` and nothing else.");

    private static final Field<Boolean> INSECURE = Field.of(
            "insecure",
            Kinds.SWITCH,
            false,
            "false",
            "Without TLS and tokens. Only for loopback addresses; else those of `api` are needed.");

    static final Section<ApiSettings.Listener> SECTION = new Section<>(
            "metrics",
            "Metrics on a listener of their own. The listeners of the API have them too.",
            List.of(LISTEN, INSECURE),
            MetricsSection::listener);

    private MetricsSection() {}

    private static ApiSettings.@Nullable Listener listener(Values values) {
        InetSocketAddress address = values.get(LISTEN);
        boolean insecure = values.get(INSECURE);
        return ApiSection.checkInsecure(values, INSECURE, address, insecure)
                ? new ApiSettings.Listener(address, insecure, insecure ? Role.READ : Role.ROLE_UNSPECIFIED, true)
                : null;
    }
}
