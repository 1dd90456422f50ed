package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.table.parts.KeyHash;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlowStoreTest {
    /** Memory of which there is enough for so many regions. */
    private static final class ScarceArena implements Arena {
        private final Arena arena = Arena.ofShared();
        private int regions;

        ScarceArena(int regions) {
            this.regions = regions;
        }

        @Override
        public MemorySegment allocate(long bytes, long alignment) {
            return arena.allocate(bytes, alignment);
        }

        /** Asked once for every region that is to live as long as this. */
        @Override
        public MemorySegment.Scope scope() {
            if (regions-- == 0) {
                throw new OutOfMemoryError("scarce");
            }
            return arena.scope();
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void create_withMemoryForSomeRegionsOnly_givesThemBack(int regions) {
        var scarce = new ScarceArena(regions);
        assertThatThrownBy(() -> FlowStore.create(true, 1000, 0, new KeyHash(1), 0, scarce))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(scarce.arena.scope().isAlive()).isFalse();
    }
}
