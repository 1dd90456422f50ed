package dev.weir.server.p4info;

import dev.weir.p4.typed.Note;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Numbers what has an id among its neighbours only: fields of keys and headers, parameters. Those of {@code @id}, for others the place, from 1. */
final class FieldIds {
    private FieldIds() {}

    /** @param neighbours the annotations of each */
    static int[] of(List<List<Note>> neighbours) {
        int[] ids = new int[neighbours.size()];
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < ids.length; i++) {
            Integer id = Annotations.number(neighbours.get(i), Annotations.ID);
            if (id != null && id != 0 && taken.add(id)) ids[i] = id;
        }
        int next = 1;
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] != 0) {
                next++;
                continue;
            }
            while (!taken.add(next)) next++;
            ids[i] = next;
        }
        return ids;
    }
}
