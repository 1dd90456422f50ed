package dev.weir.wire;

import dev.weir.packet.PacketVector;
import java.io.IOException;
import java.util.List;

/** Packets of a part of a capture: numbered, and damage told, as in the whole. */
final class PartSource implements PacketSource {
    private final PacketSource part;
    private final String file;
    private final long packetsBefore;

    PartSource(PacketSource part, String file, long packetsBefore) {
        this.part = part;
        this.file = file;
        this.packetsBefore = packetsBefore;
    }

    @Override
    public int read(PacketVector vector) throws CaptureException {
        try {
            int read = part.read(vector);
            vector.first += packetsBefore;
            return read;
        } catch (CaptureException e) {
            throw new CaptureException(file, e.byteOffset(), packetsBefore + e.packetNumber(), e.why());
        }
    }

    @Override
    public int timeDigits() {
        return part.timeDigits();
    }

    @Override
    public long bytesRead() {
        return part.bytesRead();
    }

    @Override
    public long bytesTotal() {
        return part.bytesTotal();
    }

    @Override
    public long dropped() {
        return part.dropped();
    }

    @Override
    public List<String> notes() {
        return part.notes();
    }

    @Override
    public void close() throws IOException {
        part.close();
    }
}
