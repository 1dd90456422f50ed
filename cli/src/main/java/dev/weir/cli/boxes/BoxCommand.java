package dev.weir.cli.boxes;

import dev.weir.cli.CommandException;
import dev.weir.cli.Quantities;
import dev.weir.cli.Signals;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Json;
import dev.weir.cli.ctl.Options;
import dev.weir.wire.PortException;
import dev.weir.wire.linux.PacketPort;
import dev.weir.wire.linux.PacketPortOptions;
import dev.weir.wire.linux.Segments;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A command that runs a {@link Box} on an interface, in the foreground until it is asked to end, and prints its figures then. */
abstract class BoxCommand implements Callable<Integer> {
    static final String DURATION = "--duration", PRINT = "--print", JSON = "--json";

    private static final int FRAMES = 4096;

    final CommandSpec spec;
    final BoxOptions options;
    final Streams streams;

    BoxCommand(Streams streams, String name, String[] description, String... examples) {
        this.streams = streams;
        spec = CommandSpec.wrapWithoutInspection(this).name(name);
        options = new BoxOptions(spec);
        spec.usageMessage()
                .description(description)
                .sortOptions(false)
                .synopsisHeading("Usage: ")
                .optionListHeading("%nOptions:%n")
                .footerHeading(examples.length == 1 ? "%nExample:%n" : "%nExamples:%n")
                .footer(examples);
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("INTERFACE")
                .arity("1")
                .required(true)
                .type(String.class)
                .description("The network interface; needs root or CAP_NET_RAW.")
                .build());
    }

    /** The options that all boxes have, behind their own. */
    final void addCommon() {
        BoxOptions.add(spec, "T", "End after so long: 90s, 5m. Default: never.", DURATION);
        BoxOptions.add(spec, "N", "Print the first N packets that it sees, a line each.", PRINT);
        spec.addOption(Options.flag("Print packets and figures in JSON, an object a line.", "-j", JSON));
        spec.addOption(Options.flag("With an error, print the stack trace too.", "--debug"));
        spec.addOption(OptionSpec.builder("-h", "--help")
                .arity("0")
                .type(boolean.class)
                .description("Show this help.")
                .usageHelp(true)
                .build());
    }

    public final CommandSpec spec() {
        return spec;
    }

    /**
     * Makes the box from what was said.
     *
     * @param port the interface, open
     * @param text prints packets
     */
    abstract Box box(PacketPort port, FrameText text) throws CommandException;

    /** For how long it runs at the most. */
    long mostNanos() throws CommandException {
        return options.time(DURATION, "never");
    }

    /** What to say of it when it runs. */
    abstract String running(Box box);

    /** The exit status of one that has ended. */
    abstract int status(Box box, boolean interrupted, PrintStream err);

    @Override
    public final Integer call() throws CommandException {
        String name = spec.positionalParameters().getFirst().getValue();
        long nanos = mostNanos();
        long most = options.number(PRINT, 0, 0, Long.MAX_VALUE / 10);
        boolean json = options.has(JSON);
        PrintStream out = new PrintStream(streams.out(), true, StandardCharsets.UTF_8);
        PacketPortOptions how = PacketPortOptions.defaults().withFrames(FRAMES).withSegments(Segments.REFUSE);
        try (PacketPort port = PacketPort.open(name, how)) {
            Box box = box(port, new FrameText(out, json, most));
            try {
                return run(name, port, box, nanos, out, json);
            } finally {
                if (box instanceof AutoCloseable open) close(open);
            }
        } catch (PortException e) {
            throw CommandException.failed(spec.name() + ": " + e.getMessage(), e);
        } catch (OutOfMemoryError e) {
            throw CommandException.failed(
                    spec.name() + ": not enough memory: " + e.getMessage() + "; give smaller numbers", e);
        }
    }

    private int run(String name, PacketPort port, Box box, long nanos, PrintStream out, boolean json)
            throws PortException {
        BoxProgress progress = new BoxProgress(streams, box);
        BoxLoop loop = new BoxLoop(
                port, box, change -> streams.err().println("weir: " + spec.name() + ": " + change), progress::show);
        if (streams.interruption().isOfProcess()) {
            Signals.handle("INT", loop::stop);
            Signals.handle("TERM", loop::stop);
        }
        streams.interruption().onRequest(loop::stop);
        streams.err().println("weir: " + spec.name() + ": running on " + name + ": " + running(box));
        loop.run(nanos);
        progress.erase();
        print(box.figures(), out, json);
        return status(box, loop.isStopped(), streams.err());
    }

    private void print(Map<String, Long> figures, PrintStream out, boolean json) {
        if (json) {
            Json line = new Json().text("event", spec.name());
            figures.forEach((name, value) -> line.number(name.replace('-', '_'), value));
            out.println(line);
        } else {
            StringBuilder line = new StringBuilder(spec.name()).append(':');
            figures.forEach(
                    (name, value) -> line.append(' ').append(name).append('=').append(value));
            out.println(line);
        }
        out.flush();
    }

    private static void close(AutoCloseable open) throws CommandException {
        try {
            open.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw CommandException.failed(String.valueOf(e.getMessage()), e);
        }
    }

    /** What it has done so far, for a person who waits. */
    private static final class BoxProgress {
        private static final String ERASE = "\r\033[K";

        private final Streams streams;
        private final Box box;
        private final long begun = System.nanoTime();
        private boolean painted;

        BoxProgress(Streams streams, Box box) {
            this.streams = streams;
            this.box = box;
        }

        void show() {
            if (!streams.terminal().err()) return;
            Map.Entry<String, Long> first = box.figures().entrySet().iterator().next();
            double seconds = (System.nanoTime() - begun) / 1e9;
            streams.err()
                    .print(ERASE + first.getKey() + " " + Quantities.count(first.getValue()) + ", "
                            + Quantities.rate(first.getValue(), seconds));
            streams.err().flush();
            painted = true;
        }

        void erase() {
            if (painted) streams.err().print(ERASE);
        }
    }
}
