package dev.weir.offload.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.weir.table.FlowKey;
import dev.weir.wire.PortException;
import dev.weir.wire.linux.EbpfMap;
import dev.weir.wire.linux.EbpfUse;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The flows of a driver. Which there are is known by the kernel's maps alone; here is what is free. One thread at a time.
 *
 * <p>A key's element of a hash map, once removed, is used for another key at once, while a program may still be about to
 * read it, and would carry out another flow's action. So nothing is put between a removal and the end of the programs that
 * ran then; a changed action leaves the element alone and changes the state, which is a flow's as long as it is there.
 */
final class FlowStore implements AutoCloseable {
    private static final int PAGE = 4096, NO_SUCH_KEY = -2, TOO_MANY = -7, IS_THERE = -17;

    private final XdpMaps maps;
    private final Grace grace;
    private final Arena arena;
    private final MemorySegment states;
    private final FreeIndices freeStates;
    private final ActionPool actions;
    private final MemorySegment key, value, keys, values;
    private long count;

    private FlowStore(String owner, EbpfUse use, XdpMaps maps, Grace grace, Arena arena) throws PortException {
        this.maps = maps;
        this.grace = grace;
        this.arena = arena;
        key = arena.allocate(KeyLayout.SIZE6, 8);
        value = arena.allocate(JAVA_INT);
        keys = arena.allocate((long) PAGE * KeyLayout.SIZE6, 8);
        values = arena.allocate((long) PAGE * Integer.BYTES, 8);
        states = maps.states().mapped(owner, use, arena);
        freeStates = new FreeIndices(maps.states().shape().entries());
        TunnelPool tunnels = new TunnelPool(
                maps.tunnels().mapped(owner, use, arena), maps.tunnels().shape().entries());
        actions = new ActionPool(
                maps.actions().mapped(owner, use, arena), maps.actions().shape().entries(), tunnels);
    }

    static FlowStore create(String owner, EbpfUse use, XdpMaps maps) throws PortException {
        Grace grace = Grace.create(owner, use);
        Arena arena = Arena.ofShared();
        boolean done = false;
        try {
            FlowStore made = new FlowStore(owner, use, maps, grace, arena);
            done = true;
            return made;
        } finally {
            if (!done) {
                arena.close();
                grace.close();
            }
        }
    }

    XdpPut put(XdpFlow flow, ActionPool.Room room) {
        int action = actions.take(flow.key(), flow.action(), room);
        if (action == FreeIndices.NONE && actions.isWaiting()) {
            settle();
            action = actions.take(flow.key(), flow.action(), room);
        }
        if (action == FreeIndices.NONE) return XdpPut.FULL;
        KeyLayout.write(flow.key(), key);
        int state = freeStates.take();
        int status = state == FreeIndices.NONE ? IS_THERE : insert(flow, state, action);
        if (status == 0) {
            count++;
            return XdpPut.ADDED;
        }
        if (state != FreeIndices.NONE) freeStates.give(state);
        if (status == IS_THERE && change(flow, action)) return XdpPut.CHANGED;
        actions.give(action);
        if (status == IS_THERE || status == TOO_MANY) return XdpPut.FULL;
        throw failed("put", status);
    }

    private int insert(XdpFlow flow, int state, int action) {
        StateLayout.begin(states, state, action, flow, System.nanoTime());
        value.set(JAVA_INT, 0, state);
        return maps.flows(flow.key().family()).put(key, value, EbpfMap.ONLY_NEW);
    }

    /** Whether there was such a flow, whose action this is now. */
    private boolean change(XdpFlow flow, int action) {
        if (maps.flows(flow.key().family()).get(key, value) < 0) return false;
        int state = value.get(JAVA_INT, 0);
        int before = StateLayout.action(states, state);
        StateLayout.outer(states, state, flow);
        StateLayout.action(states, state, action);
        actions.give(before);
        return true;
    }

    /** @return what was counted of those that were there, in the order in which they were asked for */
    Map<FlowKey, XdpCounters> remove(List<FlowKey> flows) {
        List<FlowKey> gone = new ArrayList<>();
        List<Integer> theirs = new ArrayList<>();
        for (FlowKey flow : flows) {
            KeyLayout.write(flow, key);
            int status = maps.flows(flow.family()).take(key, value);
            if (status == NO_SUCH_KEY) continue;
            if (status < 0) throw failed("remove", status);
            gone.add(flow);
            theirs.add(value.get(JAVA_INT, 0));
        }
        Map<FlowKey, XdpCounters> counted = new LinkedHashMap<>();
        if (gone.isEmpty()) return counted;
        for (int state : theirs) actions.give(StateLayout.action(states, state));
        settle();
        for (int i = 0; i < gone.size(); i++) {
            int state = theirs.get(i);
            counted.put(gone.get(i), StateLayout.counters(states, state));
            freeStates.give(state);
        }
        count -= gone.size();
        return counted;
    }

    private void settle() {
        grace.await();
        actions.settle();
    }

    @Nullable
    XdpCounters counters(FlowKey flow) {
        KeyLayout.write(flow, key);
        int status = maps.flows(flow.family()).get(key, value);
        if (status == NO_SUCH_KEY) return null;
        if (status < 0) throw failed("read", status);
        return StateLayout.counters(states, value.get(JAVA_INT, 0));
    }

    long count() {
        return count;
    }

    void forEach(BiConsumer<FlowKey, XdpCounters> each) {
        for (int family : new int[] {4, 6}) {
            try (Arena walking = Arena.ofConfined()) {
                walk(family, new EbpfMap.Walk(walking), each);
            }
        }
    }

    private void walk(int family, EbpfMap.Walk walk, BiConsumer<FlowKey, XdpCounters> each) {
        EbpfMap flows = maps.flows(family);
        int size = flows.shape().keyOctets();
        int n;
        while ((n = flows.next(walk, keys, values, PAGE)) > 0) {
            for (int i = 0; i < n; i++) {
                int state = values.getAtIndex(JAVA_INT, i);
                each.accept(KeyLayout.read(keys, (long) i * size, family), StateLayout.counters(states, state));
            }
        }
        if (n < 0) throw failed("list", n);
    }

    /** What ports send has changed. */
    void fit(ActionPool.Room room) {
        actions.fitAll(room);
    }

    /** What the kernel refuses to maps that are sound is a fault of this class, or of the machine. */
    private static IllegalStateException failed(String what, int status) {
        return new IllegalStateException("could not " + what + " a flow: errno " + -status + " of the kernel's map");
    }

    @Override
    public void close() {
        grace.close();
        arena.close();
    }
}
