package dev.weir.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A script for fish: a line for each subcommand and each option, that holds where the words before it lead to their command. picocli
 * makes such scripts for other shells only.
 */
final class FishCompletion {
    private static final String HEAD = """
            # Completes weir; made by weir completion fish.
            complete -c weir -f
            function __weir_at --argument-names path depth where
                set -l words (commandline -opc)
                set -e words[1]
                set words (string match -v -- '-*' $words)
                if test $depth -gt 0
                    test (count $words) -ge $depth; and test "$words[1..$depth]" = "$path"; or return 1
                end
                test $where = any; or test (count $words) -eq $depth
            end
            """;

    private final CommandSpec weir;
    private final StringBuilder out = new StringBuilder(HEAD);

    FishCompletion(CommandSpec weir) {
        this.weir = weir;
    }

    String script() {
        add(weir, new ArrayList<>());
        return out.toString();
    }

    /** @param path the words that lead to the command */
    private void add(CommandSpec command, List<String> path) {
        for (Map.Entry<String, CommandLine> sub : command.subcommands().entrySet()) {
            CommandSpec spec = sub.getValue().getCommandSpec();
            line(path, "here", "-a " + quoted(sub.getKey()), spec.usageMessage().description());
        }
        for (OptionSpec option : command.options()) {
            StringBuilder names = new StringBuilder();
            for (String name : option.names()) {
                boolean isLong = name.startsWith("--");
                names.append(isLong ? "-l " : "-s ")
                        .append(name.substring(isLong ? 2 : 1))
                        .append(' ');
            }
            String value = option.arity().min() > 0 ? (takesFile(option) ? "-r -F" : "-x") : "";
            line(path, "any", (names + value).stripTrailing(), option.description());
        }
        for (Map.Entry<String, CommandLine> sub : command.subcommands().entrySet()) {
            List<String> next = new ArrayList<>(path);
            next.add(sub.getKey());
            add(sub.getValue().getCommandSpec(), next);
        }
        boolean files = command.positionalParameters().stream()
                .anyMatch(word -> word.paramLabel().contains("SOURCE")
                        || word.paramLabel().contains(".yaml"));
        if (files) {
            line(path, "any", "-F", new String[0]);
        }
    }

    private static boolean takesFile(OptionSpec option) {
        return option.paramLabel().equals("FILE");
    }

    private void line(List<String> path, String where, String what, String[] description) {
        out.append("complete -c weir -n ")
                .append(quoted("__weir_at '" + String.join(" ", path) + "' " + path.size() + " " + where))
                .append(' ')
                .append(what);
        if (description.length > 0) {
            out.append(" -d ").append(quoted(description[0].replace("%%", "%")));
        }
        out.append('\n');
    }

    /** Within double quotes, as fish reads them. */
    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("$", "\\$") + "\"";
    }
}
