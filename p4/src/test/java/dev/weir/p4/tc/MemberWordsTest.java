package dev.weir.p4.tc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.p4.control.Atomicity;
import dev.weir.p4.control.EntryPage;
import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.Outcome;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.p4.control.Programs;
import dev.weir.p4.control.WorkerBench;
import dev.weir.p4.run.Origin;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words for members, groups, value sets and mirror sessions, and what is printed of them. */
class MemberWordsTest {
    private static final PortNames PORTS = new PortNames(List.of("p0", "p1"));

    private final ProgramRuntime program = new ProgramRuntime(Programs.ways(), Map.of());
    private final WorkerBench bench = new WorkerBench(program.config(), 1, 1);
    private final TcParser parser = new TcParser(program.image().schema(), PORTS);
    private final TcMembers members = new TcMembers(PORTS);

    @AfterEach
    void close() {
        bench.close();
        program.close();
    }

    private void run(String... lines) throws TcFault {
        for (String line : lines) {
            TcCommand.Write write = (TcCommand.Write) parser.parse(line);
            assertThat(program.write(write.changes(), Atomicity.ROLLBACK_ON_ERROR, Origin.control("test", 1))
                            .join())
                    .as(line)
                    .allMatch(Outcome::isDone);
        }
    }

    private String printed() {
        return members.text(program.profile("Main.chosen").join())
                + members.text(
                        program.image().schema().valueSets().getFirst(),
                        program.values("P.refused").join())
                + members.text(program.sessions().join());
    }

    @Test
    void whatIsPrinted_makesItAgain() throws TcFault {
        run(
                "create ways/extern/ActionSelector/chosen member 1 action to param port 3",
                "create ways/extern/ActionSelector/Main/chosen member 2 action ways/Main/refuse",
                "create ways/extern/ActionSelector/Main.chosen group 5 max_size 9 member 1 weight 3 member 2",
                "create ways/extern/ActionSelector/chosen group 6",
                "update ways/extern/ActionSelector/chosen member 1 action to param port 2",
                "update ways/value_set/refused entry kind 1/0xf b 3..9",
                "create ways/mirror/7 port p1 port p0 truncate 64 sample 10 contents post",
                "create ways/mirror/8");
        String printed = """
             ActionSelector/Main.chosen member 1 action Main/to param port 2
             ActionSelector/Main.chosen member 2 action Main/refuse
             ActionSelector/Main.chosen group 5 max_size 9 member 1 weight 3 member 2 weight 1
             ActionSelector/Main.chosen group 6
             value_set/P/refused entry kind 1/0xf b 3..9
             mirror/7 port p1 port p0 truncate 64 sample 10 contents post
             mirror/8 contents pre
            """;
        assertThat(printed()).isEqualTo(printed);
        run(
                "delete ways/extern/ActionSelector/chosen group 5",
                "delete ways/extern/ActionSelector/chosen group 6",
                "delete ways/extern/ActionSelector/chosen member 1",
                "delete ways/extern/ActionSelector/chosen member 2",
                "delete ways/value_set/refused",
                "delete ways/mirror/7",
                "delete ways/mirror/8");
        assertThat(printed()).isEqualTo(" value_set/P/refused\n");
        for (String line : printed.lines().toList()) {
            String path = line.strip().startsWith("A") ? "ways/extern/" : "ways/";
            run((line.contains("value_set") ? "update " : "create ") + path + line.strip());
        }
        assertThat(printed()).isEqualTo(printed);
    }

    @Test
    void json_hasTheSame() throws TcFault {
        run(
                "create ways/extern/ActionSelector/chosen member 1 action to param port 3",
                "create ways/extern/ActionSelector/chosen group 5 member 1 weight 2",
                "update ways/value_set/refused entry kind 1/0xf b 3..9",
                "create ways/mirror/7 port p1");
        assertThat(members.json(program.profile("Main.chosen").join())).isEqualTo("""
                [{"kind":"ActionSelector","instance":"Main.chosen","members":[{"member":1,"action":"Main/to",\
                "params":[{"name":"port","type":"bit32","value":"3"}]}],\
                "groups":[{"group":5,"max_size":0,"members":[{"member":1,"weight":2}]}]}]
                """);
        assertThat(members.json(
                        program.image().schema().valueSets().getFirst(),
                        program.values("P.refused").join()))
                .isEqualTo("[{\"value_set\":\"P/refused\",\"entries\":[{\"kind\":\"1/0xf\",\"b\":\"3..9\"}]}]\n");
        assertThat(members.json(program.sessions().join()))
                .isEqualTo("[{\"mirror\":7,\"ports\":[\"p1\"],\"truncate\":0,\"sample\":1,\"contents\":\"pre\"}]\n");
    }

    private EntryState entry(String table) {
        return program.entries(table, _ -> true, EntryPage.Position.START, 10)
                .join()
                .entries()
                .getFirst();
    }

    @Test
    void entries_referInTheirWords() throws TcFault {
        TcText text = new TcText("ways", 1, PORTS);
        run(
                "create ways/extern/ActionSelector/chosen member 1 action to param port 3",
                "create ways/table/ways a 7 member 1");
        assertThat(text.entry(entry("Main.ways"))).contains("    entry member 1\n");
        run(
                "delete ways/table/ways a 7",
                "create ways/table/ways a 7 action_set action to param port 1 weight 3 action refuse");
        assertThat(text.entry(entry("Main.ways")))
                .contains("    entry action_set action Main/to param port 1 weight 3 action Main/refuse weight 1\n");
        assertThat(new TcJson("ways", 1, PORTS).dump(List.of(entry("Main.ways"))))
                .contains("\"action_set\":[{\"action\":\"Main/to\",\"params\":[{\"name\":\"port\"");
        run("update ways/table/ways a 7 action_set action refuse");
        assertThat(entry("Main.ways").set()).hasSize(1);
    }

    @Test
    void externsOfAnEntry_areSetWithIt() throws TcFault {
        ProgramRuntime octets = new ProgramRuntime(Programs.octets(), Map.of());
        try (octets;
                WorkerBench _ = new WorkerBench(octets.config(), 1, 1)) {
            TcParser its = new TcParser(octets.image().schema(), PORTS);
            TcCommand.Write write = (TcCommand.Write) its.parse("create octets/table/flows a 1 b 2 action seen"
                    + " extern DirectCounter/hits param pkts 3 param bytes 9");
            assertThat(octets.write(write.changes(), Atomicity.ROLLBACK_ON_ERROR, Origin.control("test", 1))
                            .join())
                    .allMatch(Outcome::isDone);
            assertThat(octets.entries("Main.flows", _ -> true, EntryPage.Position.START, 10)
                            .join()
                            .entries()
                            .getFirst()
                            .counters())
                    .containsEntry("Main.hits", new EntryState.Counted(3, 9));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        create ways/extern/ActionSelector/chosen            | give 'member' or 'group'
        create ways/extern/ActionSelector/chosen nobody 1   | or 'group' is wanted here
        create ways/extern/ActionSelector/marks member 1    | there is no such ActionSelector; give one of [Main/chosen]
        create ways/extern/ActionProfile/marks member x     | this is no number
        create ways/extern/ActionProfile/marks member 1     | give 'action'
        create ways/extern/ActionSelector/chosen member 1 action missed | there is no such action; give one of [Main/to, Main/refuse]
        get ways/extern/ActionSelector/chosen member 1 x    | nothing follows here
        create ways/value_set/refused                       | a value set is there from the begin
        update ways/value_set/refused entry b               | give a value of the key b
        update ways/value_set/others                        | there is no such value set; give one of [P/refused]
        create ways/mirror port p1                          | it names no session
        create ways/mirror/x                                | its end is no number
        create ways/mirror/65536                            | the session is out of range
        create ways/mirror/1 port p9                        | there is no such port; give one of [p0, p1]
        create ways/mirror/1 contents all                   | as packets came, or 'post'
        create ways/table/ways a 1 member -1                | the number is out of range
        """)
    void whatIsWrong_isToldAtTheWord(String line, String why) {
        TcFault fault = catchThrowableOfType(TcFault.class, () -> parser.parse(line));
        assertThat(fault).as(line).isNotNull();
        assertThat(fault.render()).contains(why);
    }

    @Test
    void help_namesAllThatThereIs() throws TcFault {
        assertThat(((TcCommand.Help) parser.parse("get ways")).text())
                .contains(
                        "ways/extern/ActionSelector/Main.chosen\n",
                        "ways/extern/ActionProfile/Main.marks\n",
                        "ways/value_set/P/refused\n",
                        "ways/mirror\n");
    }
}
