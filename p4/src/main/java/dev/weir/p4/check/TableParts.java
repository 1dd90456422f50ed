package dev.weir.p4.check;

import dev.weir.p4.typed.Definition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What of a table was found so far. */
final class TableParts {
    final List<Definition.Key> keys = new ArrayList<>();
    final List<Definition.ActionRef> actions = new ArrayList<>();
    final List<Definition.Entry> entries = new ArrayList<>();
    final List<Definition.Property> properties = new ArrayList<>();
    boolean constantEntries;
    Definition.@Nullable DefaultAction defaultAction;
    Definition.@Nullable DefaultAction emptyGroup;

    Definition.Parts found() {
        return new Definition.Parts(keys, actions, defaultAction, emptyGroup, entries, constantEntries, properties);
    }
}
