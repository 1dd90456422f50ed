package dev.weir.dataplane.nodes.firewall;

import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.dataplane.nodes.Names;
import java.util.ArrayList;
import java.util.List;

/**
 * A firewall: the first rule that a flow's first packet fits decides the flow, and the decision is kept with it. All later
 * packets, both directions, and ICMP errors that quote an accepted flow, pass or not without a look at the rules. Packets
 * of offloaded flows pass it by.
 *
 * <p>Messages of ICMP of all types between two hosts are one flow, but for echoes, which have one an identifier. So none
 * of them is let through for what another was: each is judged by itself, by its own type and code, in its own direction.
 * What is kept of a flow is which requests were accepted (echo, timestamp, router and neighbour solicitation and others,
 * see {@link IcmpRequests}); more of these pass, and so do the answers to them, in the other direction, and errors about
 * them.
 *
 * <p>Rules see packets as they came, before any translation, in the direction of the packet that is decided. How many
 * rules there are hardly matters: see {@link RuleIndex}.
 *
 * @param rules in order
 * @param otherwise the verdict where no rule fits
 * @param strict whether TCP flows begin with a plain SYN only; other TCP packets without a decided flow are dropped as
 *     invalid, those of connections older than the firewall among them
 * @param recheck whether flows that were decided under earlier rules are decided again, by their initiator's direction;
 *     else they keep their verdict. What is judged by itself is always judged by the rules there are
 * @param unhandled the verdict for packets that are not IP; {@link Verdict#REJECT} is the same as drop, none can be told
 * @param rejection how senders of what is not TCP are told; TCP gets a reset
 * @param answersPerSecond how many answers to rejected packets a worker sends at the most, with as many at once
 */
public record FirewallConfig(
        List<Rule> rules,
        Verdict otherwise,
        boolean strict,
        boolean recheck,
        Verdict unhandled,
        Rejection rejection,
        int answersPerSecond)
        implements NodeConfig {
    static final int DENIED = 0, REJECTED = 1, INVALID = 2, UNHANDLED = 3;
    private static final List<String> DROPS = List.of("denied", "rejected", "invalid", "unhandled");

    static final int ESTABLISHED = 0, RELATED = 1, OTHERWISE = 2, RECHECKED = 3, ANSWERED = 4, UNANSWERED = 5;
    static final int OFFLOADED = 6, FIRST_RULE = 7;
    private static final List<String> COUNTERS =
            List.of("ESTABLISHED", "RELATED", "DEFAULT", "RECHECKED", "ANSWERED", "UNANSWERED", "OFFLOADED");

    /** Which reason an ICMP destination unreachable gives for a rejected packet. */
    public enum Rejection {
        /** Port unreachable (RFC 792 code 3, RFC 4443 code 4). */
        PORT,
        /** Administratively prohibited (RFC 1812 section 5.2.7.1 code 13, RFC 4443 code 1). */
        ADMINISTRATIVE
    }

    public FirewallConfig {
        rules = List.copyOf(rules);
        Names.requireOwn("rule", rules.stream().map(Rule::name), "counters are listed by it");
        if (answersPerSecond < 0) {
            throw new IllegalArgumentException(
                    "answers per second: " + answersPerSecond + "; give 0 for none, or a positive number");
        }
    }

    /** These rules, everything else dropped, what is not IP accepted, a thousand answers a second. */
    public static FirewallConfig of(Rule... rules) {
        return new FirewallConfig(
                List.of(rules), Verdict.DROP, false, false, Verdict.ACCEPT, Rejection.ADMINISTRATIVE, 1000);
    }

    public FirewallConfig withStrict() {
        return new FirewallConfig(rules, otherwise, true, recheck, unhandled, rejection, answersPerSecond);
    }

    public FirewallConfig withRecheck() {
        return new FirewallConfig(rules, otherwise, strict, true, unhandled, rejection, answersPerSecond);
    }

    public FirewallConfig withUnhandled(Verdict verdict) {
        return new FirewallConfig(rules, otherwise, strict, recheck, verdict, rejection, answersPerSecond);
    }

    public FirewallConfig withOtherwise(Verdict verdict) {
        return new FirewallConfig(rules, verdict, strict, recheck, unhandled, rejection, answersPerSecond);
    }

    public FirewallConfig withAnswers(Rejection how, int perSecond) {
        return new FirewallConfig(rules, otherwise, strict, recheck, unhandled, how, perSecond);
    }

    @Override
    public String type() {
        return "firewall";
    }

    @Override
    public List<String> dropReasons() {
        return DROPS;
    }

    /** After those of the node, one a rule: how many flows it decided, and messages of ICMP. */
    @Override
    public List<String> counters() {
        var all = new ArrayList<>(COUNTERS);
        rules.forEach(rule -> all.add("rule:" + rule.name()));
        return List.copyOf(all);
    }

    @Override
    public List<String> ports() {
        return Names.given(rules.stream().map(rule -> rule.match().by()));
    }

    @Override
    public boolean honoursOffload() {
        return true;
    }

    @Override
    public int offloadedCounter() {
        return OFFLOADED;
    }

    @Override
    public boolean takesUnhandled() {
        return true;
    }

    @Override
    public int annexBytes() {
        return FirewallNode.ANNEX_BYTES;
    }

    @Override
    public boolean decidesByFlow() {
        return true;
    }

    @Override
    public boolean dropsByFlow(int reason) {
        return reason == DENIED;
    }

    @Override
    public Node create(NodeContext context) {
        return new FirewallNode(this, context);
    }
}
