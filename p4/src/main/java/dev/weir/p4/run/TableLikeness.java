package dev.weir.p4.run;

import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What two tables of one name, of a program and of one that takes its place, have in common: which actions of the first mean the same in the second, and where
 * what an entry has stands in both. Immutable.
 */
final class TableLikeness {
    /** Words of an entry that both have, and where. */
    record Part(int from, int to, int words) {}

    private static final String OTHER_KEYS = "its keys are others now",
            MEMBERS = "its entries refer to members of another kind now";

    private final @Nullable String difference;
    private final boolean whole;
    /** By the number of an action in the first: that in the second, -1 where it means something else. */
    private final int[] actions;
    /** By the number of an action in the first: how many words its arguments have. */
    private final int[] arguments;

    /** By the number of an action in the second. */
    private final Table.Scope[] scopes;

    private final List<Part> resources = new ArrayList<>();

    TableLikeness(TableRun from, TableRun to) {
        Pipeline before = from.state.pipeline(), after = to.state.pipeline();
        boolean alike = from.profile == null ? to.profile == null : isSameKind(from.profile, to.profile);
        difference = !keys(from.table).equals(keys(to.table)) ? OTHER_KEYS : alike ? null : MEMBERS;
        List<Table.ActionUse> refs = from.table.actions();
        actions = new int[refs.size()];
        arguments = new int[refs.size()];
        Arrays.setAll(actions, i -> counterpart(refs.get(i).action(), before, to.table, after));
        Arrays.setAll(
                arguments, i -> CallWords.words(parameters(before, refs.get(i).action())));
        scopes = to.table.actions().stream().map(Table.ActionUse::scope).toArray(Table.Scope[]::new);
        for (String name : to.table.direct()) {
            Resource own = to.state.resource(name), other = from.state.resource(name);
            if (from.table.direct().contains(name) && own != null && other != null && goesOnAs(other, own)) {
                resources.add(new Part(from.layout.resource(name), to.layout.resource(name), EntryLayout.words(own)));
            }
        }
        whole = difference == null && isWhole(from, to);
    }

    private static boolean isSameKind(ProfileRun from, @Nullable ProfileRun to) {
        return to != null
                && from.profile().name().equals(to.profile().name())
                && from.profile().selects() == to.profile().selects();
    }

    private boolean isWhole(TableRun from, TableRun to) {
        Table before = from.table, after = to.table;
        boolean same = from.entries != null
                && to.entries != null
                && from.profile == null
                && from.rules == to.rules
                && before.size() == after.size()
                && before.idle() == after.idle()
                && Objects.equals(before.cache(), after.cache())
                && before.entries().equals(after.entries())
                && from.layout.words() == to.layout.words()
                && before.actions().equals(after.actions())
                && resources.size() == before.direct().size()
                && resources.size() == after.direct().size()
                && resources.stream().allMatch(part -> part.from == part.to);
        for (int i = 0; same && i < actions.length; i++) same = actions[i] == i;
        return same;
    }

    private record Key(String name, Table.MatchKind kind, int width) {}

    private static List<Key> keys(Table table) {
        return table.keys().stream()
                .map(key -> new Key(key.name(), key.kind(), key.value().width()))
                .toList();
    }

    private static List<Pipeline.Parameter> parameters(Pipeline pipeline, String action) {
        return pipeline.actions().stream()
                .filter(each -> each.name().equals(action))
                .findFirst()
                .orElseThrow()
                .parameters();
    }

    private static int counterpart(String action, Pipeline before, Table table, Pipeline after) {
        int number = table.actionNumber(action);
        if (number < 0) return -1;
        return parameters(before, action).equals(parameters(after, action)) ? number : -1;
    }

    /** Whether what one resource holds is what the other would. */
    static boolean goesOnAs(Resource before, Resource after) {
        return switch (after) {
            case Resource.Counter _ -> before instanceof Resource.Counter;
            case Resource.Meter m -> before instanceof Resource.Meter other && other.unit() == m.unit();
            case Resource.Register r -> before instanceof Resource.Register other && other.width() == r.width();
        };
    }

    /** Why no entry can go on; {@code null} where some may. */
    @Nullable
    String difference() {
        return difference;
    }

    /** Whether each entry of the first is one of the second as it stands. */
    boolean whole() {
        return whole;
    }

    /** The number in the second of an action of the first, for entries; -1 where there is none. */
    int action(int number) {
        return allowed(number, Table.Scope.DEFAULT_ONLY);
    }

    /** The same for the default action. */
    int defaultAction(int number) {
        return allowed(number, Table.Scope.TABLE_ONLY);
    }

    private int allowed(int number, Table.Scope forbidden) {
        int counterpart = actions[number];
        return counterpart >= 0 && scopes[counterpart] != forbidden ? counterpart : -1;
    }

    /** How many words the arguments of an action of the first have. */
    int argumentWords(int number) {
        return arguments[number];
    }

    List<Part> resources() {
        return resources;
    }

    /** Which actions of the first mean something else in the second, for people. */
    String lostActions(Table table) {
        List<String> lost = new ArrayList<>();
        for (int i = 0; i < actions.length; i++) {
            if (actions[i] < 0) lost.add(table.actions().get(i).action());
        }
        return lost.isEmpty() ? "" : String.join(", ", lost) + ": not there or with other parameters";
    }
}
