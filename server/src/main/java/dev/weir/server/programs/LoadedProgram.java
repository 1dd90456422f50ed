package dev.weir.server.programs;

import dev.weir.p4.control.ProgramText;
import dev.weir.p4.node.MirrorSession;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A program that was loaded while packets flowed: all that it takes to have it run in another process where it was. Immutable.
 *
 * @param number as P4TC numbers pipelines
 * @param own whether the node was made for it
 * @param text null where it is not known, or cannot be kept
 * @param ports only packets that came in by these go through it; none for all
 * @param chains the only ones that visit a node of its own; none for all
 * @param sessions where mirrored packets go
 * @param instead the {@link Fingerprint} of what the configuration named in that node; empty for nothing
 */
public record LoadedProgram(
        int number,
        String node,
        boolean own,
        @Nullable ProgramText text,
        List<String> ports,
        List<String> chains,
        Map<Integer, MirrorSession> sessions,
        String instead) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

    public LoadedProgram {
        ports = List.copyOf(ports);
        chains = List.copyOf(chains);
        sessions = Map.copyOf(sessions);
    }

    /** Whether a program or a macro can be called so. */
    public static boolean isName(String word) {
        return NAME.matcher(word).matches();
    }

    /** What these were compiled of, as far as it is known. */
    public static Set<ProgramText> texts(List<LoadedProgram> all) {
        return all.stream().map(LoadedProgram::text).filter(Objects::nonNull).collect(Collectors.toSet());
    }

    /** The same without its text, which is too long. */
    public LoadedProgram withoutText() {
        return new LoadedProgram(number, node, own, null, ports, chains, sessions, instead);
    }
}
