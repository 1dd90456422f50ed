package dev.weir.dataplane.nodes.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.table.FlowTuple;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MaglevTest {
    private static final int FLOWS = 100_000;

    private static FlowTuple flow(SplittableRandom random) {
        var t = new FlowTuple();
        t.family = 4;
        t.protocol = 17;
        t.sourceLow = random.nextInt() & 0xFFFF_FFFFL;
        t.destinationLow = 1;
        t.sourcePort = random.nextInt(0x10000);
        t.destinationPort = 80;
        return t;
    }

    private static List<Target> targets(int count) {
        List<Target> targets = new ArrayList<>();
        for (int t = 0; t < count; t++) {
            targets.add(Target.byPort("t" + t, "p" + t));
        }
        return targets;
    }

    private static int[] shares(Maglev table, int targets) {
        var random = new SplittableRandom(1);
        int[] shares = new int[targets];
        for (int n = 0; n < FLOWS; n++) {
            shares[table.ofFlow(flow(random))]++;
        }
        return shares;
    }

    @Test
    void shares_areEven() {
        for (int share : shares(new Maglev(targets(10)), 10)) {
            assertThat(share).isBetween(FLOWS / 10 * 94 / 100, FLOWS / 10 * 106 / 100);
        }
    }

    @Test
    void shares_areByWeight_andNoneWhereThereAreToBeNone() {
        List<Target> targets = targets(4);
        targets.set(1, targets.get(1).withWeight(3));
        targets.set(2, targets.get(2).down());
        targets.set(3, targets.get(3).draining());
        int[] shares = shares(new Maglev(targets), 4);
        assertThat(shares[1]).isBetween(2 * shares[0], 4 * shares[0]);
        assertThat(shares[2] + shares[3]).isZero();
    }

    @Test
    void targetThatGoes_movesFewOthers() {
        List<Target> all = targets(10), fewer = targets(10);
        fewer.set(4, fewer.get(4).down());
        Maglev before = new Maglev(all), after = new Maglev(fewer);
        var random = new SplittableRandom(2);
        int moved = 0;
        for (int n = 0; n < FLOWS; n++) {
            FlowTuple flow = flow(random);
            int target = before.ofFlow(flow);
            moved += target != 4 && target != after.ofFlow(flow) ? 1 : 0;
        }
        assertThat(moved).as("of flows of other targets").isLessThan(FLOWS / 20);
    }

    @Test
    void noTarget_isNone() {
        assertThat(new Maglev(List.of(targets(1).getFirst().down())).ofFlow(flow(new SplittableRandom(1))))
                .isEqualTo(Maglev.NONE);
    }
}
