package dev.weir.server.p4info;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.api.p4.config.v1.ActionRef;
import dev.weir.api.p4.config.v1.CounterSpec;
import dev.weir.api.p4.config.v1.MatchField;
import dev.weir.api.p4.config.v1.P4Info;
import dev.weir.api.p4.config.v1.Table;
import dev.weir.api.v1.ProgramTableProperties;
import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.typed.TypedProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The P4Info of programs; those of {@code examples/p4} have goldens, which {@code -Dweir.goldens=FOLDER} writes anew. */
final class P4InfoMakerTest {
    private static final Path EXAMPLES = Path.of("../examples/p4");

    static Stream<Path> examples() throws IOException {
        try (Stream<Path> files = Files.walk(EXAMPLES)) {
            return files
                    .filter(file ->
                            file.toString().endsWith(".p4") && !file.toString().contains("include"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void info_ofAnExample_isItsGolden(Path program) throws IOException {
        String text = P4InfoText.text(info(IncludePath.read(program)));
        String golden = program.getFileName().toString().replace(".p4", ".txtpb");
        String folder = System.getProperty("weir.goldens");
        if (folder != null) Files.writeString(Path.of(folder).resolve(golden), text);
        try (var in = getClass().getResourceAsStream(golden)) {
            assertThat(in).as(golden).isNotNull();
            assertThat(text).isEqualTo(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    /** Ids that the public compiler gives to these names. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "ingress.l2_tbl, 41262190",
        "ingress.tst_tbl, 36288301",
        "MyIC.tbl, 39967501",
    })
    void table_withoutId_hasTheHashOfItsName(String name, int id) {
        String control = name.substring(0, name.indexOf('.')), table = name.substring(name.indexOf('.') + 1);
        P4Info info = info(program(
                control,
                "table " + table + " { key = { h.e.a: exact; } actions = { NoAction; } }",
                table + ".apply();"));

        assertThat(info.getTables(0).getPreamble().getId()).isEqualTo(id);
        assertThat(info.getTables(0).getPreamble().getAlias()).isEqualTo(table);
        assertThat(info.getActions(0).getPreamble().getId()).isEqualTo(21257015);
    }

    @Test
    void ids_ofAnnotations_comeFirst() {
        P4Info info = info(program("C", """
            @id(7) action a(@id(3) bit<8> x, bit<8> y) {}
            @id(0x02000009) table t { key = { h.e.a: exact @id(2); h.e.b: lpm @name("b"); } actions = { a; } }
            """, "t.apply();"));

        Table table = info.getTables(0);
        assertThat(table.getPreamble().getId()).isEqualTo(0x02000009);
        assertThat(table.getMatchFieldsList()).extracting(MatchField::getId).containsExactly(2, 3);
        assertThat(table.getMatchFields(1).getName()).isEqualTo("b");
        assertThat(info.getActionsList()).anySatisfy(action -> {
            assertThat(action.getPreamble().getId()).isEqualTo(0x01000007);
            assertThat(action.getParams(0).getId()).isEqualTo(3);
            assertThat(action.getParams(1).getId()).isEqualTo(2);
        });
    }

    @Test
    void table_withoutDefaultAction_doesNothingByDefaultOnly() {
        P4Info info = info(program("C", """
            action a() {}
            table t { key = { h.e.a: exact; } actions = { @tableonly a; } size = 64; }
            """, "t.apply();"));

        Table table = info.getTables(0);
        assertThat(table.getActionRefsList())
                .extracting(ActionRef::getScope)
                .containsExactly(ActionRef.Scope.TABLE_ONLY, ActionRef.Scope.DEFAULT_ONLY);
        assertThat(table.getInitialDefaultAction().getActionId()).isEqualTo(21257015);
        assertThat(table.getSize()).isEqualTo(64);
    }

    @ParameterizedTest(name = "{0}, add_on_miss {1}: {2}")
    @CsvSource({
        "NO_TIMEOUT, false, NO_TIMEOUT, STAY",
        "NOTIFY_CONTROL, false, NOTIFY_CONTROL, NOTIFY",
        "AUTO_DELETE, false, NOTIFY_CONTROL, DELETE",
        "NOTIFY_CONTROL, true, NOTIFY_CONTROL, NOTIFY",
    })
    void idleTimeout_ofPna_isTranslated(
            String property, boolean adds, Table.IdleTimeoutBehavior behavior, ProgramTableProperties.Idle idle)
            throws IOException {
        P4Info info = info(program(
                "C",
                """
                action hit() {}
                action miss() { %s }
                table t {
                    key = { h.e.a: exact; } actions = { @tableonly hit; @defaultonly miss; NoAction; }
                    pna_idle_timeout = PNA_IdleTimeout_t.%s; add_on_miss = %s; default_action = %s;
                }
                """.formatted(
                                adds ? "add_entry(\"hit\", {}, (ExpireTimeProfileId_t) 0);" : "",
                                property,
                                adds,
                                adds ? "miss" : "NoAction"),
                "t.apply();"));

        Table table = info.getTables(0);
        assertThat(table.getIdleTimeoutBehavior()).isEqualTo(behavior);
        boolean told = adds || idle == ProgramTableProperties.Idle.DELETE;
        assertThat(table.hasOtherProperties()).isEqualTo(told);
        if (told) {
            ProgramTableProperties other = table.getOtherProperties().unpack(ProgramTableProperties.class);
            assertThat(other.getAddOnMiss()).isEqualTo(adds);
            assertThat(other.getIdle()).isEqualTo(idle);
        }
    }

    @Test
    void resources_areDescribed_withTheirTables() {
        P4Info info = info(program("C", """
            DirectCounter<bit<32>>(PNA_CounterType_t.PACKETS_AND_BYTES) hits;
            Counter<bit<32>, bit<8>>(16, PNA_CounterType_t.BYTES) octets;
            Meter<bit<8>>(8, PNA_MeterType_t.BYTES) rate;
            Register<bit<48>, PortId_t>(4) last;
            table t { key = { h.e.a: exact; } actions = { NoAction; } pna_direct_counter = hits; }
            """, "t.apply(); octets.count(1);"));

        assertThat(info.getDirectCounters(0).getSpec().getUnit()).isEqualTo(CounterSpec.Unit.BOTH);
        assertThat(info.getDirectCounters(0).getDirectTableId())
                .isEqualTo(info.getTables(0).getPreamble().getId());
        assertThat(info.getTables(0).getDirectResourceIdsList())
                .containsExactly(info.getDirectCounters(0).getPreamble().getId());
        assertThat(info.getCounters(0).getSize()).isEqualTo(16);
        assertThat(info.getMeters(0).getPreamble().getId() >>> 24).isEqualTo(0x14);
        assertThat(info.getRegisters(0).getTypeSpec().getBitstring().getBit().getBitwidth())
                .isEqualTo(48);
        assertThat(info.getRegisters(0).getIndexTypeName().getName()).isEqualTo("PortId_t");
        assertThat(info.getTypeInfo()
                        .getNewTypesOrThrow("PortId_t")
                        .getTranslatedType()
                        .getSdnBitwidth())
                .isEqualTo(32);
    }

    @Test
    void nestedControl_thatIsAppliedTwice_hasEachTableTwice() {
        P4Info info = info(SourceFile.of(
                "nested.p4",
                HEADERS + """
                        control Inner(inout headers_t h) {
                            table t { key = { h.e.a: exact; } actions = { NoAction; } }
                            apply { t.apply(); }
                        }
                        """ + control("C", "Inner() one; Inner() two;", "one.apply(h); two.apply(h);")
                        + MAIN.formatted("C")));

        assertThat(info.getTablesList())
                .extracting(table -> table.getPreamble().getName() + " "
                        + table.getPreamble().getAlias())
                .containsExactly("C.one.t one.t", "C.two.t two.t");
    }

    @Test
    void controllerHeader_isPacketMetadata() {
        P4Info info = info(SourceFile.of(
                "cpu.p4", """
                    #include <core.p4>
                    #include <bmv2/pna.p4>
                    @controller_header("packet_in") header in_t { PortId_t ingress_port; @id(9) bit<7> reason; bit<1> pad; }
                    """ + HEADERS.replaceAll("#include.*\n", "") + control("C", "", "") + MAIN.formatted("C")));

        var header = info.getControllerPacketMetadata(0);
        assertThat(header.getPreamble().getName()).isEqualTo("packet_in");
        assertThat(header.getMetadataList())
                .extracting(field -> field.getId() + ":" + field.getBitwidth())
                .containsExactly("1:32", "9:7", "2:1");
    }

    @Test
    void annotations_areKept_asWritten() {
        P4Info info = info(program("C", """
            @brief("short") @description("long") @colour(red , 5) @one[1, "two", true] @pair[key = "value"]
            table t { key = { h.e.a: exact; } actions = { NoAction; } }
            """, "t.apply();"));

        var preamble = info.getTables(0).getPreamble();
        assertThat(preamble.getAnnotationsList()).containsExactly("@colour(red , 5)");
        assertThat(preamble.getDoc().getBrief() + preamble.getDoc().getDescription())
                .isEqualTo("shortlong");
        assertThat(preamble.getStructuredAnnotations(0)
                        .getExpressionList()
                        .getExpressions(1)
                        .getStringValue())
                .isEqualTo("two");
        assertThat(preamble.getStructuredAnnotations(1)
                        .getKvPairList()
                        .getKvPairs(0)
                        .getKey())
                .isEqualTo("key");
    }

    @Test
    void json_namesWhatIsInOtherProperties() {
        P4Info info = info(program("C", """
            table t { key = { h.e.a: exact; } actions = { NoAction; } pna_idle_timeout = PNA_IdleTimeout_t.AUTO_DELETE; }
            """, "t.apply();"));

        assertThat(P4InfoText.json(info)).contains("weir.v1.ProgramTableProperties", "\"idle\": \"DELETE\"");
        assertThat(P4InfoText.text(info)).contains("[type.googleapis.com/weir.v1.ProgramTableProperties]");
    }

    private static final String HEADERS = """
        #include <core.p4>
        #include <bmv2/pna.p4>
        header e_t { bit<48> a; bit<16> b; }
        struct headers_t { e_t e; }
        struct meta_t {}
        """;

    private static final String MAIN = """
        parser P(packet_in p, out headers_t h, inout meta_t m, in pna_main_parser_input_metadata_t i) {
            state start { p.extract(h.e); transition accept; }
        }
        control D(packet_out p, inout headers_t h, in meta_t m, in pna_main_output_metadata_t o) { apply { p.emit(h.e); } }
        PNA_NIC(P(), %s(), D()) main;
        """;

    private static String control(String name, String locals, String apply) {
        return "control " + name
                + "(inout headers_t h, inout meta_t m, in pna_main_input_metadata_t i, inout"
                + " pna_main_output_metadata_t o) {\n"
                + locals + "\napply {" + apply + "}\n}\n";
    }

    private static SourceFile program(String name, String locals, String apply) {
        return SourceFile.of("test.p4", HEADERS + control(name, locals, apply) + MAIN.formatted(name));
    }

    private static P4Info info(SourceFile program) {
        Diagnostics diagnostics = new Diagnostics();
        TypedProgram typed = P4Compiler.check(program, new IncludePath(List.of()), Map.of(), diagnostics);
        return P4InfoMaker.of(Objects.requireNonNull(typed, diagnostics::render));
    }
}
