package dev.weir.server.programs;

import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.control.ProgramText;
import dev.weir.p4.tc.PortNames;
import dev.weir.p4.tc.TemplateStore;
import dev.weir.p4.tc.TemplateStore.TemplateException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Puts programs that were loaded in another run to where they were, before a data plane is started; those that cannot be there are left out, whatever was read. One
 * thread.
 */
public final class Resuming {
    private final Programs programs;
    private final Map<String, String> leftOut = new LinkedHashMap<>();
    private final List<String> told = new ArrayList<>();
    private int resumed;

    public Resuming(Programs programs) {
        this.programs = programs;
    }

    /** Why a program is not where it was. */
    enum Reason {
        /** The configuration names another one there now. */
        CHANGED("program-changed"),
        /** What it has to do with is not there. */
        UNPLACED("program-without-place"),
        /** It cannot be compiled any more. */
        UNCOMPILED("program-not-compiled"),
        /** Its text was not kept. */
        UNKEPT("program-not-kept");

        private final String word;

        Reason(String word) {
            this.word = word;
        }
    }

    /** A program that stays out. */
    static final class Left extends Exception {
        private static final long serialVersionUID = 1;
        private final Reason reason;

        Left(Reason reason, String why) {
            super(why, null, false, false);
            this.reason = reason;
        }
    }

    /** Has these run where they were, if they can. */
    public void resume(List<LoadedProgram> loaded) {
        resume(loaded, new Recompiling());
    }

    /** @param compiler that has some of them compiled perhaps */
    public void resume(List<LoadedProgram> loaded, Recompiling compiler) {
        compiler.want(LoadedProgram.texts(loaded));
        for (LoadedProgram program : loaded) {
            resume(program, compiler);
        }
    }

    private void resume(LoadedProgram program, Recompiling compiler) {
        try {
            if (programs.resume(program, compiled(program, compiler))) {
                resumed++;
            }
        } catch (Left e) {
            leave(program, e.reason, e.getMessage());
        } catch (RuntimeException e) { // what was read may be anything, and the others are to run
            leave(program, Reason.UNPLACED, "internal error: " + e);
        }
    }

    private void leave(LoadedProgram program, Reason reason, @Nullable String why) {
        leftOut.put(program.node(), reason.word);
        told.add("nodes." + program.node() + ": the program that was loaded is not there: " + why);
    }

    private ProgramImage compiled(LoadedProgram program, Recompiling compiler) throws Left {
        ProgramText text = program.text();
        if (text == null) {
            throw new Left(
                    Reason.UNKEPT,
                    "its text was not kept: it is too long, it had too many templates, or no program can be called so; load it again");
        }
        Recompiling.Compiled compiled = compiler.get(text);
        ProgramImage image = compiled.image();
        if (image == null) {
            throw new Left(
                    Reason.UNCOMPILED, "it cannot be compiled any more: " + compiled.why() + "; load it corrected");
        }
        if (text.templates().isEmpty()) return image;
        PortNames ports = programs.portsToCome();
        try {
            return compiler.run(() -> TemplateStore.instantiate(image, text.templates(), ports));
        } catch (ExecutionException e) {
            throw new Left(Reason.UNCOMPILED, "its templates do not fit it any more: " + why(e) + "; load it again");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Left(Reason.UNCOMPILED, "it was interrupted; load it again");
        }
    }

    private static String why(ExecutionException e) {
        Throwable cause = e.getCause();
        return cause instanceof TemplateException ? String.valueOf(cause.getMessage()) : "internal error: " + cause;
    }

    /** How many run again. */
    public int resumed() {
        return resumed;
    }

    /** Why not, by the nodes of those that do not. */
    public Map<String, String> leftOut() {
        return leftOut;
    }

    /** The same for people, a line each. */
    public List<String> told() {
        return told;
    }
}
