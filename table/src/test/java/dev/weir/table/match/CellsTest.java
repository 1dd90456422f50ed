package dev.weir.table.match;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.table.parts.Memory;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellsTest {
    private record Block(int cell, int cells, long mark) {
        int size() {
            return Cells.size(cells);
        }
    }

    @Test
    void sizes_ofAnyNumberOfCells_haveRoomAndWasteAtMostAThird() {
        assertThat(IntStream.rangeClosed(1, 192).map(Cells::rounded).distinct())
                .containsExactly(1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192);
        assertThat(IntStream.rangeClosed(1, 192))
                .allSatisfy(n -> assertThat(Cells.rounded(n)).isBetween(n, Math.max(n, (n - 1) * 3 / 2)));
        assertThat(Cells.rounded(0)).isZero();
    }

    /** Blocks never overlap: each keeps its mark in its first and last cell until it is given back. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void blocks_takenAndGivenBackAtRandom_neverOverlap(long seed) {
        var random = new SplittableRandom(seed);
        try (Arena arena = Arena.ofConfined()) {
            var cells = new Cells(20_000, arena);
            List<Block> blocks = new ArrayList<>();
            for (int step = 0; step < 200_000; step++) {
                int wanted = 1 + random.nextInt(192);
                if (random.nextBoolean() && cells.hasRoom(192)) {
                    blocks.add(mark(cells, cells.take(Cells.size(wanted)), wanted, step));
                } else if (!blocks.isEmpty()) {
                    Block block = blocks.remove(random.nextInt(blocks.size()));
                    check(cells, block, seed);
                    boolean smaller = wanted < block.cells;
                    if (block.size() != Cells.size(wanted) && (smaller || cells.hasRoom(192))) {
                        int cell = cells.exchange(block.cell, block.size(), Cells.size(wanted));
                        blocks.add(mark(cells, cell, wanted, step));
                    } else {
                        cells.giveBack(block.cell, block.size());
                    }
                }
            }
            blocks.forEach(block -> check(cells, block, seed));
            long inUse = blocks.stream()
                    .mapToLong(block -> Cells.rounded(block.cells))
                    .sum();
            assertThat(cells.inUse()).as("seed=%d", seed).isEqualTo(inUse);
        }
    }

    private static Block mark(Cells cells, int cell, int wanted, long mark) {
        Memory.setLong(cells.at(cell), mark);
        Memory.setLong(cells.at(cell + wanted - 1), mark);
        return new Block(cell, wanted, mark);
    }

    private static void check(Cells cells, Block block, long seed) {
        assertThat(Memory.getLong(cells.at(block.cell))).as("seed=%d", seed).isEqualTo(block.mark);
        assertThat(Memory.getLong(cells.at(block.cell + block.cells - 1))).isEqualTo(block.mark);
    }
}
