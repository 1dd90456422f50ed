package dev.weir.dataplane.nodes.firewall;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.packet.IpProtocol;
import dev.weir.packet.Tcp;
import dev.weir.table.FlowContext;
import dev.weir.table.FlowTuple;

/**
 * See {@link FirewallConfig}. What it keeps with a flow:
 *
 * <pre>
 * 0 verdict u8 (0 undecided, else {@link Verdict#code}), rule plus 1 u24 (0 where none fitted)   4 generation of rules i32
 * </pre>
 */
final class FirewallNode implements Node {
    static final int ANNEX_BYTES = 8;

    private static final int VERDICT_MASK = 0xFF, RULE_SHIFT = 8, GENERATION_SHIFT = 32;
    private static final int UNDECIDED = 0;
    private static final int ACCEPT = Verdict.ACCEPT.code, REJECT = Verdict.REJECT.code;
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
            boolean stale = config.recheck() && (int) (kept >>> GENERATION_SHIFT) != generation;
            if (verdict == UNDECIDED || stale) {
                verdict = decide(batch, i, verdict);
            } else if (verdict == ACCEPT) {
                established++;
            }
            if (verdict == ACCEPT) {
                related += batch.isRelated(i) ? 1 : 0;
                batch.next(i);
            } else {
                refuse(batch, i, verdict);
            }
        }
        context.count(FirewallConfig.ESTABLISHED, established - related);
        context.count(FirewallConfig.RELATED, related);
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
        flow.tuple(tuple);
        boolean again = before != UNDECIDED;
        int flags, port;
        if (again) {
            flags = tuple.protocol == IpProtocol.TCP ? Tcp.SYN : -1;
            port = context.entryPort(batch.flow[i]);
            context.count(FirewallConfig.RECHECKED, 1);
        } else {
            flags = batch.flows.tcpFlags(i);
            port = batch.packets.port[i];
            boolean begins = !config.strict() || tuple.protocol != IpProtocol.TCP || (flags & HANDSHAKE) == Tcp.SYN;
            if (batch.isRelated(i) || !begins || (config.strict() && flags < 0 && tuple.protocol == IpProtocol.TCP)) {
                return UNDECIDED;
            }
            if (batch.isReverse(i)) {
                tuple.swap();
            }
        }
        int rule = rules.find(tuple, port, flags);
        context.count(rule == RuleIndex.NONE ? FirewallConfig.OTHERWISE : FirewallConfig.FIRST_RULE + rule, 1);
        int verdict = verdicts[rule == RuleIndex.NONE ? verdicts.length - 1 : rule];
        flow.setLong(annex, (long) generation << GENERATION_SHIFT | (long) (rule + 1) << RULE_SHIFT | verdict);
        return verdict;
    }

    @Override
    public void trace(Batch batch, int i, StringBuilder out) {
        if (!batch.hasFlow(i)) {
            out.append("no flow: ").append(config.unhandled());
            return;
        }
        long kept = flow.at(batch.flow[i]).getLong(annex);
        int verdict = (int) kept & VERDICT_MASK;
        if (verdict == UNDECIDED) {
            out.append("invalid: begins no flow");
            return;
        }
        out.append(Verdict.ofCode(verdict)).append(batch.isRelated(i) ? " (related)" : "");
        int rule = ((int) kept >>> RULE_SHIFT) - 1;
        boolean current = (int) (kept >>> GENERATION_SHIFT) == generation;
        if (!current) {
            out.append(" by earlier rules");
        } else if (rule < 0) {
            out.append(" by default");
        } else {
            out.append(" by rule ").append(config.rules().get(rule).name());
        }
    }
}
