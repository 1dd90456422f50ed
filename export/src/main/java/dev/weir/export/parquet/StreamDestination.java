package dev.weir.export.parquet;

import java.io.IOException;
import java.io.OutputStream;

/** A stream: all octets in their order, once. Readers see a whole file when it is closed. Fails as the stream does. */
final class StreamDestination implements Destination {
    private final OutputStream out;

    StreamDestination(OutputStream out) {
        this.out = out;
    }

    @Override
    public void append(Octets octets) throws IOException {
        octets.writeTo(out);
    }

    @Override
    public void publish(Octets end) throws IOException {
        end.writeTo(out);
        out.flush();
    }

    @Override
    public boolean publishes() {
        return false;
    }

    @Override
    public long extraCost() {
        return 0;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
