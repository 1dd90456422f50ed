package dev.weir.server.api.http;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;

/**
 * The description of the calls at {@code /v1/openapi.json}, and at {@code /v1/} a page that shows it, with nothing from elsewhere.
 * Anybody may read them: they say what every copy of the program says.
 */
public final class ApiPages {
    private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private ApiPages() {}

    /** Adds both. */
    public static void addTo(ServerBuilder server, Collection<ServerServiceDefinition> services) {
        List<ServiceDescriptor> described = services.stream()
                .map(service -> service.getServiceDescriptor().getSchemaDescriptor())
                .filter(ProtoServiceDescriptorSupplier.class::isInstance)
                .map(schema -> ((ProtoServiceDescriptorSupplier) schema).getServiceDescriptor())
                .toList();
        HttpData description = HttpData.ofUtf8(OpenApi.of(described, Comments.ofDefinition()));
        HttpService page = page(MediaType.HTML_UTF_8, HttpData.wrap(read("page.html")));
        server.service("/v1/openapi.json", page(MediaType.JSON_UTF_8, description))
                .service("/v1/", page);
    }

    private static HttpService page(MediaType type, HttpData content) {
        ResponseHeaders headers = ResponseHeaders.builder(HttpStatus.OK)
                .contentType(type)
                .add(HttpHeaderNames.CONTENT_SECURITY_POLICY, POLICY)
                .add(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                .build();
        return (_, _) -> HttpResponse.of(headers, content);
    }

    private static byte[] read(String resource) {
        try (InputStream in = ApiPages.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("missing from the program: " + resource);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("cannot be read from the program: " + resource, e);
        }
    }
}
