package dev.weir.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where results are written: a file, or standard output, which it never closes. Every failure names the place; a reader that went
 * away is told apart, since that is no failure. One thread.
 */
public final class Output extends OutputStream {
    /** Writing failed; the message is a line for a person. */
    public static final class Failure extends IOException {
        private static final long serialVersionUID = 1L;

        /** Whether it is only that nobody reads any more. */
        public final boolean readerGone;

        Failure(String name, IOException cause) {
            super(name + ": " + cause.getMessage() + "; what was written before is not complete", cause);
            this.readerGone = "Broken pipe".equals(cause.getMessage());
        }
    }

    private final String name;
    private final OutputStream out;
    private final boolean closes;

    private Output(String name, OutputStream out, boolean closes) {
        this.name = name;
        this.out = out;
        this.closes = closes;
    }

    public static Output standard(OutputStream out) {
        return new Output("standard output", out, false);
    }

    /** Creates or empties the file; refuses to overwrite one of the sources. */
    static Output file(String name, List<String> sources) throws CommandException {
        try {
            refuseSource(name, sources);
            return new Output(name, new FileOutputStream(name), true);
        } catch (IOException e) {
            throw CommandException.failed(
                    name + ": cannot be written: " + reason(name, e) + "; give another place with -w", e);
        }
    }

    /** Refuses to overwrite one of the sources. */
    static void refuseSource(String name, List<String> sources) throws CommandException, IOException {
        Path path = Path.of(name);
        for (String source : sources) {
            if (!source.equals("-") && Files.exists(path) && Files.isSameFile(path, Path.of(source))) {
                throw CommandException.usage("-w " + name + ": is one of the sources; give another name");
            }
        }
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw new Failure(name, e);
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException e) {
            throw new Failure(name, e);
        }
    }

    @Override
    public void close() throws IOException {
        flush();
        if (closes) {
            try {
                out.close();
            } catch (IOException e) {
                throw new Failure(name, e);
            }
        }
    }

    /** The message of a failed open is {@code NAME (REASON)}. */
    static String reason(String name, IOException e) {
        String message = String.valueOf(e.getMessage());
        String prefix = name + " (";
        return message.startsWith(prefix) && message.endsWith(")")
                ? message.substring(prefix.length(), message.length() - 1)
                : message;
    }
}
