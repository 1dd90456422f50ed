package dev.weir.offload.circle;

import static java.util.Objects.requireNonNull;

import dev.weir.dataplane.graph.FrameHead;
import dev.weir.offload.xdp.FlowCarrier;
import dev.weir.offload.xdp.PassedUp;
import dev.weir.offload.xdp.XdpAction;
import dev.weir.offload.xdp.XdpCounters;
import dev.weir.offload.xdp.XdpFlow;
import dev.weir.offload.xdp.XdpPut;
import dev.weir.table.FlowKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** A carrier in memory: frames of flows that it has do not come to the data plane, but beginnings and ends of TCP. */
final class MemoryCarrier implements FlowCarrier {
    private static final int FIN_SYN_RST = 0x07, FLAGS = 13, ETHERNET = 14;

    private record Entry(XdpAction action, XdpCounters counters) {}

    private final Map<FlowKey, Entry> entries = new LinkedHashMap<>();
    private final int room;
    private boolean fails;
    /** What it carried, by the port where it went. */
    private final List<byte[]> carried = new ArrayList<>();

    MemoryCarrier(int room) {
        this.room = room;
    }

    /** From now on all calls fail that put or read. */
    synchronized void fail() {
        fails = true;
    }

    /** Whether it carries this frame, which came then by the clock of {@link System#nanoTime}. */
    synchronized boolean takes(byte[] frame, long nanoTime) {
        FrameHead head = new FrameHead(Arrays.copyOf(frame, Math.min(frame.length, FrameHead.MOST)), frame.length);
        FrameView view = FrameView.of(head);
        if (view == null) {
            return false;
        }
        int flags = view.protocol() == FrameView.TCP ? frame[view.transport() + FLAGS] & 0xFF : 0;
        FlowKey key = new FlowKey(
                view.source(), view.sourcePort(), view.destination(), view.destinationPort(), view.protocol(), 0);
        Entry entry = entries.get(key);
        if (entry == null || (flags & FIN_SYN_RST) != 0) {
            return false;
        }
        XdpCounters before = entry.counters;
        XdpCounters counters = new XdpCounters(
                before.packets() + 1,
                before.ipOctets() + frame.length - ETHERNET,
                before.frameOctets() + frame.length,
                before.tcpFlags() | flags,
                nanoTime);
        entries.put(key, new Entry(entry.action, counters));
        if (entry.action instanceof XdpAction.Redirect) {
            carried.add(frame);
        }
        return true;
    }

    /** What it sent on since the last call. */
    synchronized List<byte[]> carried() {
        List<byte[]> all = List.copyOf(carried);
        carried.clear();
        return all;
    }

    @Override
    public synchronized List<XdpPut> put(List<XdpFlow> some) {
        check();
        return some.stream().map(this::put).toList();
    }

    private XdpPut put(XdpFlow flow) {
        Entry before = entries.get(flow.key());
        if (before == null && entries.size() == room) {
            return XdpPut.FULL;
        }
        XdpCounters counters = before == null ? new XdpCounters(0, 0, 0, 0, System.nanoTime()) : before.counters;
        entries.put(flow.key(), new Entry(flow.action(), counters));
        return before == null ? XdpPut.ADDED : XdpPut.CHANGED;
    }

    private void check() {
        if (fails) {
            throw new IllegalStateException("could not put a flow: errno 5 of the kernel's map");
        }
    }

    @Override
    public synchronized Map<FlowKey, XdpCounters> remove(Collection<FlowKey> some) {
        Map<FlowKey, XdpCounters> last = new LinkedHashMap<>();
        for (FlowKey key : some) {
            if (entries.containsKey(key)) {
                last.put(key, requireNonNull(entries.remove(key)).counters);
            }
        }
        return last;
    }

    @Override
    public synchronized void forEach(BiConsumer<FlowKey, XdpCounters> each) {
        check();
        entries.forEach((key, entry) -> each.accept(key, entry.counters));
    }

    synchronized int size() {
        return entries.size();
    }

    @Override
    public Map<PassedUp, Long> passedUp() {
        return Map.of();
    }

    @Override
    public List<String> maintain() {
        return List.of();
    }

    @Override
    public Map<String, String> places() {
        return Map.of("in", "memory", "out", "memory");
    }

    @Override
    public void close() {}
}
