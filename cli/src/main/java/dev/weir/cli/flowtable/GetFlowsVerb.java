package dev.weir.cli.flowtable;

import dev.weir.api.v1.ReadTableFlowsRequest;
import dev.weir.api.v1.ReadTableFlowsResponse;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Session;
import dev.weir.cli.ctl.Verb;
import dev.weir.offload.json.JsonDocuments;
import dev.weir.offload.json.JsonFormatException;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.Flow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** {@code weir flow-table get-flows}. */
final class GetFlowsVerb extends Verb {
    GetFlowsVerb(Streams streams) {
        super(
                streams,
                "get-flows",
                "Tells the flows of a device, each as it was set, with what it has seen.",
                "",
                "The answer is JSON in the grammar of flow-table-ctl, which set-flows and del-flows take.");
        words(
                "WORDS",
                "1..4",
                "INTERFACE [TABLE [MIN [MAX]]]: the device, the table's uid, and the least and greatest priority. Default: all.");
        examples("  weir flow-table get-flows unft0", "  weir flow-table get-flows unft0 2 100 199");
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        List<String> words = words();
        ReadTableFlowsRequest.Builder request =
                ReadTableFlowsRequest.newBuilder().setInterface(words.getFirst());
        if (words.size() > 1) request.setTable(number("TABLE", words.get(1)));
        if (words.size() > 2) request.setMinPriority(number("MIN", words.get(2)));
        if (words.size() > 3) request.setMaxPriority(number("MAX", words.get(3)));
        List<Flow> flows = new ArrayList<>();
        Iterator<ReadTableFlowsResponse> answers =
                session.client().flowTableDeviceStreams().readTableFlows(request.build());
        while (answers.hasNext()) flows.addAll(flows(session, answers.next().getDocument()));
        session.print(JsonDocuments.write(new Document.Flows(flows)));
        return CommandException.DONE;
    }

    /** The flows that the daemon lists. */
    static List<Flow> flows(Session session, String document) throws CommandException {
        try {
            return JsonDocuments.read(document) instanceof Document.Flows flows ? flows.items() : List.of();
        } catch (JsonFormatException e) {
            throw CommandException.failed(
                    session.client().server() + ": answers with what is no document: " + e.getMessage()
                            + "; is it a weir daemon, of a version like this one's?",
                    e);
        }
    }

    private static int number(String what, String word) throws CommandException {
        try {
            return Integer.parseUnsignedInt(word);
        } catch (NumberFormatException e) {
            throw CommandException.usage(what + ": '" + word + "' is no number of 32 bits; give 0 to 4294967295");
        }
    }
}
