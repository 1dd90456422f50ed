package dev.weir.p4.node;

import dev.weir.p4.run.MirrorCopy;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where a session takes the packets that a program mirrors to it.
 *
 * @param port the name of one of the graph's ports
 */
public record MirrorSession(String port, MirrorCopy copy) {
    /** Whole packets as they came. */
    public static MirrorSession to(String port) {
        return new MirrorSession(port, MirrorCopy.AS_IT_CAME);
    }

    /** Sessions of whole packets as they came, by the names of their ports. */
    public static Map<Integer, MirrorSession> to(Map<Integer, String> ports) {
        return ports.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, port -> to(port.getValue())));
    }
}
