package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.weir.api.v1.ConfigureRequest;
import dev.weir.api.v1.TracePacketsRequest;
import dev.weir.server.api.RawCaller.Answer;
import io.grpc.Status.Code;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Any octets as the request of any call, by gRPC and by HTTP, get an answer or a status that a caller can do something with,
 * from one daemon that goes on. The first octet chooses the call: one below 128 a method of gRPC, another a route of HTTP.
 */
class ListenerFuzzTest {
    private static final Set<Code> EXPECTED = EnumSet.of(
            Code.OK,
            Code.INVALID_ARGUMENT,
            Code.NOT_FOUND,
            Code.ALREADY_EXISTS,
            Code.FAILED_PRECONDITION,
            Code.RESOURCE_EXHAUSTED);
    private static final int FLOWS = 50, HTTP = 128;

    private static ApiRig rig;
    private static RawCaller caller;

    @BeforeAll
    static void start() {
        rig = new ApiRig(2);
        for (int n = 0; n < FLOWS; n++) {
            rig.packet(n, false, 1000);
        }
        rig.settle();
        rig.programs.loadProgram(ProgramCallsTest.tracker("tracker").build());
        caller = RawCaller.at(rig.server.socket().orElseThrow());
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    @FuzzTest
    void anyOctets_asARequest_areAnsweredOrRefused(byte[] octets) {
        if (octets.length == 0) {
            return;
        }
        int which = octets[0] & 0xFF;
        byte[] request = Arrays.copyOfRange(octets, 1, octets.length);
        Answer answer = which < HTTP
                ? grpc(ApiCall.ALL.get(which % ApiCall.ALL.size()), request)
                : http(ApiCall.ROUTES.get((which - HTTP) % ApiCall.ROUTES.size()), request);
        assertThat(answer.code()).as(answer.text()).isIn(EXPECTED);
        if (answer.code() != Code.OK) {
            Leaks.assertNone(answer, request);
        }
        assertThat(caller.grpc(ApiCall.of("GetVersion"), new byte[0]).code()).isEqualTo(Code.OK);
    }

    private static Answer grpc(ApiCall call, byte[] request) {
        try {
            Message parsed =
                    call.prototype().newBuilderForType().mergeFrom(request).build();
            Message quick = quick(parsed);
            return caller.grpc(call, quick.equals(parsed) ? request : quick.toByteArray());
        } catch (InvalidProtocolBufferException _) {
            return caller.grpc(call, request);
        }
    }

    private static Answer http(ApiCall.Route route, byte[] request) {
        Message.Builder parsed = route.call().prototype().newBuilderForType();
        try {
            JsonFormat.parser().merge(new String(request, StandardCharsets.UTF_8), parsed);
            Message asked = parsed.build(), quick = quick(asked);
            return caller.http(
                    route,
                    quick.equals(asked)
                            ? request
                            : JsonFormat.printer().print(quick).getBytes(StandardCharsets.UTF_8));
        } catch (InvalidProtocolBufferException | RuntimeException _) {
            return caller.http(route, request);
        }
    }

    /** The same request, but for what would take much time or memory as it should: to wait for packets, a large table. */
    private static Message quick(Message request) {
        return switch (request) {
            case ConfigureRequest configure
            when configure.hasMaxFlows() ->
                configure.toBuilder().clearMaxFlows().build();
            case TracePacketsRequest trace ->
                trace.toBuilder().setLimit(Duration.getDefaultInstance()).build();
            default -> request;
        };
    }
}
