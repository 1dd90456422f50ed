package dev.weir.p4.stf;

import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.MirrorCopy.Contents;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The mirror sessions of a device under test. */
final class StfMirrors {
    private final Map<Integer, Session> sessions = new HashMap<>();

    private static final class Session {
        final int port;
        final MirrorCopy copy;
        int seen;

        Session(int port, MirrorCopy copy) {
            this.port = port;
            this.copy = copy;
        }
    }

    void set(int session, int port, MirrorCopy copy) {
        sessions.put(session, new Session(port, copy));
    }

    /** Adds what leaves when a packet that came and was made something else is mirrored to a session. */
    void mirror(int number, byte[] came, byte[] made, List<StfDevice.Sent> sent) {
        Session session = sessions.get(number);
        if (session == null || session.seen++ % session.copy.oneIn() != 0) return;
        byte[] packet = session.copy.contents() == Contents.PRE_MODIFY ? came : made;
        String digits = HexFormat.of().formatHex(packet, 0, session.copy.bytes(packet.length));
        sent.add(new StfDevice.Sent(session.port, digits));
    }
}
