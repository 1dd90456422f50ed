package dev.weir.cli.ctl;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The whole terminal, on its alternate screen, with its keys; {@link #close} gives it back as it was, also at the end of a process
 * that a signal ends. One thread draws and asks for keys; another one reads them.
 */
final class Screen implements AutoCloseable {
    /** What {@link #key} gives where none was pressed: in that time, or because the size is another one, or input has ended. */
    static final int NONE = -1, RESIZED = -2, ENDED = -3;

    private static final String ENTER = "\033[?1049h\033[?25l\033[?7l", LEAVE = "\033[?7h\033[?25h\033[?1049l";
    private static final String HOME = "\033[H", CLEAR_LINE = "\033[K";
    private static final int ESCAPE = 27;

    private final OutputStream out;
    private final TerminalMode mode;
    private final LinkedBlockingQueue<Integer> keys = new LinkedBlockingQueue<>();
    private final Thread giveBack = new Thread(this::restore, "weir-screen");
    private boolean closed;

    /** Takes the terminal over. Fails when there is none. */
    Screen(OutputStream out) throws IOException {
        this.out = out;
        this.mode = TerminalMode.keys();
        Runtime.getRuntime().addShutdownHook(giveBack);
        write(ENTER);
        Thread.ofPlatform().daemon().name("weir-keys").start(this::read);
    }

    /** Asks for the screen to be drawn anew, since its size is another one. Any thread. */
    void resized() {
        keys.add(RESIZED);
    }

    /** Waits for a key, so long at the most. */
    int key(long millis) {
        try {
            Integer key = keys.poll(millis, TimeUnit.MILLISECONDS);
            return key == null ? NONE : key;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return ENDED;
        }
    }

    /** Shows these lines, as many as the screen has, none longer than it is wide. */
    void draw(List<String> lines) throws IOException {
        StringBuilder frame = new StringBuilder(HOME);
        for (int i = 0; i < lines.size(); i++) {
            frame.append(i == 0 ? "" : "\r\n").append(CLEAR_LINE).append(lines.get(i));
        }
        write(frame.toString());
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Sequences that cursor and function keys send are read over. */
    private void read() {
        try (InputStream in = new FileInputStream(FileDescriptor.in)) {
            for (int key = in.read(); key >= 0; key = in.read()) {
                if (key == ESCAPE) {
                    in.skipNBytes(in.available());
                } else {
                    keys.add(key);
                }
            }
        } catch (IOException _) {
            // as if it had ended
        }
        keys.add(ENDED);
    }

    private synchronized void restore() {
        if (closed) {
            return;
        }
        closed = true;
        mode.close();
        try {
            write(LEAVE);
        } catch (IOException _) {
            // there is no terminal any more
        }
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(giveBack);
        } catch (IllegalStateException _) {
            // the process is ending; it has run
        }
    }
}
