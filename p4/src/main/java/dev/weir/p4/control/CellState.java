package dev.weir.p4.control;

import dev.weir.p4.run.MeterCounts;
import dev.weir.p4.run.MeterRates;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * A cell of an indexed counter, meter or register, of all workers together. Immutable.
 *
 * @param counted of a counter, what all workers counted; else null
 * @param rates of a meter that has some, those that each worker holds packets to; else null
 * @param colored of a meter, how all workers coloured packets; else null
 * @param value of a register, what the first worker's holds; else null
 */
public record CellState(
        CellSchema cell,
        int index,
        EntryState.@Nullable Counted counted,
        @Nullable MeterRates rates,
        @Nullable MeterCounts colored,
        @Nullable BigInteger value) {}
