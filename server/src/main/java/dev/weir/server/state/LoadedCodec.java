package dev.weir.server.state;

import dev.weir.p4.control.ProgramText;
import dev.weir.p4.node.MirrorSession;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.MirrorSessions;
import dev.weir.p4.run.Rules;
import dev.weir.server.programs.LoadedProgram;
import dev.weir.server.programs.SentFiles;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Programs that were loaded while packets flowed as fields of a chunk. What is read need not compile, and what it names need not be there.
 *
 * <pre>
 * number u32, own u32, fingerprint of what the configuration named there, ports, chains
 * sessions: number u32, port, contents, most u32, one in u32
 * 1 and the text, else 0: name, file, text, included: name and text, macros: name and value, rules, templates
 * </pre>
 *
 * <p>A text with names that nothing that is loaded can have is as none: the program stays out by itself. What a file or another machine says is compiled, so no name in it is one that
 * leads to files of this machine.
 */
final class LoadedCodec {
    private LoadedCodec() {}

    static void write(FieldWriter out, LoadedProgram program) {
        out.put(program.number()).put(program.own() ? 1 : 0).put(program.instead());
        out.texts(program.ports()).texts(program.chains());
        out.put(List.copyOf(program.sessions().entrySet()), (o, each) -> {
            MirrorCopy copy = each.getValue().copy();
            o.put(each.getKey()).put(each.getValue().port());
            o.put(copy.contents().name()).put(copy.most()).put(copy.oneIn());
        });
        ProgramText text = program.text();
        out.put(text == null ? 0 : 1);
        if (text != null) {
            out.put(text.name()).put(text.file()).put(text.text());
            texts(out, text.included());
            texts(out, text.defines());
            Rules rules = text.rules();
            out.put(rules == null ? "" : rules.name()).texts(text.templates());
        }
    }

    private static void texts(FieldWriter out, Map<String, String> all) {
        out.put(List.copyOf(all.entrySet()), (o, each) -> o.put(each.getKey()).put(each.getValue()));
    }

    static LoadedProgram read(FieldReader in, String node) throws SnapshotException {
        int number = in.getInt();
        boolean own = in.getInt() != 0;
        String instead = in.text();
        List<String> ports = in.texts(), chains = in.texts();
        Map<Integer, MirrorSession> sessions = new LinkedHashMap<>();
        for (int left = in.count(Integer.BYTES); left > 0; left--) {
            int session = in.getInt();
            if (session < 0 || session >= MirrorSessions.MOST) {
                throw new SnapshotException("there is no mirror session " + session);
            }
            sessions.put(session, session(in));
        }
        ProgramText text = in.getInt() == 0 ? null : text(in);
        return new LoadedProgram(number, node, own, text, ports, chains, sessions, instead);
    }

    private static MirrorSession session(FieldReader in) throws SnapshotException {
        String port = in.text(), contents = in.text();
        int most = in.getInt(), oneIn = in.getInt();
        try {
            return new MirrorSession(port, new MirrorCopy(MirrorCopy.Contents.valueOf(contents), most, oneIn));
        } catch (IllegalArgumentException e) {
            throw new SnapshotException("a mirror session cannot be: " + e.getMessage());
        }
    }

    private static @Nullable ProgramText text(FieldReader in) throws SnapshotException {
        String name = in.text(), file = in.text(), text = in.text();
        Map<String, String> included = texts(in), defines = texts(in);
        var read = new ProgramText(name, file, text, included, defines, rules(in.text()), in.texts());
        boolean named = LoadedProgram.isName(name)
                && defines.keySet().stream().allMatch(LoadedProgram::isName)
                && SentFiles.canBeCalled(file)
                && included.keySet().stream().allMatch(SentFiles::canBeCalled);
        return named ? read : null;
    }

    private static Map<String, String> texts(FieldReader in) throws SnapshotException {
        Map<String, String> all = new LinkedHashMap<>();
        for (int left = in.count(2 * Integer.BYTES); left > 0; left--) {
            all.put(in.text(), in.text());
        }
        return all;
    }

    private static @Nullable Rules rules(String word) throws SnapshotException {
        if (word.isEmpty()) {
            return null;
        }
        return Arrays.stream(Rules.values())
                .filter(each -> each.name().equals(word))
                .findFirst()
                .orElseThrow(() -> new SnapshotException("there are no such rules for lifetimes: " + word));
    }
}
