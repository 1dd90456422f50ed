package dev.weir.server.api;

import dev.weir.api.v1.LoadProgramRequest;
import dev.weir.api.v1.LoadProgramResponse;
import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.node.MirrorSession;
import dev.weir.p4.run.Rules;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.tc.PortNames;
import dev.weir.server.programs.LoadException;
import dev.weir.server.programs.LoadedProgram;
import dev.weir.server.programs.Placement;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.Recompiling;
import dev.weir.server.programs.SentFiles;
import dev.weir.wire.linux.Niceness;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Programs that are compiled and placed: one at a time, in a thread of its own, so that a large one holds up no other call. Any thread may call.
 */
final class ProgramLoads implements AutoCloseable {
    private static final int MAX_WAITING = 8, MAX_SESSION = 0xFFFF;

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

    private final Programs programs;
    private final TemplateCalls templates;
    private final ThreadPoolExecutor thread;

    ProgramLoads(Programs programs, TemplateCalls templates) {
        this.programs = programs;
        this.templates = templates;
        thread = new ThreadPoolExecutor(
                1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(MAX_WAITING), ProgramLoads::thread);
        thread.allowCoreThreadTimeOut(true);
    }

    private static Thread thread(Runnable work) {
        Runnable behindWorkers = () -> {
            Niceness.set(Niceness.LOWEST_PRIORITY);
            work.run();
        };
        Thread thread = new Thread(null, behindWorkers, "weir-programs", Recompiling.STACK_BYTES);
        thread.setDaemon(true);
        return thread;
    }

    CompletionStage<LoadProgramResponse> load(LoadProgramRequest request) {
        check(request);
        try {
            return CompletableFuture.supplyAsync(() -> loaded(request), thread);
        } catch (RejectedExecutionException e) {
            throw Refusal.exhausted("so many programs wait to be loaded already: " + MAX_WAITING + "; ask again");
        }
    }

    private static void check(LoadProgramRequest request) {
        if (!NAME.matcher(request.getName()).matches()) {
            throw Refusal.field("name", "cannot be a name; take up to 64 letters, digits and '_', no digit first");
        }
        for (String macro : request.getDefinesMap().keySet()) {
            if (!LoadedProgram.isName(macro)) {
                throw Refusal.field(
                        "defines",
                        "a macro cannot be called so; take up to 128 letters, digits and '_', no digit first");
            }
        }
        if (!SentFiles.canBeCalled(request.getFile())) throw wrongFile("file");
        for (String file : request.getIncludesMap().keySet()) {
            if (!SentFiles.canBeCalled(file)) throw wrongFile("includes");
        }
        for (int session : request.getMirrorSessionsMap().keySet()) {
            if (session < 0 || session > MAX_SESSION) {
                throw Refusal.field("mirror_sessions", "is no number of a session; give 0 to " + MAX_SESSION);
            }
        }
        rules(request.getRules());
    }

    private static Refusal wrongFile(String field) {
        return Refusal.field(
                field, "a file that is sent cannot be called so; give a name that does not begin with '<'");
    }

    private static @Nullable Rules rules(String word) {
        return switch (word) {
            case "" -> null;
            case "p4tc" -> Rules.P4TC;
            case "pna" -> Rules.PNA;
            default -> throw Refusal.field("rules", "there are no such rules; give p4tc, pna, or nothing");
        };
    }

    private LoadProgramResponse loaded(LoadProgramRequest request) {
        String name = request.getName();
        String file = request.getFile().isEmpty() ? name + ".p4" : request.getFile();
        Map<String, String> defines = new LinkedHashMap<>();
        request.getDefinesMap().forEach((macro, value) -> defines.put(macro, value.isEmpty() ? "1" : value));
        Diagnostics diagnostics = new Diagnostics();
        ProgramImage image = ProgramImage.compile(
                name,
                SourceFile.of(file, request.getSource()),
                new SentFiles(request.getIncludesMap()),
                defines,
                rules(request.getRules()),
                diagnostics);
        if (image == null) throw ProgramFaultMessages.refusal(name, diagnostics);
        Placement where = new Placement(
                request.getNode(),
                request.getPortsList(),
                request.getChainsList(),
                MirrorSession.to(request.getMirrorSessionsMap()));
        try {
            Programs.Loaded loaded =
                    programs.load(templates.instantiated(image, new PortNames(programs.portNames())), where);
            return LoadProgramResponse.newBuilder()
                    .setProgram(ProgramMessages.program(programs, loaded.program()))
                    .setReplaced(loaded.replaced() != null)
                    .addAllWarnings(ProgramFaultMessages.all(diagnostics))
                    .build();
        } catch (LoadException e) {
            throw refusal(e, "node");
        }
    }

    /** @param field that names the program or its place */
    static Refusal refusal(LoadException why, String field) {
        return switch (why.kind()) {
            case NO_PROGRAM -> Refusal.notFound(String.valueOf(why.getMessage()));
            case AMBIGUOUS -> Refusal.field(field, String.valueOf(why.getMessage()));
            case EXISTS -> Refusal.exists(String.valueOf(why.getMessage()));
            case CONFIGURATION -> Refusal.configuration(why.faults());
        };
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
