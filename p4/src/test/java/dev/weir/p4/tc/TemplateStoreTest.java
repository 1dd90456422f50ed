package dev.weir.p4.tc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.control.Programs;
import dev.weir.p4.ir.Table;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.tc.TemplateStore.TemplateException;
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

/** What {@code p4template} makes, and what becomes of programs by it. */
class TemplateStoreTest {
    private static final PortNames PORTS = new PortNames(List.of("port0", "port1"));
    private static final long SECOND = 1_000_000_000;
    private static final String OPEN = """
        create pipeline/p numtables 1
        create action/p/C/a actid 1 param x type bit8
        update action/p/C/a state active
        create action/p/C/idle actid 2
        create extern/root/DirectCounter extid 0x1A000000 numinstances 1 tc_acl 0x1136 has_exec_method
        create extern_inst/p/DirectCounter/C.hits instid 1 tc_numel 16 tbl_bindable
        create table/p/C/t tblid 1 type ternary keysz 16 permissions 0x3da4 tentries 2 nummasks 8 table_acts act name p/C/a flags tableonly act name NoAction
        """;

    private final TemplateStore store = new TemplateStore();

    private void all(String lines) throws TcFault {
        for (String line : lines.lines().toList()) store.execute(line);
    }

    static Stream<Path> examples() throws IOException {
        Path folder = Path.of("..", "examples", "p4");
        try (Stream<Path> files = Files.walk(folder, 2)) {
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
    void template_ofAnExample_isAccepted_andItsProgramStaysAsItIs(Path file) throws Exception {
        Diagnostics diagnostics = new Diagnostics();
        ProgramImage image = Objects.requireNonNull(ProgramImage.compile(
                P4Compiler.nameOf(file.toString()),
                IncludePath.read(file),
                new IncludePath(List.of()),
                Map.of(),
                null,
                diagnostics));
        store.script(Templates.template(image.facts()));
        ProgramImage made = store.instantiate(image, PORTS);
        for (int i = 0; i < image.pipeline().tables().size(); i++) {
            Table before = image.pipeline().tables().get(i);
            Table after = made.pipeline().tables().get(i);
            assertThat(after.size()).isEqualTo(before.size());
            assertThat(after.permissions()).isEqualTo(before.permissions());
            assertThat(after.defaultAction()).isEqualTo(before.defaultAction());
            assertThat(after.entries()).hasSameSizeAs(before.entries());
        }
        assertThat(store.number(image.name())).isEqualTo(1);
        store.script(Templates.purge(image.facts()));
        assertThat(store.names()).isEmpty();
    }

    @Test
    void template_setsWhatAProgramBeginsWith() throws Exception {
        ProgramImage image = Programs.tracker();
        String template = Templates.template(image.facts())
                .replace(
                        "keysz 32 permissions 0x3da4 tentries 64",
                        "keysz 32 permissions 0x3db4 tentries 7 num_timer_profiles 6 aging 5000 timer_profile id 5 aging 1")
                .replace(
                        "$TC p4template update pipeline",
                        "$TC p4template update table/flowtracker/Main/nh_table default_miss_action permissions 0x1024"
                                + " action flowtracker/Main/send param port port1 param dst 02:00:00:00:00:09\n"
                                + "$TC p4template create table/flowtracker/Main/nh_table entry dst 10.0.0.0/8 permissions"
                                + " 0x1024 action NoAction\n"
                                + "$TC p4template update pipeline");
        store.script(template);
        ProgramImage made = store.instantiate(image, PORTS);
        Table table = made.pipeline().tables().get(1);
        assertThat(table.size()).isEqualTo(7);
        assertThat(table.lifetimes())
                .containsExactly(5 * SECOND, 60 * SECOND, 90 * SECOND, 120 * SECOND, 150 * SECOND, SECOND / 1000);
        assertThat(table.permissions()).isEqualTo(0x3db4);
        assertThat(table.defaultAction())
                .hasToString("DefaultAction[call=Call[action=Main.send, arguments=[1, 2199023255561]], constant=true]");
        assertThat(table.entries()).hasSize(1).allMatch(Table.Entry::constant);
        assertThat(made.schema().tables().get(1).size()).isEqualTo(7);
        assertThat(Templates.template(made.facts())).contains("keysz 32 permissions 0x3db4 tentries 7");
        assertThat(store.execute("get pipeline/flowtracker"))
                .startsWith("pipeline flowtracker id 1 numtables 3 state ready\n")
                .contains(" table Main/nh_table id 2 type lpm keysz 32 permissions CRUD-PS-RU-X-- tentries 7");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        create pipeline/p numtables 1                        | there is one already
        create pipeline/q numtables 33                       | out of range; give how many tables, 0 to 32
        create action/q/C/b actid 3                          | there is no such pipeline; there are [p]
        create action/p/C/a actid 3                          | there is such an action already
        create action/p/C/b actid 1                          | the action C/a has the number 1
        update action/p/C/c state active                     | there is no such action; there are [C/a, C/idle]
        create table/p/C/u tblid 2 type exact keysz 8        | the pipeline has its 1 tables
        update table/p/C/t keysz 513                         | out of range; give bits of the key, 0 to 512
        update table/p/C/t type range                        | there is no such type
        update table/p/C/t default_miss_action action p/C/a  | this action is tableonly
        update table/p/C/t default_miss_action action C/idle | the table does not have this action
        update table/p/C/t num_timer_profiles 17             | give how many profiles, 0 to 16
        update table/p/C/t timer_profile id 4 aging 1        | there is no profile 4; give 0 to 3
        update table/p/C/t timer_profile id 1 aging 0        | aging: 0 is too short
        update table/p/C/t aging 864000001                   | give milliseconds, 0 to 864000000
        update table/p/C/t aging                             | it ends too early; give milliseconds
        update pipeline/p numtables 0                        | it has 1 tables
        update pipeline/p                                    | it ends too early
        create pipeline/q pipeid 1 numtables 1               | the number 1 is taken
        get pipeline/ pipeid 7                               | there is no such pipeline
        del action/p/C/a                                     | the table C/t has the action C/a; delete it before
        del action/p/                                        | the table C/t has the action C/a; delete it before
        del thing/p/                                         | it begins with no kind of object
        create action/p/C/b actid 3 num_prealloc_acts x      | this is no number
        update table/p/C/t pna_direct_counter DirectCounter/C.none | there is no such instance
        create table/p/C/t entry k 1 action C/a param y 3    | the action C/a has no such parameter
        create extern_inst/p/Counter/C.c instid 1            | there is no extern Counter
        create extern_inst/p/DirectCounter/C.hits instid 1   | there is such an instance already
        create extern/root/Thing extid 3                     | there is no such extern
        update pipeline/p state ready                        | the action C/idle is not active
        update pipeline/p state gone                         | is wanted here
        del table/p/C/u                                      | there is no such table
        get action/p/C/u                                     | there is no such action
        drop pipeline/p                                      | there is no such command
        """)
    void command_thatCannotBeDone_saysWhy(String line, String why) throws TcFault {
        all(OPEN);
        assertThatThrownBy(() -> store.execute(line))
                .isInstanceOf(TcFault.class)
                .hasMessageContaining(why);
    }

    /** Numbers instead of names, all of a kind at once, what is taken back. */
    @Test
    void command_ofTheOriginals_isDone() throws TcFault {
        store.execute("create pipeline/q pipeid 9 numtables 3");
        all(OPEN);
        assertThat(store.execute("get pipeline/ pipeid 9")).isEqualTo("pipeline q id 9 numtables 3 state not ready\n");
        assertThat(store.execute("get pipeline/q pipeid 9")).startsWith("pipeline q ");
        store.execute("create action/q/C/x actid 7 num_prealloc_acts 64");
        store.execute("update pipeline/q pipeid 9 numtables 1");
        assertThat(store.execute("get pipeline/q"))
                .isEqualTo("pipeline q id 9 numtables 1 state not ready\n action C/x id 7 state not active\n");
        assertThat(store.execute("get action/p/")).hasLineCount(2).contains(" action C/idle id 2");
        store.execute("update table/p/C/t default_miss_action action NoAction aging 7000 timer_profile id 3 aging 8000"
                + " entry k 1/0xff action NoAction");
        assertThat(store.execute("get table/p/"))
                .startsWith(" table C/t id 1 type ternary keysz 16 ")
                .contains("\n  timer_profile id 0 aging 7000\n  timer_profile id 3 aging 8000\n")
                .contains("\n  default_miss_action NoAction\n  entries 1\n");
        store.execute("del table/p/C/t default_miss_action");
        assertThat(store.execute("get table/p/C/t")).doesNotContain("default_miss_action");
        store.execute("del table/p/");
        store.execute("del action/p/");
        store.execute("del extern_inst/p/");
        assertThat(store.execute("get pipeline/p")).isEqualTo("pipeline p id 1 numtables 1 state not ready\n");
        store.execute("del pipeline/ pipeid 9");
        assertThat(store.names()).containsExactly("p");
    }

    @Test
    void sealedPipeline_isNotChanged() throws TcFault {
        all(OPEN + "update action/p/C/idle state active\nupdate pipeline/p state ready");
        assertThatThrownBy(() -> store.execute("del table/p/C/t")).hasMessageContaining("sealed; delete it");
        assertThatThrownBy(() -> store.execute("update pipeline/p state ready")).hasMessageContaining("sealed already");
        store.execute("del pipeline/p");
        assertThat(store.names()).isEmpty();
    }

    @Test
    void pipelineWithTooFewTables_isNotSealed() throws TcFault {
        store.execute("create pipeline/p numtables 2");
        assertThatThrownBy(() -> store.execute("update pipeline/p state ready"))
                .hasMessageContaining("it has 0 of its 2 tables");
    }

    @Test
    void program_thatDoesNotFit_isRefused() throws Exception {
        ProgramImage image = Programs.tracker();
        String template = Templates.template(image.facts());
        Map<String, String> faults = Map.of(
                "keysz 136=keysz 128", "its key is exact of 128 bits, the program's exact of 136",
                "type dev=type bit32", "its parameters are",
                "type lpm=type exact", "its key is exact of 32 bits, the program's lpm of 32");
        for (Map.Entry<String, String> fault : faults.entrySet()) {
            TemplateStore other = new TemplateStore();
            String[] change = fault.getKey().split("=", 2);
            other.script(template.replace(change[0], change[1]));
            assertThatThrownBy(() -> other.instantiate(image, PORTS))
                    .isInstanceOf(TemplateException.class)
                    .hasMessageContaining(fault.getValue());
        }
        store.script("p4template create pipeline/flowtracker numtables 3\n");
        assertThatThrownBy(() -> store.instantiate(image, PORTS)).hasMessageContaining("it is not sealed");
        assertThat(store.instantiate(Programs.octets(), PORTS).name()).isEqualTo("octets");
    }

    @Test
    void script_withAFault_namesItsLine() {
        assertThatThrownBy(() ->
                        store.script("#!/bin/bash -x\nset -e\n$TC p4template create pipeline/p \\\n numtables 99\n"))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("line 3: '99': the number is out of range");
    }
}
