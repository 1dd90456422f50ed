package dev.weir.p4.tc;

import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the names of actions and their arguments. */
final class ActionWords {
    private static final int MOST_WEIGHT = 1 << 16;

    private final List<TableSchema.Action> actions;
    private final TcValues values;
    private final Words words;

    /** @param actions that can be meant */
    ActionWords(List<TableSchema.Action> actions, TcValues values, Words words) {
        this.actions = actions;
        this.values = values;
        this.words = words;
    }

    /** An action's name and its arguments. */
    Table.Call call() throws TcFault {
        Words.Word name = words.take("the name of an action");
        TableSchema.Action action = words.find(name, spelled(name.text()), "action", actions, TableSchema.Action::path);
        @Nullable BigInteger[] arguments = new BigInteger[action.parameters().size()];
        while (words.accept("param")) {
            Words.Word which = words.take("a parameter");
            TableSchema.Parameter parameter =
                    words.find(which, which.text(), "parameter", action.parameters(), TableSchema.Parameter::name);
            if (words.accept("type")) words.take("a type");
            Words.Word value = words.take("a value of the parameter " + parameter.name());
            try {
                arguments[parameter.number() - 1] = values.parse(parameter.type(), parameter.bits(), value.text());
            } catch (IllegalArgumentException e) {
                throw words.fault(value, String.valueOf(e.getMessage()));
            }
        }
        int missing = Arrays.asList(arguments).indexOf(null);
        if (missing >= 0) {
            throw words.fault(
                    name, "its parameter '" + action.parameters().get(missing).name() + "' is missing; give it");
        }
        return new Table.Call(
                action.name(), Arrays.stream(arguments).map(TcParser::known).toList());
    }

    /** Without the program's name, which may stand before the action's path. */
    private String spelled(String path) {
        long slashes = path.chars().filter(c -> c == '/').count();
        boolean whole = actions.stream().anyMatch(action -> action.path().equals(path));
        return slashes >= 2 || (slashes == 1 && !whole && isGlobal(path))
                ? path.substring(path.indexOf('/') + 1)
                : path;
    }

    private boolean isGlobal(String path) {
        String end = path.substring(path.indexOf('/') + 1);
        return actions.stream().anyMatch(action -> action.path().equals(end));
    }

    /** {@code action A [param N V]... [weight W] [watch PORT]}, once or more often. */
    List<WeightedCall> set() throws TcFault {
        List<WeightedCall> set = new ArrayList<>();
        do {
            words.expect("action");
            Table.Call call = call();
            set.add(new WeightedCall(call, weight(words), watch(words, values.ports())));
        } while (words.is("action"));
        return set;
    }

    /** 1 where none is given. */
    static int weight(Words words) throws TcFault {
        return words.accept("weight") ? (int) words.number("a weight", MOST_WEIGHT) : 1;
    }

    /** The port whose going down takes a member out of the choice. */
    static int watch(Words words, PortNames ports) throws TcFault {
        if (!words.accept("watch")) return ProfileRun.UNWATCHED;
        Words.Word name = words.take("the name of a port");
        int port = ports.number(name.text());
        if (port < 0) throw words.fault(name, "there is no such port; give one of " + ports.names());
        return port;
    }
}
