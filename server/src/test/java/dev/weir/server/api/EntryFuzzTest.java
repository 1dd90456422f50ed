package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.api.v1.GetProgramRequest;
import dev.weir.api.v1.WriteEntriesRequest;
import dev.weir.api.v1.WriteEntriesResponse;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever a request wants of a table, it is done or refused change by change, and the daemon goes on. */
class EntryFuzzTest {
    private static ApiRig rig;

    @BeforeAll
    static void start() {
        rig = new ApiRig(2);
        rig.programs.loadProgram(ProgramCallsTest.tracker("tracker").build());
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    @FuzzTest
    void anyChanges_areMadeOrRefused(byte[] octets) {
        WriteEntriesRequest request;
        try {
            request = WriteEntriesRequest.parseFrom(octets).toBuilder()
                    .setProgram("tracker")
                    .build();
        } catch (InvalidProtocolBufferException _) {
            return;
        }
        write(request);
        assertThat(rig.programs
                        .getProgram(GetProgramRequest.newBuilder()
                                .setName("tracker")
                                .build())
                        .getTablesCount())
                .isOne();
    }

    private static void write(WriteEntriesRequest request) {
        try {
            WriteEntriesResponse answer = rig.programs.writeEntries(request);
            assertThat(answer.getFailuresList()).allSatisfy(failure -> {
                assertThat(failure.getIndex()).isLessThan(request.getChangesCount());
                assertThat(io.grpc.Status.fromCodeValue(failure.getCode()).getCode())
                        .isNotIn(Code.OK, Code.INTERNAL, Code.UNKNOWN, Code.UNAVAILABLE);
                assertThat(failure.getMessage()).isNotBlank();
            });
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).as("%s", e).isIn(Code.INVALID_ARGUMENT, Code.RESOURCE_EXHAUSTED);
        }
    }

    @Test
    void changesOfAllKinds_areMadeOrRefused() {
        WriteEntriesRequest.Change good = EntryCallsTest.insert(EntryCallsTest.name("left", "10.0.0.1"), "10.9.9.9");
        byte[] octets =
                WriteEntriesRequest.newBuilder().addChanges(good).build().toByteArray();
        for (int i = 0; i < octets.length; i++) {
            for (int bit = 0; bit < Byte.SIZE; bit += 3) {
                byte[] changed = octets.clone();
                changed[i] ^= (byte) (1 << bit);
                anyChanges_areMadeOrRefused(changed);
            }
        }
    }
}
