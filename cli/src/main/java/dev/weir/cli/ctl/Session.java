package dev.weir.cli.ctl;

import dev.weir.cli.Output;
import dev.weir.cli.Streams;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * One run of a verb: whom it asks, where and how it answers.
 *
 * @param json whether programs read what is printed
 * @param color whether titles are set off
 */
public record Session(Client client, Output out, boolean json, boolean color, Streams streams) {
    public void print(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A line; what nobody reads yet is not held back. */
    public void printLine(Object line) throws IOException {
        print(line + "\n");
    }

    public boolean interrupted() {
        return streams.interruption().requested();
    }
}
