package dev.weir.dataplane.nodes.mirror;

import dev.weir.dataplane.nodes.NodeBench;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads expiration frames as the application behind a mirror does, by their documented layout. */
public final class Expirations {
    private Expirations() {}

    /** One flow that ended. */
    public record Message(
            int flags, int ctxId, int clientPackets, int serverPackets, long clientBytes, long serverBytes) {}

    public static boolean is(NodeBench.Sent sent) {
        return (sent.frame[12] & 0xFF) == 0x01 && sent.frame[13] == 0x01;
    }

    /** All messages of those frames sent that are of the type. */
    public static List<Message> read(List<NodeBench.Sent> sent) {
        List<Message> messages = new ArrayList<>();
        for (NodeBench.Sent each : sent) {
            if (is(each)) {
                var frame = ByteBuffer.wrap(each.frame).position(14);
                for (int n = frame.getShort(); n > 0; n--) {
                    messages.add(new Message(
                            frame.getInt(),
                            frame.getInt(),
                            frame.getInt(),
                            frame.getInt(),
                            frame.getLong(),
                            frame.getLong()));
                }
                if (frame.hasRemaining() || each.frame.length > 1280) {
                    throw new AssertionError("a frame of " + each.frame.length + " octets, left " + frame.remaining());
                }
            }
        }
        return messages;
    }
}
