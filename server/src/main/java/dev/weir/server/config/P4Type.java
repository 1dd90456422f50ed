package dev.weir.server.config;

import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.node.MirrorSession;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.MirrorCopy.Contents;
import dev.weir.p4.run.Rules;
import dev.weir.p4.source.Diagnostic;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.stf.StfEntries;
import dev.weir.server.programs.ProgramNode;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of a program in P4. */
final class P4Type {
    private static final int MAX_SESSIONS = 64;

    private static final Kind<Path> FILE = Kinds.of(Kinds.FILE, "a file name", P4Type::path);

    private static final Field<Path> PROGRAM = Field.optional(
            "program", FILE, "none: packets pass until `weir p4 load --node` has one loaded", "The program's text.");

    private static final Field<List<Path>> INCLUDE =
            Field.of("include", Lists.of(FILE), List.of(), "none", "Folders in which included files are looked for.");

    private static final Field<List<String>> DEFINE = Field.of(
            "define",
            Lists.of(Kinds.TEXT),
            List.of(),
            "none",
            "Macros: `[NAME, OTHER=VALUE]`; without a value it is 1.");

    private static final Field<Path> ENTRIES = Field.optional(
            "entries",
            FILE,
            "none",
            "Entries that tables begin with: `add` and `setdefault` lines, as in a test of `weir p4 test`, or "
                    + "`table_add` and `table_set_default` as bmv2's command line has them.");

    private static final Field<Rules> RULES = Field.optional(
            "rules",
            Kinds.choice(Rules.class),
            "p4tc for programs that include tc/pna.p4, else pna",
            "Whose rules say how long entries live.");

    private static final Field<String> PORT =
            Field.required("port", Kinds.nameOf(Names.PORT), "The port by which they leave.");

    private static final Field<Contents> CONTENTS = Field.of(
            "contents",
            Kinds.choice(Contents.class),
            Contents.PRE_MODIFY,
            "pre-modify",
            "Whether they leave as they came or as the program made them.");

    private static final Field<Integer> TRUNCATE = Field.of(
            "truncate", Kinds.integer(1, 65_535), 0, "whole packets", "How many octets of each leave at the most.");

    private static final Field<Integer> SAMPLE =
            Field.of("sample", Kinds.integer(1, 1 << 24), 1, "1", "One in how many leaves, counted by each worker.");

    private static final Section<MirrorSession> SESSION = new Section<>(
            "p4-mirror-session",
            "What becomes of packets that the program mirrors to a session.",
            List.of(PORT, CONTENTS, TRUNCATE, SAMPLE),
            values -> new MirrorSession(
                    values.get(PORT), new MirrorCopy(values.get(CONTENTS), values.get(TRUNCATE), values.get(SAMPLE))));

    private static final Field<Map<String, MirrorSession>> SESSIONS = Field.of(
            "mirror-sessions",
            new Named<>("session", Set.of(), MAX_SESSIONS, SESSION),
            Map.of(),
            "none",
            "Where packets go that the program mirrors: `1: {port: PORT}`.");

    private static final Field<List<String>> HOST_PORTS = Field.of(
            "host-ports",
            Lists.of(Kinds.nameOf(Names.PORT)),
            List.of(),
            "none, or what the register `host_ports` holds",
            "The ports that face the host, for programs that ask `is_host_port` or `is_net_port`.");

    static final NodeType TYPE = new NodeType(
            ProgramNode.TYPE,
            "Runs a program in P4, whose ports are the configuration's in their order, counted from 0.",
            List.of(PROGRAM, INCLUDE, DEFINE, ENTRIES, RULES, SESSIONS, HOST_PORTS),
            P4Type::config);

    private P4Type() {}

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is no file name; give another", e);
        }
    }

    private static @Nullable ProgramNode config(Values values) {
        Map<Integer, MirrorSession> sessions = sessions(values);
        Optional<Path> file = values.find(PROGRAM);
        if (file.isEmpty())
            return sessions == null || !isAlone(values)
                    ? null
                    : new ProgramNode(null, sessions, values.get(HOST_PORTS));
        ProgramImage image = image(values, file.get());
        return image == null || sessions == null ? null : new ProgramNode(image, sessions, values.get(HOST_PORTS));
    }

    /** Whether nothing is said of a program that is not there. */
    private static boolean isAlone(Values values) {
        boolean alone = true;
        for (Field<?> field : List.of(INCLUDE, DEFINE, ENTRIES, RULES)) {
            if (values.has(field)) {
                values.fault(field, "there is no program that it could be about; name one, or remove it");
                alone = false;
            }
        }
        return alone;
    }

    private static @Nullable Map<Integer, MirrorSession> sessions(Values values) {
        Map<Integer, MirrorSession> sessions = new LinkedHashMap<>();
        for (Map.Entry<String, MirrorSession> each : values.get(SESSIONS).entrySet()) {
            if (!each.getKey().matches("[0-9]{1,5}") || Integer.parseInt(each.getKey()) > 0xFFFF) {
                values.fault(SESSIONS, "'" + each.getKey() + "' is no number of a session; give 0 to 65535");
                return null;
            }
            sessions.put(Integer.valueOf(each.getKey()), each.getValue());
        }
        return sessions;
    }

    private static @Nullable ProgramImage image(Values values, Path file) {
        Diagnostics diagnostics = new Diagnostics();
        try {
            ProgramImage image = ProgramImage.compile(
                    P4Compiler.nameOf(file.toString()),
                    IncludePath.read(file),
                    new IncludePath(values.get(INCLUDE)),
                    defines(values.get(DEFINE)),
                    values.find(RULES).orElse(null),
                    diagnostics);
            if (image == null) fault(values, PROGRAM, diagnostics, "see weir p4 check " + file);
            return image == null ? null : entered(values, image);
        } catch (IOException e) {
            values.fault(PROGRAM, "cannot be read: " + e.getMessage() + "; give the name of a program");
            return null;
        }
    }

    private static Map<String, String> defines(List<String> said) {
        Map<String, String> defines = new LinkedHashMap<>();
        for (String define : said) {
            int equals = define.indexOf('=');
            defines.put(
                    equals < 0 ? define : define.substring(0, equals), equals < 0 ? "1" : define.substring(equals + 1));
        }
        return defines;
    }

    private static @Nullable ProgramImage entered(Values values, ProgramImage image) {
        Optional<Path> file = values.find(ENTRIES);
        if (file.isEmpty()) return image;
        Diagnostics diagnostics = new Diagnostics();
        try {
            Pipeline entered = StfEntries.into(image.pipeline(), IncludePath.read(file.get()), diagnostics);
            if (!diagnostics.hasErrors()) return image.with(entered);
            fault(values, ENTRIES, diagnostics, "correct the file");
        } catch (IllegalArgumentException e) {
            values.fault(ENTRIES, "cannot be compiled: " + e.getMessage());
        } catch (IOException e) {
            values.fault(ENTRIES, "cannot be read: " + e.getMessage() + "; give the name of a file");
        }
        return null;
    }

    /** The first of the errors, in a line. */
    private static void fault(Values values, Field<?> field, Diagnostics diagnostics, String remedy) {
        Diagnostic first = diagnostics.sorted().getFirst();
        int errors = diagnostics.errors();
        values.fault(
                field,
                "has " + errors + (errors == 1 ? " error" : " errors") + ", the first at "
                        + first.span().position() + ": " + first.message() + "; " + remedy);
    }
}
