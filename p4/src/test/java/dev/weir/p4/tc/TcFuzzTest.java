package dev.weir.p4.tc;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.Programs;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.Origin;
import dev.weir.p4.tc.TemplateStore.TemplateException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Lines of P4TC's tools that nobody would write: a fault, never an exception. */
class TcFuzzTest {
    private static final ProgramSchema TRACKER = Programs.tracker().schema();
    private static final ProgramSchema WAYS = Programs.ways().schema();
    private static final PortNames PORTS = new PortNames(List.of("port0", "port1"));
    private static final List<String> WORDS = List.of(
            "create",
            "update",
            "get",
            "delete",
            "mon",
            "events",
            "digest",
            "flowtracker/table/Main/acl",
            "flowtracker/table/nh_table",
            "flowtracker/table/ct_flow_table",
            "flowtracker/extern/Counter/x",
            "entry",
            "src",
            "port",
            "dst",
            "srcAddr",
            "prio",
            "3",
            "0x3da4",
            "permissions",
            "dynamic",
            "aging",
            "30000",
            "profile_id",
            "action",
            "send",
            "param",
            "type",
            "dev",
            "port0",
            "10.0.0.0/8",
            "1..9",
            "*",
            "ways/extern/ActionSelector/chosen",
            "ways/extern/ActionProfile/marks",
            "ways/value_set/refused",
            "ways/mirror/7",
            "ways/table/ways",
            "member",
            "group",
            "weight",
            "max_size",
            "action_set",
            "to",
            "port",
            "kind",
            "contents",
            "extern",
            "filter",
            "(",
            ")",
            "&&",
            "||",
            "^^",
            "!",
            "=",
            "key.src",
            "prio=3",
            "cmd",
            "tbl_attrs",
            "timer_profile",
            "id",
            "default_miss_action",
            "NoAction",
            "help",
            "pipeline/p",
            "numtables",
            "1",
            "table/p/C/t",
            "keysz",
            "state",
            "ready",
            "action/p/C/a",
            "actid",
            "extern/root/Counter",
            "extid",
            "active",
            "flags",
            "runtime",
            "table_acts",
            "act",
            "name",
            "p/C/a",
            "\n",
            "\\",
            "$TC p4template",
            "/",
            "");

    private static EntryState entry() {
        TableSchema acl = TRACKER.tables().get(2);
        EntryKey key = new EntryKey(List.of(new Match.Any(), new Match.Range(BigInteger.ONE, BigInteger.TEN)), 3);
        return new EntryState(
                acl,
                key,
                new Table.Call("NoAction", List.of()),
                Permissions.TABLE.ofEntry(),
                Origin.PACKETS,
                null,
                1,
                0,
                0,
                1,
                2,
                0,
                false,
                false,
                "",
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                null);
    }

    private static void tryAll(String line) {
        try {
            if (new TcParser(TRACKER, PORTS).parse(line) instanceof TcCommand.Dump dump
                    && dump.table().number() == 3) {
                dump.filter().matches(entry());
            }
        } catch (TcFault e) {
            e.render();
        }
        try {
            new TcParser(WAYS, PORTS).parse(line);
        } catch (TcFault e) {
            e.render();
        }
        TemplateStore store = new TemplateStore();
        try {
            store.script(line);
            store.execute(line);
        } catch (TcFault e) {
            e.render();
        } catch (TemplateException _) { // is one of the answers
        }
    }

    @FuzzTest(maxDuration = "10s")
    void line_isReadOrAFault(FuzzedDataProvider data) {
        StringBuilder line = new StringBuilder();
        while (data.remainingBytes() > 0 && line.length() < 10_000) {
            line.append(data.consumeBoolean() ? data.pickValue(WORDS) : data.consumeString(8));
            if (data.consumeBoolean()) line.append(' ');
        }
        tryAll(line.toString());
    }

    @Test
    void randomWords_areReadOrAFault() {
        long seed = 42;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder line = new StringBuilder();
            for (int words = random.nextInt(1, 24); words > 0; words--) {
                line.append(WORDS.get(random.nextInt(WORDS.size()))).append(random.nextInt(8) == 0 ? "" : " ");
            }
            try {
                tryAll(line.toString());
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + line, e);
            }
        }
    }
}
