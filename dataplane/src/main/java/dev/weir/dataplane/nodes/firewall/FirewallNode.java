package dev.weir.dataplane.nodes.firewall;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.FlowsLegend;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.packet.Icmp;
import dev.weir.packet.IpProtocol;
import dev.weir.packet.Tcp;
import dev.weir.table.FlowContext;
import dev.weir.table.FlowTuple;
import java.util.List;
import java.util.function.Supplier;

/**
 * See {@link FirewallConfig}. What it keeps with a flow:
 *
 * <pre>
 * 0 verdict u8 (0 undecided, else {@link Verdict#code}), rule plus 1 u24 (0 where none fitted)   4 generation of rules i32
 *   of ICMP instead: what was asked and accepted, {@link IcmpRequests}; the rule that accepted it last
 * </pre>
 */
final class FirewallNode implements Node {
    static final int ANNEX_BYTES = 8;

    private static final int VERDICT_MASK = 0xFF, RULE_SHIFT = 8, GENERATION_SHIFT = 32;
    private static final int UNDECIDED = 0;
    private static final long LOWER = 0xFFFF_FFFFL;
    private static final int ACCEPT = Verdict.ACCEPT.code, REJECT = Verdict.REJECT.code;
    private static final String INVALID = "invalid: begins no flow";
    private static final int HANDSHAKE = Tcp.SYN | Tcp.ACK | Tcp.RST | Tcp.FIN;

    private final FirewallConfig config;
    private final NodeContext context;
    private final FlowContext flow;
    private final int annex;
    private final RuleIndex rules;
    /** By rule; the one after the last is that of no rule. */
    private final int[] verdicts;

    private final Rejecter rejecter;
    private final FlowTuple tuple = new FlowTuple();

    /** How often the rules have changed, so that flows tell which ones decided them. */
    private int generation = 1;

    FirewallNode(FirewallConfig config, NodeContext context) {
        this.config = config;
        this.context = context;
        flow = context.flow();
        annex = context.annex();
        rules = new RuleIndex(config.rules(), context::port);
        verdicts = new int[config.rules().size() + 1];
        for (int r = 0; r < config.rules().size(); r++) {
            verdicts[r] = config.rules().get(r).verdict().code;
        }
        verdicts[config.rules().size()] = config.otherwise().code;
        rejecter = new Rejecter(config, context);
    }

    @Override
    public void replace(Node old) {
        if (old instanceof FirewallNode before) {
            generation = before.generation + 1;
            rejecter.resume(before.rejecter);
        }
    }

    @Override
    public void process(Batch batch, int[] picks, int n) {
        int established = 0, related = 0;
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            if (!batch.hasFlow(i)) {
                unhandled(batch, i);
                continue;
            }
            long kept = flow.at(batch.flow[i]).getLong(annex);
            int verdict = (int) kept & VERDICT_MASK;
            if (isIcmp(batch, i)) {
                verdict = ofMessage(batch, i, kept);
            } else if (verdict == UNDECIDED || isStale(kept)) {
                verdict = decide(batch, i, verdict);
            } else if (verdict == ACCEPT && !batch.isRelated(i)) {
                established++;
            }
            if (verdict == ACCEPT) {
                related += batch.isRelated(i) ? 1 : 0;
                batch.next(i);
            } else {
                refuse(batch, i, verdict);
            }
        }
        context.count(FirewallConfig.ESTABLISHED, established);
        context.count(FirewallConfig.RELATED, related);
    }

    /** Whether the flow was decided by rules that are gone, and is to be decided again. */
    private boolean isStale(long kept) {
        return config.recheck() && (int) (kept >>> GENERATION_SHIFT) != generation;
    }

    /** Whether the flow whose verdict packet {@code i} gets is one of ICMP. */
    private boolean isIcmp(Batch batch, int i) {
        return Rule.isIcmp(batch.isRelated(i) ? flow.tuple(tuple).protocol : batch.flows.protocol(i));
    }

    private void unhandled(Batch batch, int i) {
        if (config.unhandled() == Verdict.ACCEPT) {
            batch.next(i);
        } else {
            batch.drop(i, FirewallConfig.UNHANDLED);
        }
    }

    private void refuse(Batch batch, int i, int verdict) {
        if (verdict == UNDECIDED) {
            batch.drop(i, FirewallConfig.INVALID);
        } else if (verdict == REJECT) {
            boolean answered = !batch.isRelated(i) && rejecter.answer(batch, i);
            context.count(answered ? FirewallConfig.ANSWERED : FirewallConfig.UNANSWERED, 1);
            batch.drop(i, FirewallConfig.REJECTED);
        } else {
            batch.drop(i, FirewallConfig.DENIED);
        }
    }

    /** Decides the flow of packet {@code i} by the rules; {@link #UNDECIDED} where this packet cannot begin one. */
    private int decide(Batch batch, int i, int before) {
        boolean again = before != UNDECIDED;
        boolean tcp = batch.flows.protocol(i) == IpProtocol.TCP;
        int flags, port;
        if (again) {
            flow.tuple(tuple);
            flags = tuple.protocol == IpProtocol.TCP ? Tcp.SYN : -1;
            port = context.entryPort(batch.flow[i]);
            context.count(FirewallConfig.RECHECKED, 1);
        } else {
            flags = batch.flows.tcpFlags(i);
            port = batch.packets.port[i];
            boolean begins = !config.strict() || !tcp || (flags >= 0 && (flags & HANDSHAKE) == Tcp.SYN);
            if (batch.isRelated(i) || !begins) {
                return UNDECIDED;
            }
            sent(batch, i);
        }
        int rule = judge(tuple, port, flags, IcmpRequests.NO_MESSAGE);
        int verdict = verdictOf(rule);
        keep(rule, verdict);
        return verdict;
    }

    /** The ends of packet {@code i}, as its flow's key has them, in its own direction. */
    private FlowTuple sent(Batch batch, int i) {
        flow.tuple(tuple);
        return batch.isReverse(i) ? tuple.swap() : tuple;
    }

    /** The first rule that fits, which is counted. */
    private int judge(FlowTuple t, int port, int flags, int message) {
        int rule = rules.find(t, port, flags, message);
        context.count(rule == RuleIndex.NONE ? FirewallConfig.OTHERWISE : FirewallConfig.FIRST_RULE + rule, 1);
        return rule;
    }

    private int verdictOf(int rule) {
        return verdicts[rule == RuleIndex.NONE ? verdicts.length - 1 : rule];
    }

    private void keep(int rule, int octet) {
        flow.setLong(annex, (long) generation << GENERATION_SHIFT | (long) (rule + 1) << RULE_SHIFT | octet);
    }

    /**
     * The verdict for a packet of a flow of ICMP. Messages of many types are one flow, so that of one says nothing of
     * another: each is judged by itself. What passes without is a request like one that was accepted, an answer to it, an
     * error about it, and what shows no type, as later fragments, of a flow that has any.
     */
    private int ofMessage(Batch batch, int i, long kept) {
        int asked = (int) kept & VERDICT_MASK;
        if (asked != 0 && isStale(kept)) {
            asked = askAgain(batch, i, asked);
        }
        if (passesBy(batch, i, asked) != 0) {
            context.count(FirewallConfig.ESTABLISHED, batch.isRelated(i) ? 0 : 1);
            return ACCEPT;
        }
        if (batch.isRelated(i)) {
            return UNDECIDED;
        }
        int message = message(batch, i), protocol = batch.flows.protocol(i);
        int rule = judge(sent(batch, i), batch.packets.port[i], -1, message);
        int verdict = verdictOf(rule);
        if (verdict == ACCEPT && IcmpRequests.isRequest(protocol, message)) {
            keep(rule, asked | IcmpRequests.bit(protocol, message, batch.isReverse(i)));
        }
        return verdict;
    }

    /** Of what was asked of a flow that by which packet {@code i} passes. */
    private static int passesBy(Batch batch, int i, int asked) {
        int message = message(batch, i);
        return batch.isRelated(i) || message == IcmpRequests.NO_MESSAGE
                ? asked
                : asked & IcmpRequests.bit(batch.flows.protocol(i), message, batch.isReverse(i));
    }

    /**
     * Has the rules judge again what the initiator asked; returns what is still accepted, and keeps it. The responder has
     * to ask again, since where from is not known.
     */
    private int askAgain(Batch batch, int i, int asked) {
        flow.tuple(tuple);
        int port = context.entryPort(batch.flow[i]), accepted = 0, by = RuleIndex.NONE;
        for (int kind = 0; kind < IcmpRequests.KINDS; kind++) {
            if ((asked & 1 << kind) != 0) {
                int rule = judge(tuple, port, -1, IcmpRequests.request(tuple.protocol, kind));
                boolean accepts = verdictOf(rule) == ACCEPT;
                accepted |= accepts ? 1 << kind : 0;
                by = accepts ? rule : by;
            }
        }
        context.count(FirewallConfig.RECHECKED, 1);
        keep(by, accepted);
        return accepted;
    }

    /** Type and code of a message, as {@link IcmpRequests} has them, where they are there. */
    private static int message(Batch batch, int i) {
        int transport = batch.flows.transport(i);
        if (transport == 0 || batch.packets.captured[i] < transport + 2) {
            return IcmpRequests.NO_MESSAGE;
        }
        long at = batch.packets.offset[i] + transport;
        return Icmp.type(batch.packets.data, at) << 8 | Icmp.code(batch.packets.data, at);
    }

    @Override
    public Supplier<List<String>> legend() {
        int now = generation;
        return () -> List.of(String.valueOf(now));
    }

    /** Verdicts stay; those of rules that are others now are looked at again, where that is wanted. */
    @Override
    public boolean restored(int number, FlowsLegend.Before before) {
        flow.at(number);
        long kept = flow.getLong(annex);
        boolean current =
                before.same() && before.words().equals(List.of(String.valueOf((int) (kept >>> GENERATION_SHIFT))));
        int rule = (int) kept >>> RULE_SHIFT;
        boolean sound = rule <= config.rules().size();
        flow.setLong(annex, current ? (kept & LOWER) | (long) generation << GENERATION_SHIFT : kept & VERDICT_MASK);
        return !current || sound;
    }

    @Override
    public void trace(Batch batch, int i, StringBuilder out) {
        if (!batch.hasFlow(i)) {
            out.append("no flow: ").append(config.unhandled());
            return;
        }
        long kept = flow.at(batch.flow[i]).getLong(annex);
        int verdict = (int) kept & VERDICT_MASK;
        if (isIcmp(batch, i)) {
            traceMessage(batch, i, kept, out);
        } else if (verdict == UNDECIDED) {
            out.append(INVALID);
        } else {
            traceKept(batch, i, Verdict.ofCode(verdict), kept, out);
        }
    }

    private void traceKept(Batch batch, int i, Verdict verdict, long kept, StringBuilder out) {
        out.append(verdict).append(batch.isRelated(i) ? " (related)" : "");
        boolean current = (int) (kept >>> GENERATION_SHIFT) == generation;
        if (current) {
            traceRule(((int) kept >>> RULE_SHIFT) - 1, out);
        } else {
            out.append(" by earlier rules");
        }
    }

    private void traceRule(int rule, StringBuilder out) {
        if (rule < 0) {
            out.append(" by default");
        } else {
            out.append(" by rule ").append(config.rules().get(rule).name());
        }
    }

    /** A request that is accepted is kept, so it looks like those after it. */
    private void traceMessage(Batch batch, int i, long kept, StringBuilder out) {
        if (passesBy(batch, i, (int) kept & VERDICT_MASK) != 0) {
            traceKept(batch, i, Verdict.ACCEPT, kept, out);
        } else if (batch.isRelated(i)) {
            out.append(INVALID);
        } else {
            int rule = rules.find(sent(batch, i), batch.packets.port[i], -1, message(batch, i));
            out.append(Verdict.ofCode(verdictOf(rule)));
            traceRule(rule, out);
        }
    }
}
