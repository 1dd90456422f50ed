package dev.weir.cli.ctl;

import dev.weir.cli.CommandException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Words of a verb that come in pairs, a name and a value, and are read from the first to the last. One thread. */
final class Words {
    private final Deque<String> left;

    Words(List<String> words) {
        this.left = new ArrayDeque<>(words);
    }

    boolean isEmpty() {
        return left.isEmpty();
    }

    /** The next word, which stays; there is one. */
    String peek() {
        return left.getFirst();
    }

    /** The next word; there is one. */
    String take() {
        return left.removeFirst();
    }

    /** The value of {@code name}. */
    String valueOf(String name, String example) throws CommandException {
        if (left.isEmpty()) {
            throw CommandException.usage(name + ": its value is missing; write " + name + " " + example);
        }
        return left.removeFirst();
    }

    /** A whole number, decimal or hexadecimal after {@code 0x}. */
    static long number(String name, String text, long min, long max) throws CommandException {
        try {
            long value = text.startsWith("0x") ? Long.parseLong(text, 2, text.length(), 16) : Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException _) {
            // told below
        }
        String range = max == Long.MAX_VALUE ? min + " or more" : min + " to " + max;
        throw CommandException.usage(name + ": '" + text + "' is no number that fits; give " + range);
    }
}
