package dev.weir.server.p4runtime;

import static dev.weir.server.p4runtime.P4RuntimeRig.hex;
import static dev.weir.server.p4runtime.P4RuntimeRig.request;
import static dev.weir.server.p4runtime.P4RuntimeRig.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import dev.weir.api.p4.v1.Error;
import dev.weir.api.p4.v1.FieldMatch;
import dev.weir.api.p4.v1.TableEntry;
import dev.weir.api.p4.v1.Update;
import dev.weir.api.p4.v1.WriteRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** What tests of P4Runtime share: a real channel to a program in a data plane through which frames go. */
abstract class P4RuntimeCalls {
    static final String A = "0a0000000001", B = "0a0000000002", C = "0a0000000003";

    final P4RuntimeRig rig;

    P4RuntimeCalls() {
        this(TestProgram.SOURCE);
    }

    P4RuntimeCalls(String source) {
        rig = new P4RuntimeRig(source);
    }

    @AfterEach
    void close() {
        rig.close();
        assertThat(rig.log()).doesNotContain("internal error");
    }

    static Status.Code code(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        StatusRuntimeException why = catchThrowableOfType(StatusRuntimeException.class, call);
        return why == null ? Status.Code.OK : why.getStatus().getCode();
    }

    /** The code of each update of a Write. */
    List<Code> codes(WriteRequest.Builder request) {
        StatusRuntimeException why =
                catchThrowableOfType(StatusRuntimeException.class, () -> rig.calls.write(request.build()));
        if (why == null) return List.of();
        assertThat(why.getStatus().getCode())
                .as(String.valueOf(why.getMessage()))
                .isEqualTo(Status.Code.UNKNOWN);
        List<Code> codes = new ArrayList<>();
        com.google.rpc.Status status = StatusProto.fromThrowable(why);
        try {
            for (var detail : status.getDetailsList()) {
                codes.add(Code.forNumber(detail.unpack(Error.class).getCanonicalCode()));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
        return codes;
    }

    Update insert(String mac, String port) {
        return update(Update.Type.INSERT, rig.host(mac).setAction(rig.call("send", port)));
    }

    TableEntry.Builder rule(int priority) {
        return TableEntry.newBuilder()
                .setTableId(rig.table("rules"))
                .setPriority(priority)
                .addMatch(FieldMatch.newBuilder()
                        .setFieldId(2)
                        .setRange(FieldMatch.Range.newBuilder()
                                .setLow(hex("9000"))
                                .setHigh(hex("9002"))));
    }
}
