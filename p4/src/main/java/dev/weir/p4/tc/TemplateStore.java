package dev.weir.p4.tc;

import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.control.ProgramText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pipelines that {@code p4template} has made: what P4TC keeps in the kernel before a program is instantiated. A pipeline is made of actions, tables and extern instances until it is
 * sealed by {@code state ready}; afterwards it does not change, and a program of its name begins with what it says: sizes, permissions, profiles, default actions, constant entries.
 * Any thread.
 *
 * <pre>
 * create pipeline/P [pipeid N] numtables N     update pipeline/P [numtables N] [state ready]     get|del pipeline/P | pipeline/ pipeid N
 * create action/P/CB/ACT [actid N] [param NAME type T]... [num_prealloc_acts N]     update action/P/CB/ACT state active
 * create table/P/CB/TBL [tblid N] type exact|lpm|ternary keysz BITS [permissions HEX] [tentries N] [nummasks N]
 *        [num_timer_profiles N] [aging MS] [timer_profile id N aging MS]... [pna_direct_counter K/I] [pna_direct_meter K/I]
 *        [table_acts act name A [flags F]...]
 * update table/P/CB/TBL default_miss_action|default_hit_action [permissions HEX] action A [param N V | param N flags runtime]...
 * get|del action|table|extern_inst/P/     del table/P/CB/TBL default_hit_action|default_miss_action
 * create table/P/CB/TBL entry KEY VALUE... [permissions HEX] [action A [param N V]...]
 * create extern/root/KIND extid ID ...     create extern_inst/P/KIND/INST instid N ...
 * </pre>
 *
 * {@code aging} is the lifetime of profile 0, which entries have that name none. {@code pipeid} stands right behind the path.
 */
public final class TemplateStore {
    private static final int MOST_PIPELINES = 32, MOST_KINDS = 64, MOST_SCRIPT = 1 << 22;

    private final Map<String, PipelineTemplate> pipelines = new LinkedHashMap<>();

    /** Kinds of externs, which no pipeline owns. */
    private final Map<String, String> kinds = new LinkedHashMap<>();

    /** The pipeline that the command is about which is being done. */
    private @Nullable PipelineTemplate about;

    /** What is wrong with a script, or with a program for a template. */
    public static final class TemplateException extends Exception {
        private static final long serialVersionUID = 1;

        TemplateException(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Does one command, without {@code p4template} before it.
     *
     * @return what {@code get} shows; empty otherwise
     */
    public synchronized String execute(String line) throws TcFault {
        Words words = Words.of(line);
        about = null;
        Words.Word verb = words.take("create, update, get or del");
        Words.Word path = words.take("a path: pipeline/NAME");
        String[] parts = path.text().split("/", -1);
        return switch (verb.text()) {
            case "create", "update" -> {
                try {
                    change(verb.text().equals("create"), words, path, parts);
                    words.end("there is no such option here");
                } finally {
                    note(line);
                }
                yield "";
            }
            case "del", "delete" -> {
                try {
                    delete(words, path, parts);
                    words.end("nothing follows here");
                } finally {
                    note(line);
                }
                yield "";
            }
            case "get" -> {
                String shown = get(words, path, parts);
                words.end("nothing follows here");
                yield shown;
            }
            default -> throw words.fault(verb, "there is no such command; give create, update, get or del");
        };
    }

    /** Also what was refused, which may have been done in part. */
    private void note(String line) {
        if (about != null) about.note(line);
    }

    private void change(boolean create, Words words, Words.Word path, String[] parts) throws TcFault {
        switch (parts[0]) {
            case "pipeline" -> {
                if (create) {
                    createPipeline(words, path, parts);
                } else {
                    PipelineTemplate pipeline = pipeline(words, path, parts);
                    if (words.is("numtables")) {
                        pipeline.resize(words, path);
                        if (words.isAtEnd()) return;
                    }
                    words.expect("state");
                    words.expect("ready");
                    pipeline.seal(words, path);
                }
            }
            case "action" -> open(words, path, parts).action(create, words, path, rest(words, path, parts));
            case "table" -> open(words, path, parts).table(create, words, path, rest(words, path, parts));
            case "extern" -> kind(words, path, parts);
            case "extern_inst" -> {
                String name = rest(words, path, parts);
                String kind = name.split("/", 2)[0];
                if (!kinds.containsKey(kind)) {
                    throw words.fault(path, "there is no extern " + kind + "; create extern/root/" + kind + " before");
                }
                open(words, path, parts).extern(create, words, path, name);
            }
            default ->
                throw words.fault(
                        path,
                        "it begins with no kind of object; give pipeline, action, table," + " extern or extern_inst");
        }
    }

    private void createPipeline(Words words, Words.Word path, String[] parts) throws TcFault {
        if (parts.length != 2) throw words.fault(path, "it is no pipeline's path; give pipeline/NAME");
        PipelineTemplate.checkName(words, path, parts[1]);
        if (pipelines.containsKey(parts[1])) {
            throw words.fault(path, "there is one already; delete it before, or take another name");
        }
        if (pipelines.size() == MOST_PIPELINES) {
            throw words.fault(path, "there are " + MOST_PIPELINES + " pipelines, as many as there can be; delete one");
        }
        int number = number();
        if (words.accept("pipeid")) {
            number = (int) words.number("the pipeline's number", Integer.MAX_VALUE);
            if (number == 0 || has(number)) throw words.fault(path, "the number " + number + " is taken; give another");
        }
        words.expect("numtables");
        int tables = (int) words.number("how many tables", PipelineTemplate.MOST_TABLES);
        PipelineTemplate made = new PipelineTemplate(parts[1], number, tables);
        made.note("create pipeline/" + parts[1] + " pipeid " + number + " numtables " + tables);
        pipelines.put(parts[1], made);
    }

    /** The first that no pipeline has. */
    private int number() {
        int number = 1;
        while (has(number)) number++;
        return number;
    }

    private boolean has(int number) {
        return pipelines.values().stream().anyMatch(pipeline -> pipeline.number() == number);
    }

    private PipelineTemplate pipeline(Words words, Words.Word path, String[] parts) throws TcFault {
        PipelineTemplate pipeline = parts.length < 2 ? null : pipelines.get(parts[1]);
        if (words.accept("pipeid")) {
            int number = (int) words.number("the pipeline's number", Integer.MAX_VALUE);
            boolean unnamed = parts.length > 1 && parts[1].isEmpty();
            for (PipelineTemplate each : pipelines.values()) {
                if (each.number() == number && (unnamed || each == pipeline)) {
                    about = each;
                    return each;
                }
            }
            pipeline = null;
        }
        if (pipeline == null) {
            throw words.fault(path, "there is no such pipeline; there are " + pipelines.keySet());
        }
        about = pipeline;
        return pipeline;
    }

    /** One that can still be changed. */
    private PipelineTemplate open(Words words, Words.Word path, String[] parts) throws TcFault {
        PipelineTemplate pipeline = pipeline(words, path, parts);
        if (pipeline.isSealed()) {
            throw words.fault(path, "the pipeline is sealed; delete it, and create it anew");
        }
        return pipeline;
    }

    private static String rest(Words words, Words.Word path, String[] parts) throws TcFault {
        if (parts.length < 3) throw words.fault(path, "the path is too short; give KIND/PIPELINE/NAME");
        return String.join("/", List.of(parts).subList(2, parts.length));
    }

    private void kind(Words words, Words.Word path, String[] parts) throws TcFault {
        if (parts.length != 3 || !parts[1].equals("root")) {
            throw words.fault(path, "it is no extern's path; give extern/root/KIND");
        }
        if (TcPipeline.Kind.of(parts[2]) == null) {
            throw words.fault(path, "there is no such extern; give one of " + List.of(TcPipeline.Kind.values()));
        }
        if (kinds.size() == MOST_KINDS) throw words.fault(path, "there are too many kinds of externs");
        words.expect("extid");
        words.take("a number");
        while (!words.isAtEnd()) words.take("an option"); // what follows is known of the kind itself
        kinds.put(parts[2], parts[2]);
    }

    private void delete(Words words, Words.Word path, String[] parts) throws TcFault {
        switch (parts[0]) {
            case "pipeline" -> pipelines.remove(pipeline(words, path, parts).name());
            case "extern" -> {
                if (kinds.remove(parts[parts.length - 1]) == null) throw words.fault(path, "there is no such extern");
            }
            default -> open(words, path, parts).delete(words, path, parts[0], rest(words, path, parts));
        }
    }

    private String get(Words words, Words.Word path, String[] parts) throws TcFault {
        if (parts.length == 2 && parts[0].equals("pipeline") && parts[1].isEmpty() && words.isAtEnd()) {
            StringBuilder out = new StringBuilder();
            pipelines.values().forEach(each -> out.append(each.line()));
            return out.toString();
        }
        PipelineTemplate pipeline = pipeline(words, path, parts);
        return parts.length == 2 ? pipeline.text() : pipeline.text(words, path, parts[0], rest(words, path, parts));
    }

    /**
     * Does the commands of a script, as {@code compile --format template} and {@code purge} make them: lines of {@code $TC p4template}; a backslash at the end of a line joins the next
     * one to it. Lines of other commands of such scripts are passed over.
     *
     * @return how many commands were done
     * @throws TemplateException at the first that cannot be done, which names its line; those before it are done
     */
    public int script(String text) throws TemplateException {
        if (text.length() > MOST_SCRIPT) {
            throw new TemplateException("script: it is longer than " + MOST_SCRIPT + " letters; make it several");
        }
        int done = 0;
        for (Line line : lines(text)) {
            String command = command(line.text);
            if (command == null) continue;
            try {
                execute(command);
            } catch (TcFault e) {
                throw new TemplateException("line " + line.number + ": " + e.render());
            }
            done++;
        }
        return done;
    }

    private record Line(int number, String text) {}

    private static List<Line> lines(String text) {
        List<Line> lines = new ArrayList<>();
        StringBuilder joined = new StringBuilder();
        int begin = 1;
        String[] all = text.split("\n", -1);
        for (int i = 0; i < all.length; i++) {
            String line = all[i].stripTrailing();
            boolean goesOn = line.endsWith("\\");
            joined.append(goesOn ? line.substring(0, line.length() - 1) : line).append(' ');
            if (goesOn && i + 1 < all.length) continue;
            lines.add(new Line(begin, joined.toString().strip()));
            joined.setLength(0);
            begin = i + 2;
        }
        return lines;
    }

    /** What is behind {@code p4template}; null for a line of something else. */
    private static @Nullable String command(String line) {
        if (line.startsWith("#")) return null;
        for (String tool : List.of("$TC p4template ", "tc p4template ", "weir p4 template ", "p4template ")) {
            if (line.startsWith(tool)) return line.substring(tool.length());
        }
        return null;
    }

    /** What makes the pipeline in an empty store; null where that is not known. */
    private @Nullable List<String> commands(PipelineTemplate pipeline) {
        List<String> its = pipeline.commands();
        if (its == null) return null;
        List<String> all = new ArrayList<>();
        kinds.keySet().forEach(kind -> all.add("create extern/root/" + kind + " extid 1"));
        all.addAll(its);
        return all;
    }

    /**
     * A program as the pipeline of its name has it begin that these commands make.
     *
     * @param commands as {@link ProgramText#templates} has them
     * @throws TemplateException when the program does not fit what they make
     */
    public static ProgramImage instantiate(ProgramImage image, List<String> commands, PortNames ports)
            throws TemplateException {
        TemplateStore store = new TemplateStore();
        for (String command : commands) {
            try {
                store.execute(command);
            } catch (TcFault _) {
                // refused when it was given as well
            }
        }
        return store.instantiate(image, ports);
    }

    /** The names of all pipelines. */
    public synchronized List<String> names() {
        return List.copyOf(pipelines.keySet());
    }

    /** The number of a pipeline, which its program has, too; 0 when there is none. */
    public synchronized int number(String name) {
        PipelineTemplate pipeline = pipelines.get(name);
        return pipeline == null ? 0 : pipeline.number();
    }

    /**
     * A program as the pipeline of its name says that it begins; the program itself where there is no such pipeline.
     *
     * @throws TemplateException when the pipeline is not sealed, or the program does not fit it
     */
    public synchronized ProgramImage instantiate(ProgramImage image, PortNames ports) throws TemplateException {
        PipelineTemplate pipeline = pipelines.get(image.name());
        if (pipeline == null) return image;
        if (!pipeline.isSealed()) {
            throw new TemplateException("pipeline/" + image.name() + ": it is not sealed; update it to state ready");
        }
        return new Instantiation(pipeline, image, ports, commands(pipeline)).image();
    }
}
