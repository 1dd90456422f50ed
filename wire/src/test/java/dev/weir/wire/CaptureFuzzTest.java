package dev.weir.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.packet.PacketVector;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;

/** Any octets are packets or a {@link CaptureException}: nothing else is thrown, nothing lies outside the memory. */
class CaptureFuzzTest {
    private static final int MOST_MEMORY = 64 << 20;
    private static final ThreadLocal<PacketVector> VECTOR = ThreadLocal.withInitial(() -> new PacketVector(64));

    @FuzzTest
    void read_anyFile_givesPacketsOrCaptureException(byte[] octets) throws IOException {
        PacketVector vector = VECTOR.get();
        var channel = Channels.newChannel(new ByteArrayInputStream(octets));
        try (PacketSource source = CaptureOpener.open("fuzz", new ChannelInput(channel, octets.length))) {
            readAll(source, vector);
        } catch (CaptureException e) {
            if (e.byteOffset() < 0 || e.packetNumber() < 0) throw new AssertionError("nowhere", e);
        }
    }

    private static void readAll(PacketSource source, PacketVector vector) throws CaptureException {
        long number = 1;
        for (int size = source.read(vector); size > 0; size = source.read(vector)) {
            check(size == vector.size && size <= vector.capacity(), "size");
            check(vector.first == number, "numbers");
            check(vector.data.byteSize() <= MOST_MEMORY, "memory");
            for (int i = 0; i < size; i++) {
                check(vector.captured[i] >= 0 && vector.length[i] >= vector.captured[i], "lengths");
                check(vector.offset[i] >= 0, "offset");
                check(vector.offset[i] + vector.captured[i] <= vector.data.byteSize(), "outside the memory");
                check(vector.time[i] >= 0 && vector.time[i] <= CaptureInterface.LATEST, "time");
                check(vector.link[i] >= 0 && vector.port[i] >= 0, "link type and port");
            }
            number += size;
        }
        check(source.read(vector) == 0, "an end that is none");
    }

    private static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }
}
