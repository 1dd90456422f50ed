package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.api.v1.GetProgramRequest;
import dev.weir.api.v1.GetProgramResponse;
import dev.weir.api.v1.ListNodesRequest;
import dev.weir.api.v1.ListProgramsRequest;
import dev.weir.api.v1.LoadProgramRequest;
import dev.weir.api.v1.LoadProgramResponse;
import dev.weir.api.v1.Node;
import dev.weir.api.v1.Program;
import dev.weir.api.v1.ProgramFaults;
import dev.weir.api.v1.UnloadProgramRequest;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that are loaded while packets flow, through a real channel. */
@Timeout(60)
class ProgramCallsTest {
    private final ApiRig rig = new ApiRig(2);

    @AfterEach
    void close() {
        rig.close();
    }

    static LoadProgramRequest.Builder tracker(String name) {
        return LoadProgramRequest.newBuilder().setName(name).setSource(TestPrograms.TRACKER);
    }

    private LoadProgramResponse load(LoadProgramRequest.Builder request) {
        return rig.programs.loadProgram(request.build());
    }

    private StatusRuntimeException refused(LoadProgramRequest.Builder request) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> load(request));
    }

    private String unload(String name) {
        try {
            return ""
                    + rig.programs
                            .unloadProgram(UnloadProgramRequest.newBuilder()
                                    .setName(name)
                                    .build())
                            .getRemoved();
        } catch (StatusRuntimeException e) {
            return ApiRig.status(e);
        }
    }

    private List<Program> programs() {
        return rig.programs
                .listPrograms(ListProgramsRequest.getDefaultInstance())
                .getProgramsList();
    }

    private Node node(String name) {
        return rig.dataplane.listNodes(ListNodesRequest.getDefaultInstance()).getNodesList().stream()
                .filter(node -> node.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void packets(int flows) {
        for (int n = 0; n < flows; n++) rig.packet(n, false, 1000);
        rig.settle();
    }

    @Test
    void loadedProgram_seesPackets_asTheLastNode_untilItIsUnloaded() {
        packets(5);
        LoadProgramResponse loaded = load(tracker("tracker"));
        assertThat(loaded.getReplaced()).isFalse();
        packets(20);
        assertThat(node("tracker").getPackets()).isEqualTo(20);
        assertThat(node("tracker").getCountersMap()).containsEntry("Main.flows.ADDED", 20L);
        Program program = programs().getFirst();
        assertThat(program).isEqualTo(loaded.getProgram());
        assertThat(program.getNode()).isEqualTo("tracker");
        assertThat(program.getNumber()).isOne();
        assertThat(program.getLoaded()).isTrue();
        assertThat(program.getRules()).isEqualTo("p4tc");
        assertThat(program.getChainsList()).containsExactly("default");
        assertThat(program.getTables(0).getName()).isEqualTo("Main/flows");
        assertThat(unload("tracker")).isEqualTo("true");
        packets(5);
        assertThat(programs()).isEmpty();
        assertThat(rig.plane.config().nodes()).hasSize(1);
    }

    @Test
    void programOfTheSameName_isReplaced_andKeepsItsNumberAndPorts() {
        load(tracker("tracker").addPorts("left"));
        load(tracker("other"));
        LoadProgramResponse again = load(tracker("tracker").putDefines("FLOWS", "7"));
        assertThat(again.getReplaced()).isTrue();
        assertThat(again.getProgram().getNumber()).isOne();
        assertThat(again.getProgram().getPortsList()).containsExactly("left");
        assertThat(again.getProgram().getTables(0).getSize()).isEqualTo(7);
        assertThat(programs()).extracting(Program::getName).containsExactly("tracker", "other");
        rig.packet(1, true, 1000);
        rig.packet(1, false, 1000);
        rig.settle();
        assertThat(node("tracker").getCountersMap()).containsEntry("Main.flows.MISS", 1L);
        assertThat(node("other").getCountersMap()).containsEntry("Main.flows.MISS", 2L);
    }

    @Test
    void program_isNamedByItsNode_orByItself() {
        load(tracker("tracker").setNode("first"));
        assertThat(described("tracker").getProgram().getNode()).isEqualTo("first");
        GetProgramResponse first = described("first");
        assertThat(first.getProgram().getName()).isEqualTo("tracker");
        assertThat(first.getIntrospection()).contains("\"pipeline_name\": \"tracker\"");
        assertThat(first.getPortsList()).containsExactly("left", "right");
        assertThat(unload("second")).isEqualTo("NOT_FOUND there is no program 'second'; there are first");
    }

    private GetProgramResponse described(String name) {
        return rig.programs.getProgram(
                GetProgramRequest.newBuilder().setName(name).build());
    }

    @Test
    void placeThatDoesNotFit_isRefused_andNothingChanges() {
        assertThat(ApiRig.status(refused(tracker("tracker").setNode("wires"))))
                .isEqualTo(
                        "FAILED_PRECONDITION nodes.wires: is a cross-connect and runs no programs; name another node for it");
        assertThat(ApiRig.status(refused(tracker("tracker").addPorts("middle"))))
                .isEqualTo("FAILED_PRECONDITION nodes.tracker: there is no port middle; name one of [left, right]");
        assertThat(ApiRig.status(refused(tracker("tracker").addChains("web"))))
                .isEqualTo("FAILED_PRECONDITION chains: there is no chain web; name one of [default]");
        assertThat(ApiRig.status(refused(tracker("output"))))
                .startsWith("FAILED_PRECONDITION nodes.output: the name is taken");
        load(tracker("tracker"));
        assertThat(ApiRig.status(refused(tracker("tracker").setNode("elsewhere"))))
                .startsWith("ALREADY_EXISTS a program 'tracker' runs in the node tracker already");
        assertThat(programs()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            7up     | a  |      | name: cannot be a name
            x       | a  | ebpf | rules: there are no such rules; give p4tc, pna, or nothing
            x       | <a | pna  | file: a file that is sent cannot be called so
            """)
    void fieldThatIsWrong_isNamed(String name, String file, String rules, String message) {
        LoadProgramRequest.Builder request = tracker(name).setFile(file).setRules(rules == null ? "" : rules);
        assertThat(ApiRig.status(refused(request))).startsWith("INVALID_ARGUMENT " + message);
    }

    private static ProgramFaults faults(StatusRuntimeException e) throws InvalidProtocolBufferException {
        for (Any detail : StatusProto.fromThrowable(e).getDetailsList()) {
            if (detail.is(ProgramFaults.class)) return detail.unpack(ProgramFaults.class);
        }
        return ProgramFaults.getDefaultInstance();
    }

    @Test
    void faultsOfTheProgram_areTold_withPlaceAndCaret() throws Exception {
        String wrong = TestPrograms.TRACKER.replace("hdr.ipv4.src :", "hdr.ipv4.source :");
        StatusRuntimeException e = refused(LoadProgramRequest.newBuilder()
                .setName("tracker")
                .setFile("dir/tracker.p4")
                .setSource(wrong));
        assertThat(ApiRig.status(e))
                .startsWith("INVALID_ARGUMENT source: tracker has 1 error, the first at dir/tracker.p4:");
        assertThat(faults(e).getFaultsList()).singleElement().satisfies(fault -> {
            assertThat(fault.getCode()).isEqualTo("unknown-member");
            assertThat(fault.getFile()).isEqualTo("dir/tracker.p4");
            assertThat(fault.getLine()).isPositive();
            assertThat(fault.getText()).contains("hdr.ipv4.source : exact").contains("^^^^^^");
        });
        assertThat(programs()).isEmpty();
    }

    @Test
    void includedFiles_areThoseThatWereSent_andNothingOfThisMachine() throws Exception {
        Map<String, String> files =
                Map.of("dir/parts/main.p4", "#include \"../all.p4\"\n", "dir/parts/../all.p4", TestPrograms.TRACKER);
        LoadProgramRequest.Builder request = LoadProgramRequest.newBuilder()
                .setName("tracker")
                .setFile("dir/tracker.p4")
                .setSource("#include \"parts/main.p4\"\n")
                .putAllIncludes(files);
        assertThat(load(request).getProgram().getTablesCount()).isOne();
        for (String file : List.of("/etc/hostname", "../../../../etc/hostname", "<weir>/../../etc/hostname")) {
            StatusRuntimeException e = refused(LoadProgramRequest.newBuilder()
                    .setName("thief")
                    .setFile("/etc/thief.p4")
                    .setSource("#include \"" + file + "\"\n#include <" + file + ">\n"));
            assertThat(faults(e).getFaultsList())
                    .allSatisfy(
                            fault -> assertThat(fault.getCode()).isIn("include-not-found", "bad-directive", "no-main"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "endless includes, include-depth",
        "deep nesting, too-deep",
        "endless macros, too-much-text",
    })
    void programThatWouldNeverEnd_isRefused_inTime(String what, String code) throws Exception {
        LoadProgramRequest.Builder request = LoadProgramRequest.newBuilder().setName("hostile");
        switch (what) {
            case "endless includes" ->
                request.setSource("#include \"again.p4\"\n").putIncludes("again.p4", "#include \"again.p4\"\n");
            case "deep nesting" -> request.setSource("const bit<8> a = " + "(".repeat(100_000) + "1;");
            default -> {
                StringBuilder text = new StringBuilder("#define A0 1 + 1\n");
                for (int i = 1; i < 40; i++) {
                    text.append("#define A")
                            .append(i)
                            .append(" A")
                            .append(i - 1)
                            .append(" + A")
                            .append(i - 1)
                            .append('\n');
                }
                request.setSource(text.append("const bit<8> a = A39;\n").toString());
            }
        }
        StatusRuntimeException e = refused(request);
        assertThat(e.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.INVALID_ARGUMENT);
        assertThat(faults(e).getFaultsList())
                .as(what)
                .anyMatch(fault -> fault.getCode().equals(code));
    }
}
