package dev.weir.dataplane.graph;

/**
 * How busy a worker is and what went through it; immutable.
 *
 * @param worker which, from 0
 * @param cycles turns of its duty cycle
 * @param busyCycles those that had something to do
 * @param busyNanos how long those took
 * @param longestCycleNanos the longest of them: how long a packet can have waited for those before it
 * @param mailNanos how long packets waited for what the worker does between vectors: answers, copies, changes of the graph
 * @param longestMailNanos the longest of these times between two cycles
 * @param totalNanos how long there has been the worker
 * @param vectors taken through the graph
 * @param packets that came in by ports
 * @param handed packets given to other workers
 * @param taken packets got from other workers
 * @param flows that it owns now
 */
public record WorkerCounters(
        int worker,
        long cycles,
        long busyCycles,
        long busyNanos,
        long longestCycleNanos,
        long mailNanos,
        long longestMailNanos,
        long totalNanos,
        long vectors,
        long packets,
        long handed,
        long taken,
        int flows) {
    /** Packets a vector, on average; 0 while there was none. */
    public double vectorSize() {
        return vectors == 0 ? 0 : (double) (packets + taken) / vectors;
    }

    /** Which part of its time the worker had something to do, 0 to 1. */
    public double load() {
        return totalNanos == 0 ? 0 : (double) busyNanos / totalNanos;
    }
}
