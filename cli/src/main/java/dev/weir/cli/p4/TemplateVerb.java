package dev.weir.cli.p4;

import dev.weir.api.v1.ApplyTemplatesRequest;
import dev.weir.api.v1.ListTemplatesRequest;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Options;
import dev.weir.cli.ctl.Session;
import dev.weir.cli.ctl.Verb;
import java.io.IOException;
import java.util.List;

/** {@code weir p4 template}: P4TC's {@code p4template}. */
final class TemplateVerb extends Verb {
    private static final String FILE = "-f";

    TemplateVerb(Streams streams) {
        super(
                streams,
                "template",
                "Makes pipelines, tables and actions as P4TC's p4template does; a program of the pipeline's name that is loaded",
                "afterwards begins with what a sealed pipeline says: sizes, permissions, default actions, entries.");
        words("WORDS", "0..*", "create, update, get or del, a path, and what p4template takes behind it.");
        own().addOption(Options.text(
                "SCRIPT", "Do what a script does, as weir p4 compile --format template writes it.", FILE));
        examples(
                "  weir p4 template -f flow_tracker.template",
                "  weir p4 template get pipeline/flow_tracker",
                "  weir p4 template del pipeline/flow_tracker");
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        String file = said(FILE);
        List<String> words = words();
        if ((file == null) == words.isEmpty()) {
            throw CommandException.usage("give a command, or a script with " + FILE);
        }
        if (!words.isEmpty() && words.getFirst().equals("get")) {
            String path = words.size() == 1 ? "" : String.join(" ", words.subList(1, words.size()));
            ListTemplatesRequest request =
                    ListTemplatesRequest.newBuilder().setPath(path).build();
            session.print(session.client().programs().listTemplates(request).getText());
            return CommandException.DONE;
        }
        String script = file == null
                ? "p4template " + String.join(" ", words)
                : SourceOptions.read(file).text();
        var _ = session.client()
                .programs()
                .applyTemplates(
                        ApplyTemplatesRequest.newBuilder().setScript(script).build());
        return CommandException.DONE;
    }
}
