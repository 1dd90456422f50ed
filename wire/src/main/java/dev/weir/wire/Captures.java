package dev.weir.wire;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Opens captures. */
public final class Captures {
    private Captures() {}

    /**
     * Opens the sources as one stream of packets.
     *
     * @throws CaptureException naming the source that is none, and why
     */
    public static PacketSource open(List<String> sources) throws CaptureException {
        String name = sources.getFirst();
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(Path.of(name), StandardOpenOption.READ)) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            MemorySegment file = MemorySegment.ofAddress(mapped.address()).reinterpret(mapped.byteSize(), arena, null);
            if (file.byteSize() < PcapFraming.FILE_HEADER
                    || !PcapFraming.recognises(file.get(JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0))) {
                throw new CaptureException(name, 0, 0, "not a capture");
            }
            return new MappedCapture(name, arena, file, PcapFraming.open(file, 0, name), PcapFraming.FILE_HEADER);
        } catch (CaptureException e) {
            arena.close();
            throw e;
        } catch (IOException e) {
            arena.close();
            throw new CaptureException(name, -1, -1, String.valueOf(e.getMessage()));
        }
    }
}
