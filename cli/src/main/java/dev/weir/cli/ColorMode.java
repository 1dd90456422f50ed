package dev.weir.cli;

import java.util.List;

/** When output is coloured; {@code NO_COLOR} (no-color.org) turns AUTO into NEVER. */
public enum ColorMode {
    AUTO,
    ALWAYS,
    NEVER;

    /** What a command line asks for, whatever else may be wrong with it. */
    static ColorMode of(List<String> args) {
        if (args.contains("--color") || args.contains("--color=always")) {
            return ALWAYS;
        }
        return args.contains("--color=never") ? NEVER : AUTO;
    }

    public boolean applies(boolean terminal) {
        return switch (this) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO -> terminal && noColor().isEmpty();
        };
    }

    private static String noColor() {
        String value = System.getenv("NO_COLOR");
        return value == null ? "" : value;
    }
}
