package dev.weir.cli.ctl;

import dev.weir.api.FlowKeyException;
import dev.weir.api.FlowKeys;
import dev.weir.api.v1.FlowKey;
import dev.weir.cli.CommandException;
import java.util.ArrayList;
import java.util.List;

/**
 * A key as a shell hands it over: one word or several. Since a shell takes {@code >} for itself, it may be left out: protocol, two
 * ends, and what follows.
 */
final class KeyWords {
    private static final List<String> TOWARDS = List.of(">", "->", "-", "to");

    private KeyWords() {}

    static FlowKey parse(List<String> words) throws CommandException {
        String text = join(words);
        try {
            return FlowKeys.parse(text);
        } catch (FlowKeyException e) {
            String shell = text.split(" ", -1).length == 2 && !text.contains(">")
                    ? " (the shell takes a bare > for itself: quote the key, or write 'to')"
                    : "";
            throw CommandException.usage("KEY: '" + text + "': " + e.getMessage() + shell);
        }
    }

    /** The key as one text. */
    static String join(List<String> words) {
        List<String> all = new ArrayList<>(words);
        boolean split = all.size() > 2 && all.stream().allMatch(word -> !word.contains(" ") && !word.contains(">"));
        if (split && !TOWARDS.contains(all.get(2))) {
            all.add(2, ">");
        }
        return String.join(" ", all);
    }
}
