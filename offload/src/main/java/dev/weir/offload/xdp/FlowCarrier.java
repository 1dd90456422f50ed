package dev.weir.offload.xdp;

import dev.weir.table.FlowKey;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Something that carries directions of flows where the JVM does not see their packets: what {@link XdpDriver} does, as the
 * circle needs it. Any thread, one call at a time.
 */
public interface FlowCarrier extends AutoCloseable {
    /** Puts flows; one that is there gets the new action and keeps its counters. @return what became of each, in order */
    List<XdpPut> put(List<XdpFlow> some);

    /** Removes flows. @return the final counters of those that were there, in order */
    Map<FlowKey, XdpCounters> remove(Collection<FlowKey> some);

    /** Tells of all flows, in no order. */
    void forEach(BiConsumer<FlowKey, XdpCounters> each);

    /** How many packets passed up so far, by why. */
    Map<PassedUp, Long> passedUp();

    /** Looks after the interfaces, about once a second. @return what is new, a clause for a person each */
    List<String> maintain();

    /** Where each port's program runs, by the port's name: {@code native XDP}, {@code generic XDP}, {@code gone}. */
    Map<String, String> places();

    @Override
    void close();
}
