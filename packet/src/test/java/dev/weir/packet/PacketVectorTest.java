package dev.weir.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class PacketVectorTest {
    private static PacketVector vector() {
        PacketVector p = new PacketVector(3);
        p.room(30, 0);
        for (int i = 0; i < 30; i++) p.data.set(ValueLayout.JAVA_BYTE, i, (byte) i);
        for (int i = 0; i < 3; i++) {
            p.offset[i] = 10L * i;
            p.captured[i] = 4 + i;
        }
        p.size = 3;
        return p;
    }

    private static byte[] packet(PacketVector p, int i) {
        return p.data.asSlice(p.offset[i], p.captured[i]).toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void packetsMovedApart_areTheSame_withRoomBefore() {
        PacketVector p = vector();
        p.moveApart(100);
        for (int i = 0; i < 3; i++) {
            p.data.asSlice(p.offset[i] - 100, 100).fill((byte) 0xFF);
        }
        assertThat(packet(p, 0)).containsExactly(0, 1, 2, 3);
        assertThat(packet(p, 2)).containsExactly(20, 21, 22, 23, 24, 25);
    }

    @Test
    void packetsMovedTwice_areTheSame() {
        PacketVector p = vector();
        p.moveApart(8);
        MemorySegment first = p.data;
        p.moveApart(16);
        assertThat(p.data).isNotSameAs(first);
        assertThat(packet(p, 1)).containsExactly(10, 11, 12, 13, 14);
    }
}
