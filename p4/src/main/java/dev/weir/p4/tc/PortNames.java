package dev.weir.p4.tc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The names of ports by the numbers that programs know them by. Immutable. */
public record PortNames(List<String> names) {
    /** Ports have no names. */
    public static final PortNames NONE = new PortNames(List.of());

    public PortNames {
        names = List.copyOf(names);
    }

    /** Null where it has none. */
    public @Nullable String name(long number) {
        return number >= 0 && number < names.size() && !names.get((int) number).isEmpty()
                ? names.get((int) number)
                : null;
    }

    /** The name, or the number where it has none; nothing for a number below 0. */
    public String text(long number) {
        String name = name(number);
        return number < 0 ? "" : name == null ? Long.toString(number) : name;
    }

    /** -1 for none. */
    public int number(String name) {
        return name.isEmpty() ? -1 : names.indexOf(name);
    }
}
