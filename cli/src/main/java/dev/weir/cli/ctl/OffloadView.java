package dev.weir.cli.ctl;

import dev.weir.api.v1.GetOffloadRequest;
import dev.weir.api.v1.GetOffloadResponse;
import dev.weir.api.v1.OffloadPort;
import dev.weir.cli.CommandException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** {@code show offload}: what carries flows below the data plane. */
final class OffloadView {
    private OffloadView() {}

    static int show(Session session) throws IOException {
        GetOffloadResponse offload = session.client().dataplane().getOffload(GetOffloadRequest.getDefaultInstance());
        if (session.json()) {
            session.printLine(json(offload));
        } else if (offload.getDriver().isEmpty()) {
            session.printLine("nothing carries offloaded flows; see 'offload' of the configuration, and the log");
        } else {
            session.print(text(offload));
        }
        return CommandException.DONE;
    }

    /** The numbers, in the order of listings. */
    private static Map<String, Long> numbers(GetOffloadResponse offload) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        numbers.put("flows", offload.getFlows());
        numbers.put("directions", offload.getDirections());
        numbers.put("room", offload.getRoom());
        numbers.put("learning", offload.getLearning());
        numbers.put("congested", offload.getCongested());
        numbers.put("packets", offload.getPackets());
        numbers.put("bytes", offload.getBytes());
        numbers.put("added", offload.getAdded());
        numbers.put("removed", offload.getRemoved());
        return numbers;
    }

    private static Json json(GetOffloadResponse offload) {
        Json json = new Json().text("driver", offload.getDriver());
        json.objects(
                "ports",
                offload.getPortsList().stream()
                        .map(port -> new Json().text("name", port.getName()).text("state", port.getState()))
                        .toList());
        numbers(offload).forEach(json::number);
        return json.decimal("updates_per_second", offload.getUpdatesPerSecond(), 1)
                .numbers("removed_by", offload.getRemovedByMap())
                .numbers("refused", offload.getRefusedMap())
                .numbers("passed_up", offload.getPassedUpMap());
    }

    private static String text(GetOffloadResponse offload) {
        StringBuilder out = new StringBuilder();
        line(out, "driver", offload.getDriver());
        for (OffloadPort port : offload.getPortsList()) {
            line(out, "port " + port.getName(), port.getState());
        }
        numbers(offload).forEach((name, value) -> line(out, name, Long.toUnsignedString(value)));
        line(out, "updates/s", String.format("%.1f", offload.getUpdatesPerSecond()));
        lines(out, "removed ", offload.getRemovedByMap());
        lines(out, "refused ", offload.getRefusedMap());
        lines(out, "passed-up ", offload.getPassedUpMap());
        return out.toString();
    }

    private static void lines(StringBuilder out, String what, Map<String, Long> values) {
        new TreeMap<>(values).forEach((name, value) -> {
            if (value != 0) {
                line(out, what + name, Long.toUnsignedString(value));
            }
        });
    }

    private static void line(StringBuilder out, String name, String value) {
        out.append(String.format("%-30s %s%n", name, value));
    }
}
