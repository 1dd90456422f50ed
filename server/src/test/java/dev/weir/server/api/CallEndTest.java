package dev.weir.server.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.util.DomainSocketAddress;
import dev.weir.api.v1.ClearCountersRequest;
import dev.weir.api.v1.DeleteFlowRequest;
import dev.weir.server.api.RawCaller.Answer;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The code that a caller gets is the one in the audit's line and in the metrics, whoever ended the call. */
@Timeout(60)
class CallEndTest {
    private static final int TOO_LONG = 5 << 20;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private static ApiRig rig;
    private static RawCaller caller;

    @BeforeAll
    static void start() {
        rig = new ApiRig(1);
        caller = RawCaller.at(socket());
    }

    private static Path socket() {
        return rig.server.socket().orElseThrow();
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    /** One call, of a method of which no other ends so. */
    enum Ending {
        DONE(Code.OK, "ClearCounters") {
            @Override
            Answer make(ApiCall call) {
                return caller.grpc(
                        call, ClearCountersRequest.getDefaultInstance().toByteArray());
            }
        },
        REFUSED_BY_ITS_HANDLER(Code.INVALID_ARGUMENT, "DeleteFlow") {
            @Override
            Answer make(ApiCall call) {
                return caller.grpc(call, DeleteFlowRequest.getDefaultInstance().toByteArray());
            }
        },
        NO_MESSAGE(Code.INVALID_ARGUMENT, "PurgeFlows") {
            @Override
            Answer make(ApiCall call) {
                return caller.grpc(call, new byte[] {0x0A, 0x7F, 1});
            }
        },
        TOO_LONG_A_MESSAGE(Code.RESOURCE_EXHAUSTED, "UpdateFlows") {
            @Override
            Answer make(ApiCall call) {
                return caller.grpc(call, new byte[TOO_LONG]);
            }
        },
        TOO_LONG_A_BODY(Code.RESOURCE_EXHAUSTED, "UpdateFlow") {
            @Override
            Answer make(ApiCall call) {
                return caller.http(call.routes().getFirst(), new byte[TOO_LONG]);
            }
        },
        NO_FRAME(Code.INVALID_ARGUMENT, "StreamUpdates") {
            @Override
            Answer make(ApiCall call) {
                return caller.grpcFrames(call, new byte[] {1, 0, 0, 0, 1, 0});
            }
        },
        CUT_SHORT(Code.INVALID_ARGUMENT, "Configure") {
            @Override
            Answer make(ApiCall call) {
                return caller.grpcFrames(call, new byte[] {0, 0, 0, 0, 9, 1});
            }
        },
        NO_JSON(Code.INVALID_ARGUMENT, "TracePackets") {
            @Override
            Answer make(ApiCall call) {
                return caller.http(call.routes().getFirst(), "{\"node\":".getBytes(UTF_8));
            }
        },
        NO_SUCH_FIELD(Code.INVALID_ARGUMENT, "UpdateFlow") {
            @Override
            Answer make(ApiCall call) {
                return caller.http(call.routes().getFirst(), "{\"colour\": 1}".getBytes(UTF_8));
            }
        };

        private final Code code;
        private final String method;

        Ending(Code code, String method) {
            this.code = code;
            this.method = method;
        }

        abstract Answer make(ApiCall call);
    }

    @ParameterizedTest
    @EnumSource
    void code_isTheSameForTheCallerTheAuditAndTheMetrics(Ending ending) {
        ApiCall call = ApiCall.of(ending.method);
        Answer answer = ending.make(call);
        assertThat(answer.code()).as(answer.text()).isEqualTo(ending.code);
        await(() -> rig.told().stream()
                .anyMatch(line ->
                        line.contains("call=" + call.method() + " ") && line.endsWith(" result=" + ending.code)));
        await(() -> metrics().contains(counted(call, ending.code, 1)));
        assertThat(metrics()).doesNotContain("code=\"CANCELLED\",method=\"" + call.method() + "\"");
    }

    @Test
    void call_whoseCallerHasGone_isCancelled() {
        var watch = ApiCall.of("WatchFlows");
        assertThat(caller.grpc(watch, new byte[0]).code()).isEqualTo(Status.Code.OK);
        await(() -> metrics().contains(counted(watch, Code.CANCELLED, 1)));
    }

    private static String counted(ApiCall call, Code code, int times) {
        return "weir_api_calls_total{code=\"" + code + "\",method=\"" + call.method() + "\"} " + (double) times + "\n";
    }

    private static String metrics() {
        return WebClient.builder(
                        SessionProtocol.H2C, DomainSocketAddress.of(socket()).asEndpoint())
                .build()
                .get("/metrics")
                .aggregate()
                .join()
                .contentUtf8();
    }

    private static void await(BooleanSupplier what) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!what.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s%n%s", rig.told(), metrics()).isLessThan(end);
            LockSupport.parkNanos(5 * ApiRig.MILLI);
        }
    }
}
