package dev.weir.offload.loopback;

import dev.weir.offload.model.Document;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Model;
import dev.weir.offload.model.Selection;
import dev.weir.offload.model.Table;
import dev.weir.offload.model.Timeouts;
import dev.weir.offload.netlink.Command;
import dev.weir.offload.netlink.HairpinMessage.Answer;
import dev.weir.offload.netlink.NetFlowMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;

/**
 * Makes a backend have the flows that it is believed to have. Reads models and flows; deletes what it should not have, sets what it lacks. A flow with a
 * timeout that a backend lacks which has not restarted has timed out there, and is no longer believed. What it refuses is not either. Waits
 * for answers: a thread of its own.
 */
final class Reconciliation {
    private static final int BATCH = 10_000;
    private static final List<Command> MODEL = List.of(
            Command.GET_HEADERS,
            Command.GET_ACTIONS,
            Command.GET_TABLES,
            Command.GET_HEADER_GRAPH,
            Command.GET_TABLE_GRAPH);

    private final Link link;
    private final Map<Long, Shadow> shadows;
    private final boolean restarted;
    private final BiConsumer<Long, Flow> lost;
    private long repaired;

    /**
     * @param shadows by interface; replaced where a model is another
     * @param restarted whether the backend is another than before
     * @param lost told of flows that are no longer believed
     */
    Reconciliation(Link link, Map<Long, Shadow> shadows, boolean restarted, BiConsumer<Long, Flow> lost) {
        this.link = link;
        this.shadows = shadows;
        this.restarted = restarted;
        this.lost = lost;
    }

    /** Reconciles all interfaces; returns how many flows were set or deleted. Throws where the backend does not play its part. */
    long run() throws ExecutionException, InterruptedException {
        for (long ifindex : link.listener().interfaces()) reconcile(ifindex);
        return repaired;
    }

    private void reconcile(long ifindex) throws ExecutionException, InterruptedException {
        Model model = Model.EMPTY;
        for (Command command : MODEL) model = model.with(document(NetFlowMessage.get(command, ifindex)));
        Shadow shadow = shadows.get(ifindex);
        if (shadow == null || !shadow.model().equals(model)) {
            Shadow fresh = new Shadow(model);
            if (shadow != null) fresh.takeOver(shadow).forEach(flow -> lost.accept(ifindex, flow.bare()));
            shadows.put(ifindex, fresh);
            shadow = fresh;
        }
        for (Table table : model.tables()) reconcile(ifindex, shadow, table.uid());
    }

    private void reconcile(long ifindex, Shadow shadow, long table) throws ExecutionException, InterruptedException {
        NetFlowMessage query =
                new NetFlowMessage(Command.GET_FLOWS, ifindex, new NetFlowMessage.Query(FlowQuery.all(table)));
        Map<Long, Flow> there = new LinkedHashMap<>();
        if (document(query) instanceof Document.Flows flows) {
            for (Flow flow : flows.items()) there.put(flow.uid(), flow.bare());
        }
        List<Flow> lacking = new ArrayList<>();
        for (Flow flow : shadow.flows(table)) {
            if (there.remove(flow.uid(), flow)) continue;
            if (!restarted && !there.containsKey(flow.uid()) && !flow.timeouts().equals(Timeouts.NONE)) {
                forget(ifindex, shadow, flow);
            } else lacking.add(flow);
        }
        change(Command.DEL_FLOWS, ifindex, List.copyOf(there.values()));
        for (Flow refused : change(Command.SET_FLOWS, ifindex, lacking)) forget(ifindex, shadow, refused.bare());
    }

    private void forget(long ifindex, Shadow shadow, Flow flow) {
        shadow.ended(flow);
        lost.accept(ifindex, flow);
    }

    /** Sets or deletes flows; returns those that were refused. */
    private List<Flow> change(Command command, long ifindex, List<Flow> flows)
            throws ExecutionException, InterruptedException {
        List<Flow> refused = new ArrayList<>();
        for (int from = 0; from < flows.size(); from += BATCH) {
            List<Flow> batch = flows.subList(from, Math.min(flows.size(), from + BATCH));
            Answer answer =
                    answer(NetFlowMessage.change(command, ifindex, batch, ErrorMode.CONTINUE_LOG, Selection.UID));
            repaired += answer.applied();
            NetFlowMessage result = answer.result();
            if (result != null && result.document() instanceof Document.Flows told) refused.addAll(told.items());
        }
        return refused;
    }

    private Document document(NetFlowMessage message) throws ExecutionException, InterruptedException {
        NetFlowMessage result = answer(message).result();
        Document document = result == null ? null : result.document();
        if (document != null) return document;
        throw new ExecutionException("the backend answers " + message.command() + " without what was asked for", null);
    }

    private Answer answer(NetFlowMessage message) throws ExecutionException, InterruptedException {
        Answer answer = link.call(message).get();
        if (answer.status() == Answer.OK && answer.command() == message.command()) return answer;
        throw new ExecutionException("the backend refuses " + message.command() + ": " + answer.reason(), null);
    }
}
