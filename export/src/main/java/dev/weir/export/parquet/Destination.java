package dev.weir.export.parquet;

import java.io.Closeable;
import java.io.IOException;

/** Where the octets of a Parquet file go. One thread. Failures name the place. */
interface Destination extends Closeable {
    /** Octets that stay, behind those before. */
    void append(Octets octets) throws IOException;

    /** Makes everything so far, with this end, what readers see. The end is in the way of nothing: what is appended next takes its place. */
    void publish(Octets end) throws IOException;

    /** Whether {@link #publish} may be called more than once. */
    boolean publishes();

    /** What a publication costs beyond what was appended since the last one and its end, in octets. */
    long extraCost();
}
