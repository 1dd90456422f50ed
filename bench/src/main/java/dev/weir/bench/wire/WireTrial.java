package dev.weir.bench.wire;

/**
 * What came of one stream of frames.
 *
 * @param sent frames that the kernel took
 * @param seconds in which they were sent
 * @param received of these, at the sink
 * @param reordered received behind a later one of the same flow
 * @param sinkDropped that arrived but did not find room at the sink: the measurement's fault, not the subject's
 * @param latency from before a frame was handed to the kernel until the kernel had it at the sink
 */
record WireTrial(long sent, double seconds, long received, long reordered, long sinkDropped, LatencyHistogram latency) {
    /** Negative when frames came twice. */
    long lost() {
        return sent - received;
    }

    /** Frames a second. */
    double offeredRate() {
        return sent / seconds;
    }

    double receivedRate() {
        return received / seconds;
    }
}
