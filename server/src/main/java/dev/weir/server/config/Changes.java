package dev.weir.server.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tells two sets of options apart. */
final class Changes {
    private final Map<String, Setting> before, after;
    private final List<String> lines = new ArrayList<>();

    private Changes(Map<String, Setting> before, Map<String, Setting> after) {
        this.before = before;
        this.after = after;
    }

    static List<String> between(Map<String, Setting> before, Map<String, Setting> after) {
        Changes changes = new Changes(before, after);
        Set<String> paths = new LinkedHashSet<>(before.keySet());
        paths.addAll(after.keySet());
        paths.forEach(changes::compare);
        return List.copyOf(changes.lines);
    }

    private void compare(String path) {
        Setting was = before.get(path), is = after.get(path);
        if (was != null && is != null) {
            if (!was.equals(is)) {
                lines.add(path + ": was " + was.says() + ", is " + is.says());
            }
        } else if (!within(path, was == null ? before : after)) {
            lines.add(path + (was == null ? ": is new" : ": is gone"));
        }
    }

    /** Whether what the option belongs to is missing there as a whole, so that the option says nothing more. */
    private static boolean within(String path, Map<String, Setting> there) {
        int dot = path.lastIndexOf('.');
        Setting whole = dot < 0 ? Setting.GIVEN : there.get(path.substring(0, dot));
        return !Setting.GIVEN.equals(whole);
    }
}
