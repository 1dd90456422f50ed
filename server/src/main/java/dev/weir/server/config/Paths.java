package dev.weir.server.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds in a document what a path such as {@code chains.web.forward[2]} means. */
final class Paths {
    private static final Pattern STEP = Pattern.compile("([^.\\[\\]]+)|\\[([0-9]{1,9})\\]");

    private Paths() {}

    /**
     * What a path leads to.
     *
     * @param at the place of the value, or of the innermost one on the way to it that there is
     * @param written whether the value itself is there
     */
    record Found(Place at, boolean written) {}

    static Found find(Yaml root, String path) {
        Place at = root.at();
        Yaml here = root;
        Matcher steps = STEP.matcher(path);
        while (here != null && steps.find()) {
            here = steps.group(1) != null ? member(here, steps.group(1)) : item(here, Integer.parseInt(steps.group(2)));
            at = here == null ? at : here.at();
        }
        return new Found(at, here != null);
    }

    private static @Nullable Yaml member(Yaml value, String key) {
        if (value instanceof Yaml.Mapping mapping) {
            for (Yaml.Entry entry : mapping.entries()) {
                if (entry.key().text().equals(key)) {
                    return entry.value();
                }
            }
        }
        return null;
    }

    private static @Nullable Yaml item(Yaml value, int index) {
        return value instanceof Yaml.Listing listing && index < listing.items().size()
                ? listing.items().get(index)
                : null;
    }
}
