package dev.weir.cluster.job;

import java.io.Closeable;
import java.io.IOException;

/** Writes what a job makes into a file: elements of octets, each of one or more rows. One thread. */
interface RowWriter extends Closeable {
    void write(byte[] element) throws IOException;
}
