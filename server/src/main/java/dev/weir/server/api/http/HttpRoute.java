package dev.weir.server.api.http;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.linecorp.armeria.common.HttpMethod;
import java.util.ArrayList;
import java.util.List;

/**
 * One way of making a call over HTTP; immutable.
 *
 * @param method of HTTP
 * @param path exactly that; it has no variables
 * @param hasBody whether the request is in the body, and all of it; else it is in the query
 * @param call what is called
 */
record HttpRoute(HttpMethod method, String path, boolean hasBody, MethodDescriptor call) {
    /**
     * Those that the option of the call says, the first one first.
     *
     * @throws IllegalArgumentException when it says what is not served here: variables, parts of the request as the body
     */
    static List<HttpRoute> of(MethodDescriptor call) {
        if (!call.getOptions().hasExtension(AnnotationsProto.http) || call.isClientStreaming()) {
            return List.of();
        }
        HttpRule rule = call.getOptions().getExtension(AnnotationsProto.http);
        List<HttpRoute> routes = new ArrayList<>();
        routes.add(of(rule, call));
        rule.getAdditionalBindingsList().forEach(binding -> routes.add(of(binding, call)));
        return routes;
    }

    private static HttpRoute of(HttpRule rule, MethodDescriptor call) {
        HttpRoute route = switch (rule.getPatternCase()) {
            case GET -> new HttpRoute(HttpMethod.GET, rule.getGet(), hasBody(rule, call), call);
            case PUT -> new HttpRoute(HttpMethod.PUT, rule.getPut(), hasBody(rule, call), call);
            case POST -> new HttpRoute(HttpMethod.POST, rule.getPost(), hasBody(rule, call), call);
            case DELETE -> new HttpRoute(HttpMethod.DELETE, rule.getDelete(), hasBody(rule, call), call);
            case PATCH -> new HttpRoute(HttpMethod.PATCH, rule.getPatch(), hasBody(rule, call), call);
            default -> throw unserved(rule, call);
        };
        if (!route.path.startsWith("/") || route.path.indexOf('{') >= 0 || route.path.indexOf('*') >= 0) {
            throw unserved(rule, call);
        }
        return route;
    }

    private static boolean hasBody(HttpRule rule, MethodDescriptor call) {
        if (!rule.getResponseBody().isEmpty()) {
            throw unserved(rule, call);
        }
        return switch (rule.getBody()) {
            case "" -> false;
            case "*" -> true;
            default -> throw unserved(rule, call);
        };
    }

    private static IllegalArgumentException unserved(HttpRule rule, MethodDescriptor call) {
        return new IllegalArgumentException("such a route is not served: method=" + call.getFullName() + ", rule="
                + rule.toString().replace('\n', ' ')
                + "; take a plain path, and all of the request or nothing as its body");
    }
}
