package dev.weir.cli.flowtable;

import dev.weir.api.v1.ChangeTableFlowsRequest;
import dev.weir.api.v1.ChangeTableFlowsRequest.Kind;
import dev.weir.api.v1.ChangeTableFlowsRequest.OnError;
import dev.weir.api.v1.ChangeTableFlowsRequest.Selection;
import dev.weir.api.v1.ChangeTableFlowsResponse;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Options;
import dev.weir.cli.ctl.Session;
import dev.weir.cli.ctl.Verb;
import dev.weir.offload.json.JsonDocuments;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.Flow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code weir flow-table set-flows}, {@code mod-flows}, {@code del-flows}. Long lists go in several calls, unless it is all or nothing. */
final class ChangeVerb extends Verb {
    /** Flows a call; a message of these is far below what daemons take. */
    private static final int CALL = 500;

    private static final String ERRORS = "--errors", SELECT = "--select";

    private final Kind kind;

    ChangeVerb(Streams streams, Kind kind, String name, String description) {
        super(
                streams,
                name,
                description,
                "",
                "Nothing is printed where all was done. Flows that were refused are, where --errors says so, and why the first was.");
        this.kind = kind;
        words(
                "WORDS",
                "2",
                "INTERFACE FILE: the device, and a document of flows in the grammar of flow-table-ctl, - for standard input.");
        own().addOption(Options.text(
                "MODE",
                "When a flow is refused: abort, continue, abort-log, continue-log (log tells refused flows), or atomic, all"
                        + " or nothing. Default: abort-log.",
                ERRORS));
        if (kind == Kind.DELETE) {
            own().addOption(Options.text(
                    "HOW",
                    "What names flows: uid, match (equal matches and priority), or covered (all whose packets are all of"
                            + " those). Default: uid.",
                    SELECT));
        }
        examples(
                "  weir flow-table " + name + " unft0 flows.json",
                "  weir flow-table get-flows unft0 | weir flow-table " + name + " --errors atomic unft1 -");
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        String file = words().get(1);
        OnError errors = choice(ERRORS, OnError.class, said(ERRORS), OnError.ABORT_LOG);
        Selection selection = choice(SELECT, Selection.class, kind == Kind.DELETE ? said(SELECT) : null, Selection.UID);
        List<Flow> flows = flows(file);
        ChangeTableFlowsRequest.Builder request = ChangeTableFlowsRequest.newBuilder()
                .setInterface(words().getFirst())
                .setKind(kind)
                .setOnError(errors)
                .setSelection(selection);
        List<Flow> told = new ArrayList<>();
        String first = "";
        long refused = 0;
        int step = errors == OnError.ATOMIC ? Math.max(1, flows.size()) : CALL;
        for (int from = 0; from < Math.max(1, flows.size()); from += step) {
            List<Flow> some = flows.subList(from, Math.min(flows.size(), from + step));
            request.setDocument(JsonDocuments.write(new Document.Flows(some)));
            ChangeTableFlowsResponse answer = session.client().flowTables().changeTableFlows(request.build());
            refused += answer.getRefused();
            first = first.isEmpty() ? answer.getFirst() : first;
            if (!answer.getTold().isEmpty()) told.addAll(GetFlowsVerb.flows(session, answer.getTold()));
            if (refused > 0 && errors != OnError.CONTINUE && errors != OnError.CONTINUE_LOG) break;
        }
        if (!told.isEmpty()) session.print(JsonDocuments.write(new Document.Flows(told)));
        if (refused == 0) return CommandException.DONE;
        session.out().flush();
        throw CommandException.failed(file + ": "
                + (refused == 1 ? "a flow was refused" : refused + " flows were refused")
                + (first.isEmpty() ? "; --errors continue-log tells why" : ": " + first));
    }

    private static List<Flow> flows(String file) throws CommandException {
        if (DocumentFile.read(file) instanceof Document.Flows flows) return flows.items();
        throw CommandException.failed(file + ": lists no flows; give a document {\"flows\": [...]}");
    }

    private static <E extends Enum<E>> E choice(String option, Class<E> words, @Nullable String said, E otherwise)
            throws CommandException {
        if (said == null) return otherwise;
        List<String> known = new ArrayList<>();
        for (E each : words.getEnumConstants()) {
            if (each.name().equals("UNRECOGNIZED")) continue;
            String word = each.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (word.equals(said)) return each;
            known.add(word);
        }
        throw CommandException.usage(option + ": '" + said + "' is none of its words; give one of " + known);
    }
}
