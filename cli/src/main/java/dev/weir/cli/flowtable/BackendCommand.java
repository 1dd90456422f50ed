package dev.weir.cli.flowtable;

import dev.weir.cli.CommandException;
import dev.weir.cli.Signals;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Options;
import dev.weir.offload.dataplane.StandardModel;
import dev.weir.offload.loopback.LoopbackBackend;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.Model;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code weir flow-table backend}: the process behind a loopback driver, in the foreground until it is asked to end. */
final class BackendCommand implements Callable<Integer> {
    private static final String SOCKET = "--socket",
            INTERFACE = "--interface",
            PORTS = "--ports",
            WORKERS = "--workers",
            DEBUG = "--debug";

    /** The options that name a part of the model, and what has to be in the file. */
    private static final Map<String, Class<? extends Document>> PARTS = parts();

    private final CommandSpec spec;
    private final Streams streams;
    private final CountDownLatch stop = new CountDownLatch(1);

    BackendCommand(Streams streams) {
        this.streams = streams;
        spec = CommandSpec.wrapWithoutInspection(this).name("backend");
        spec.usageMessage()
                .description(
                        "Carries the flows of a loopback driver: in memory, or as a data plane that forwards packets between ports.",
                        "",
                        "It connects to the driver's socket when that is there, and again when it was lost. SIGTERM and"
                                + " SIGINT end it. In memory the five parts of the model are needed; of a data plane they are"
                                + " those of its own standard model where they are left out.")
                .sortOptions(false)
                .synopsisHeading("Usage: ")
                .optionListHeading("%nOptions:%n")
                .footerHeading("%nExamples:%n")
                .footer(
                        "  weir flow-table backend --socket /run/weir/unft0 --tables tables.json --headers headers.json \\",
                        "    --actions actions.json --header-graph header-graph.json --table-graph table-graph.json",
                        "  sudo weir flow-table backend --socket /run/weir/unft0 --ports left0,right0");
        spec.addOption(Options.text("PATH", "The Unix socket of the driver.", SOCKET));
        PARTS.keySet()
                .forEach(part -> spec.addOption(Options.text(
                        "FILE", "What the devices can: " + part.substring(2).replace('-', ' ') + ".", part)));
        spec.addOption(
                Options.text("N,...", "Numbers of its interfaces; each has flows of its own. Default: 1.", INTERFACE));
        spec.addOption(Options.text(
                "NAME,...", "Network interfaces whose packets the flows forward: ports 1, 2 and so on.", PORTS));
        spec.addOption(Options.text("N", "Threads that forward packets. Default: 1.", WORKERS));
        spec.addOption(Options.flag("With an error, print the stack trace too.", DEBUG));
        spec.addOption(FlowTableCommand.help());
    }

    private static Map<String, Class<? extends Document>> parts() {
        Map<String, Class<? extends Document>> parts = new LinkedHashMap<>();
        parts.put("--tables", Document.Tables.class);
        parts.put("--headers", Document.Headers.class);
        parts.put("--actions", Document.Actions.class);
        parts.put("--header-graph", Document.HeaderGraph.class);
        parts.put("--table-graph", Document.TableGraph.class);
        return parts;
    }

    CommandSpec spec() {
        return spec;
    }

    @Override
    public Integer call() throws CommandException {
        Path socket = socket();
        List<Long> interfaces = numbers(INTERFACE, "1", 0xFFFF_FFFFL);
        String ports = said(PORTS);
        if (ports == null && said(WORKERS) != null) {
            throw CommandException.usage(WORKERS + ": there are no packets without ports; give " + PORTS);
        }
        Model model = model(ports != null);
        listen();
        try (BackendTables tables = ports == null
                ? BackendTables.inMemory(model, interfaces)
                : BackendTables.ofPorts(model, interfaces, List.of(ports.split(",", -1)), workers())) {
            try (LoopbackBackend _ = LoopbackBackend.start(socket, tables.driver())) {
                streams.interruption().onRequest(stop::countDown);
                streams.err().println("weir: backend: running: " + tables.what() + ", socket " + socket);
                stop.await();
            }
            tables.summary().forEach(line -> streams.err().println("weir: backend: " + line));
            return CommandException.DONE;
        } catch (IllegalArgumentException e) {
            throw CommandException.failed("backend: " + e.getMessage(), e);
        } catch (IOException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CommandException.INTERRUPTED;
        }
    }

    private void listen() {
        if (streams.interruption().isOfProcess()) {
            Signals.handle("INT", stop::countDown);
            Signals.handle("TERM", stop::countDown);
        }
    }

    private Path socket() throws CommandException {
        String path = said(SOCKET);
        if (path == null) throw CommandException.usage(SOCKET + ": is missing; give that of the loopback driver");
        try {
            return Path.of(path);
        } catch (InvalidPathException e) {
            throw CommandException.usage(SOCKET + ": '" + path + "' is no path; give that of the loopback driver");
        }
    }

    private int workers() throws CommandException {
        List<Long> workers = numbers(WORKERS, "1", 64);
        if (workers.size() == 1) return (int) (long) workers.getFirst();
        throw CommandException.usage(WORKERS + ": give one number");
    }

    private Model model(boolean hasPorts) throws CommandException {
        List<String> missing =
                PARTS.keySet().stream().filter(part -> said(part) == null).toList();
        if (hasPorts && missing.size() == PARTS.size()) return StandardModel.model();
        if (!missing.isEmpty()) {
            throw CommandException.usage("backend: " + String.join(", ", missing)
                    + ": missing; give all five parts of the model, or " + PORTS);
        }
        Model model = Model.EMPTY;
        for (Map.Entry<String, Class<? extends Document>> part : PARTS.entrySet()) {
            String file = said(part.getKey());
            Document document = DocumentFile.read(file == null ? "" : file);
            if (!part.getValue().isInstance(document)) {
                throw CommandException.failed(
                        part.getKey() + ": " + file + ": is a document of something else; give one of "
                                + part.getKey().substring(2).replace('-', '_'));
            }
            model = model.with(document);
        }
        return model;
    }

    private List<Long> numbers(String option, String otherwise, long greatest) throws CommandException {
        String said = said(option);
        List<Long> numbers = new ArrayList<>();
        for (String word : (said == null ? otherwise : said).split(",", -1)) {
            if (!word.matches("[0-9]{1,10}") || Long.parseLong(word) < 1 || Long.parseLong(word) > greatest) {
                throw CommandException.usage(option + ": '" + word + "' is no number; give 1 to " + greatest);
            }
            if (numbers.contains(Long.valueOf(word))) {
                throw CommandException.usage(option + ": " + word + " is there twice; give each once");
            }
            numbers.add(Long.valueOf(word));
        }
        return numbers;
    }

    private @Nullable String said(String option) {
        return spec.findOption(option).getValue();
    }
}
