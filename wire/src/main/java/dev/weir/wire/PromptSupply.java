package dev.weir.wire;

import dev.weir.packet.PacketVector;
import java.io.IOException;

/** Packets of files, read when they are asked for. */
record PromptSupply(PacketSource source, FilePort port) implements VectorSupply {
    @Override
    public PacketVector exchange(PacketVector used) {
        try {
            source.read(used);
        } catch (CaptureException e) {
            port.damaged(e);
            used.size = 0;
        }
        return used;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
