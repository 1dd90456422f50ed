package dev.weir.cli.ctl;

import dev.weir.cli.ColorMode;
import dev.weir.cli.CommandException;
import dev.weir.table.Lifetime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What can be said to every verb, before or after it; the word nearest to the end counts. */
public final class Options {
    static final String SERVER_VARIABLE = "WEIR_SERVER";

    private static final String SERVER = "--server",
            TOKEN = "--token-file",
            CA = "--ca",
            CERT = "--cert",
            KEY = "--key";
    private static final String JSON = "--json", TIMEOUT = "--timeout", COLOR = "--color", DEBUG = "--debug";
    private static final String DEFAULT_TIMEOUT = "10s";

    private final CommandLine verb;
    private final Map<String, String> environment;

    /** @param verb parsed */
    Options(CommandLine verb, Map<String, String> environment) {
        this.verb = verb;
        this.environment = environment;
    }

    static void addTo(CommandSpec spec) {
        spec.addOption(text(
                "PLACE",
                "The daemon: unix:PATH, HOST:PORT or https://HOST:PORT. Default: $" + SERVER_VARIABLE
                        + ", else the Unix socket of this machine's.",
                SERVER));
        spec.addOption(text("FILE", "Holds the token that tells a daemon on TCP who asks.", TOKEN));
        spec.addOption(text("FILE", "PEM file of certificates that the daemon's must lead to. Default: Java's.", CA));
        spec.addOption(text("FILE", "PEM file of your own certificate, where the daemon asks for one.", CERT));
        spec.addOption(text("FILE", "PEM file of its key (PKCS #8).", KEY));
        spec.addOption(
                text("T", "Wait so long for an answer: 5, 500ms, 1m. Default: " + DEFAULT_TIMEOUT + ".", TIMEOUT));
        spec.addOption(flag("Answer in JSON, an object a line.", "-j", JSON));
        spec.addOption(OptionSpec.builder(COLOR)
                .paramLabel("WHEN")
                .type(ColorMode.class)
                .description("auto, always or never. Default: auto, unless NO_COLOR is set.")
                .arity("0..1")
                .fallbackValue("always")
                .build());
        spec.addOption(flag("With an error, print the stack trace too.", DEBUG));
        spec.addOption(OptionSpec.builder("-h", "--help")
                .arity("0")
                .type(boolean.class)
                .description("Show this help.")
                .usageHelp(true)
                .build());
    }

    public static OptionSpec flag(String description, String... names) {
        return OptionSpec.builder(names)
                .arity("0")
                .type(boolean.class)
                .description(description)
                .build();
    }

    public static OptionSpec text(String label, String description, String... names) {
        return OptionSpec.builder(names)
                .paramLabel(label)
                .type(String.class)
                .description(description)
                .build();
    }

    Access access() throws CommandException {
        String said = value(SERVER);
        String variable = environment.getOrDefault(SERVER_VARIABLE, "");
        Server server;
        if (said != null && !said.isEmpty()) {
            server = Server.parse(SERVER, said);
        } else if (!variable.isEmpty()) {
            server = Server.parse(SERVER_VARIABLE, variable);
        } else {
            server = Server.standard();
        }
        return new Access(server, value(TOKEN), value(CA), value(CERT), value(KEY));
    }

    double timeoutSeconds() throws CommandException {
        String said = value(TIMEOUT);
        double seconds = seconds(TIMEOUT, said == null ? DEFAULT_TIMEOUT : said);
        if (seconds == 0) {
            throw CommandException.usage(TIMEOUT + ": no time at all; give more than 0");
        }
        return seconds;
    }

    /** A time as options write it. */
    static double seconds(String option, String text) throws CommandException {
        try {
            return Integer.toUnsignedLong(Lifetime.parse(text)) / 1e3;
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(option + ": " + e.getMessage());
        }
    }

    boolean json() {
        return has(JSON);
    }

    boolean color(boolean terminal) {
        ColorMode said = value(COLOR, ColorMode.class);
        return (said == null ? ColorMode.AUTO : said).applies(terminal);
    }

    private @Nullable String value(String option) {
        return value(option, String.class);
    }

    private <V> @Nullable V value(String option, Class<V> type) {
        for (CommandLine at : levels()) {
            if (at.getParseResult().hasMatchedOption(option)) {
                return type.cast(at.getParseResult().matchedOption(option).getValue());
            }
        }
        return null;
    }

    private boolean has(String option) {
        return levels().stream().anyMatch(at -> at.getParseResult().hasMatchedOption(option));
    }

    /** The verb, and what it is a verb of, up to {@code ctl}. */
    private List<CommandLine> levels() {
        List<CommandLine> levels = new ArrayList<>();
        for (CommandLine at = verb; at != null && at.getParent() != null; at = at.getParent()) {
            levels.add(at);
        }
        return levels;
    }
}
