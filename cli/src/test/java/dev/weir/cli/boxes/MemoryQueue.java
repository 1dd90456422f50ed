package dev.weir.cli.boxes;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.wire.SendFault;
import dev.weir.wire.VirtualQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a box sends, and gives a box frames as an interface would. */
final class MemoryQueue extends VirtualQueue {
    final List<byte[]> sent = new ArrayList<>();
    int fault = SendFault.NONE;

    /** Has the box handle one frame; what it sent then is returned. */
    static List<byte[]> through(Box box, byte[] frame, long now) {
        MemoryQueue queue = new MemoryQueue();
        queue.to(box, frame, now);
        return queue.sent;
    }

    void to(Box box, byte[] frame, long now) {
        PacketVector vector = new PacketVector(1, true);
        // as long as the frame is: a box that reads beyond it fails
        vector.data = Arena.ofAuto().allocate(Math.max(1, frame.length)).asSlice(0, frame.length);
        MemorySegment.copy(frame, 0, vector.data, ValueLayout.JAVA_BYTE, 0, frame.length);
        vector.captured[0] = frame.length;
        vector.length[0] = frame.length;
        vector.uniform(LinkType.ETHERNET, 0);
        vector.size = 1;
        box.frame(vector, 0, now, this);
    }

    @Override
    public int send(MemorySegment data, long offset, int length, long offload) {
        if (fault == SendFault.NONE) {
            sent.add(data.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
        }
        return fault;
    }

    @Override
    public int receive(PacketVector vector) {
        return 0;
    }
}
