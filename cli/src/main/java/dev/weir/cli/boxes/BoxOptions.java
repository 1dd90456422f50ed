package dev.weir.cli.boxes;

import dev.weir.cli.CommandException;
import dev.weir.cli.ctl.Options;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.table.Lifetime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What is said to a box: options of its specification, read as numbers, addresses, times. What is wrong is told with the option and what to write. */
final class BoxOptions {
    private final CommandSpec spec;

    BoxOptions(CommandSpec spec) {
        this.spec = spec;
    }

    static void add(CommandSpec spec, String label, String description, String... names) {
        spec.addOption(Options.text(label, description, names));
    }

    @Nullable
    String text(String option) {
        return spec.findOption(option).getValue();
    }

    String required(String option, String what) throws CommandException {
        String text = text(option);
        if (text == null) throw CommandException.usage(option + ": is missing; give " + what);
        return text;
    }

    boolean has(String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    long number(String option, long otherwise, long least, long most) throws CommandException {
        String text = text(option);
        return text == null ? otherwise : number(option, text, least, most);
    }

    static long number(String option, String text, long least, long most) throws CommandException {
        boolean good = text.matches("[0-9]{1,18}");
        if (!good || Long.parseLong(text) < least || Long.parseLong(text) > most) {
            throw CommandException.usage(
                    option + ": '" + text + "' is no number in range; give " + least + " to " + most);
        }
        return Long.parseLong(text);
    }

    List<Integer> numbers(String option, String otherwise, int least, int most) throws CommandException {
        String text = text(option);
        List<Integer> numbers = new ArrayList<>();
        for (String word : (text == null ? otherwise : text).split(",", -1)) {
            numbers.add((int) number(option, word, least, most));
        }
        return numbers;
    }

    double decimal(String option, double otherwise, double most) throws CommandException {
        String text = text(option);
        if (text == null) return otherwise;
        boolean good = text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?");
        if (!good || Double.parseDouble(text) > most) {
            throw CommandException.usage(option + ": '" + text + "' is no number in range; give 0 to " + most);
        }
        return Double.parseDouble(text);
    }

    /** In nanoseconds. */
    long time(String option, String otherwise) throws CommandException {
        String text = text(option);
        try {
            int lifetime = Lifetime.parse(text == null ? otherwise : text);
            return lifetime == Lifetime.NEVER ? Long.MAX_VALUE : Integer.toUnsignedLong(lifetime) * 1_000_000;
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(option + ": " + e.getMessage());
        }
    }

    /** An Ethernet address in the lower 48 bits. */
    static long mac(String option, String text) throws CommandException {
        if (!text.matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")) {
            throw CommandException.usage(
                    option + ": '" + text + "' is no Ethernet address; give one like 02:00:00:00:00:01");
        }
        return Long.parseLong(text.replace(":", ""), 16);
    }

    long mac(String option, long otherwise) throws CommandException {
        String text = text(option);
        return text == null ? otherwise : mac(option, text);
    }

    /** A single address. */
    static IpPrefix address(String option, String text) throws CommandException {
        try {
            IpPrefix address = text.indexOf('/') < 0 ? IpPrefix.of(text) : null;
            if (address != null) return address;
        } catch (IllegalArgumentException _) {
            // told below
        }
        throw CommandException.usage(option + ": '" + text + "' is no address; give one like 10.0.0.1 or 2001:db8::1");
    }

    List<IpPrefix> addresses(String option, String otherwise) throws CommandException {
        String text = text(option);
        List<IpPrefix> addresses = new ArrayList<>();
        String all = text == null ? otherwise : text;
        if (all.isEmpty()) return addresses;
        for (String word : all.split(",", -1)) addresses.add(address(option, word));
        return addresses;
    }
}
