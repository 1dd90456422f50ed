package dev.weir.dataplane.nodes.balance;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.NodeContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The targets that flows have, by numbers that stay over reloads as long as there are such flows: those of the
 * configuration, and those that are no more in it. One a worker, whose thread makes all calls but construction.
 */
final class Roster {
    /** A target, and how it stands with it here. */
    static final class Place {
        final Target target;
        /** Number in the configuration's list, or -1 where it is not in it any more. */
        final int listed;
        /** Index of the port by which its packets leave. */
        final int egress;

        /** Flows that it has. */
        long active;

        Place(Target target, int listed, int egress) {
            this.target = target;
            this.listed = listed;
            this.egress = egress;
        }
    }

    private @Nullable Place[] places;
    /** By number in the configuration's list: the number here. */
    private final int[] numbers;

    Roster(List<Target> targets, NodeContext context) {
        places = new Place[targets.size()];
        numbers = new int[targets.size()];
        for (int t = 0; t < numbers.length; t++) {
            String port = targets.get(t).port();
            places[t] = new Place(targets.get(t), t, port == null ? Batch.NO_PORT : context.port(port));
            numbers[t] = t;
        }
    }

    /** Takes over the flows of an older one, whose numbers they keep. Allocates. */
    void resume(Roster old) {
        var fresh = new ArrayList<Place>();
        for (int number : numbers) {
            fresh.add(at(number));
        }
        var all = new ArrayList<@Nullable Place>();
        for (Place before : old.places) {
            all.add(before == null ? null : successor(before, fresh));
        }
        for (Place place : fresh) {
            int free = all.indexOf(null);
            if (free < 0) {
                all.add(place);
            } else {
                all.set(free, place);
            }
        }
        places = all.toArray(Place[]::new);
        for (int number = 0; number < places.length; number++) {
            Place place = places[number];
            if (place != null && place.listed >= 0) {
                numbers[place.listed] = number;
            }
        }
    }

    /** What becomes of a place: the same target as it is now configured; else itself, as long as it has flows. */
    private static @Nullable Place successor(Place before, List<Place> fresh) {
        for (Place place : fresh) {
            if (place.target.isSame(before.target)) {
                place.active = before.active;
                fresh.remove(place);
                return place;
            }
        }
        if (before.active == 0) {
            return null;
        }
        var retired = new Place(before.target, -1, before.egress);
        retired.active = before.active;
        return retired;
    }

    /** The place of a number that {@link #number} gave. */
    Place at(int number) {
        Place place = places[number];
        if (place == null) {
            throw new IllegalStateException("balance: no target has number " + number);
        }
        return place;
    }

    /** By number, the target there in words that tell it from others; empty where there is none. As it is now, whenever and by whomever it is asked for. */
    Supplier<List<String>> words() {
        @Nullable Place[] now = places.clone();
        return () -> Arrays.stream(now)
                .map(place -> place == null ? "" : place.target.identity())
                .toList();
    }

    /** The number of the target that those words say, -1 where there is none. */
    int find(String words) {
        for (int number = 0; number < places.length; number++) {
            Place place = places[number];
            if (place != null && place.target.identity().equals(words)) {
                return number;
            }
        }
        return -1;
    }

    /** The number of a target of the configuration. */
    int number(int listed) {
        return numbers[listed];
    }
}
