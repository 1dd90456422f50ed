package dev.weir.offload.loopback;

/**
 * What a loopback driver has lived through.
 *
 * @param links how often a backend began to listen
 * @param timedOut calls without an answer in time
 * @param stray answers that no call waited for: late ones, second ones, and such to calls that were never made
 * @param wrong messages that were none, or answers that do not fit their calls
 * @param repaired flows that reconciliation set or deleted
 * @param lost flows that the backend is known to have no more, without having said so
 */
public record LoopbackCounts(long links, long timedOut, long stray, long wrong, long repaired, long lost) {}
