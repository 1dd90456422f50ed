package dev.weir.p4.interpret;

import dev.weir.p4.run.FlowMark;
import dev.weir.p4.run.Verdict;
import java.math.BigInteger;
import java.util.List;
import java.util.SortedMap;

/**
 * What became of one packet.
 *
 * @param port where it leaves, if it is forwarded; else 0
 * @param packet as the deparser made it, also where it is dropped, in hexadecimal; empty when the parser rejects it
 * @param mark what was said of the packet's flow
 * @param mirrors the session of each slot that was used
 * @param digests what was sent, in order
 */
public record Outcome(
        Verdict verdict,
        long port,
        String packet,
        FlowMark mark,
        SortedMap<Integer, Integer> mirrors,
        List<Notification> digests) {
    public record Notification(String digest, List<BigInteger> values) {}
}
