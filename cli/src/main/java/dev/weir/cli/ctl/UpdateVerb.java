package dev.weir.cli.ctl;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.weir.api.v1.FlowChange;
import dev.weir.api.v1.Lifetime;
import dev.weir.api.v1.UpdateFlowRequest;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** {@code update}: changes a flow; what is not named stays untouched. */
final class UpdateVerb extends Verb {
    private static final String LIFETIME = "lifetime", PROFILE = "aging-profile", INFOS = "infos", CTX_ID = "ctx-id";
    private static final String OFFLOADED = "offloaded", NOT_OFFLOADED = "not-offloaded";
    private static final String FORWARD = "forward-chain", REVERSE = "reverse-chain";
    private static final Set<String> NAMES =
            Set.of(LIFETIME, PROFILE, INFOS, CTX_ID, OFFLOADED, NOT_OFFLOADED, FORWARD, REVERSE);
    private static final int MAX_PROFILE = 3, MAX_INFOS = 16;

    UpdateVerb(Streams streams) {
        super(
                streams,
                "update",
                "Changes a flow, and shows it as it is then. What is not named stays untouched.",
                "",
                "After the key come, in any order: lifetime T (90s, 5m, never), aging-profile N (0 to 3), offloaded or "
                        + "not-offloaded, infos HEX (the first octets, up to 16), ctx-id N (the first four of them as a "
                        + "number), forward-chain NAME, reverse-chain NAME.");
        words("KEY CHANGE", "1..*", FlowVerb.KEY);
        examples(
                "  weir ctl update tcp 10.0.0.1:1234 10.0.0.2:80 lifetime 5m offloaded",
                "  weir ctl update 'udp 10.0.0.1:53 > 10.0.0.2:53 tenant 7' infos 00ff ctx-id 0x1f");
    }

    @Override
    protected String subject() {
        return KeyWords.join(key(new Words(words())));
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        UpdateFlowRequest request =
                UpdateFlowRequest.newBuilder().setChange(change(words())).build();
        FlowDetails.print(
                session, session.client().flowTable().updateFlow(request).getFlow());
        return CommandException.DONE;
    }

    static FlowChange change(List<String> words) throws CommandException {
        Words left = new Words(words);
        FlowChange.Builder change = FlowChange.newBuilder().setKey(KeyWords.parse(key(left)));
        if (left.isEmpty()) {
            throw CommandException.usage(
                    "update: nothing to change; add lifetime T, offloaded, infos HEX or another of weir ctl update --help");
        }
        while (!left.isEmpty()) {
            apply(left.take(), left, change);
        }
        if (change.hasInfos() && change.hasCtxId()) {
            throw CommandException.usage(
                    "ctx-id: is the first four octets of infos, which are given too; leave one of them");
        }
        return change.build();
    }

    /** The words up to the first that names a change. */
    private static List<String> key(Words left) {
        List<String> key = new ArrayList<>();
        while (!left.isEmpty() && !NAMES.contains(left.peek())) {
            key.add(left.take());
        }
        return key;
    }

    private static void apply(String name, Words left, FlowChange.Builder change) throws CommandException {
        switch (name) {
            case OFFLOADED -> change.setOffloaded(true);
            case NOT_OFFLOADED -> change.setOffloaded(false);
            case LIFETIME -> change.setLifetime(lifetime(left.valueOf(name, "90s")));
            case PROFILE ->
                change.setLifetime(Lifetime.newBuilder()
                        .setAgingProfile((int) Words.number(name, left.valueOf(name, "1"), 0, MAX_PROFILE)));
            case INFOS -> change.setInfos(infos(left.valueOf(name, "00ff")));
            case CTX_ID -> change.setCtxId((int) Words.number(name, left.valueOf(name, "7"), 0, 0xFFFF_FFFFL));
            case FORWARD -> change.setForwardChain(left.valueOf(name, "NAME"));
            case REVERSE -> change.setReverseChain(left.valueOf(name, "NAME"));
            default ->
                throw CommandException.usage(
                        "update: '" + name + "' is nothing that can be changed; see weir ctl update --help");
        }
    }

    private static Lifetime lifetime(String text) throws CommandException {
        int millis;
        try {
            millis = dev.weir.table.Lifetime.parse(text);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(LIFETIME + ": " + e.getMessage());
        }
        if (millis == dev.weir.table.Lifetime.NEVER) {
            return Lifetime.newBuilder().setNever(true).build();
        }
        long all = Integer.toUnsignedLong(millis);
        Duration idle = Duration.newBuilder()
                .setSeconds(all / 1000)
                .setNanos((int) (all % 1000) * 1_000_000)
                .build();
        return Lifetime.newBuilder().setIdle(idle).build();
    }

    private static ByteString infos(String text) throws CommandException {
        try {
            byte[] octets = HexFormat.of().parseHex(text.startsWith("0x") ? text.substring(2) : text);
            if (octets.length >= 1 && octets.length <= MAX_INFOS) {
                return ByteString.copyFrom(octets);
            }
        } catch (IllegalArgumentException _) {
            // told below
        }
        throw CommandException.usage(
                INFOS + ": '" + text + "' is not 1 to " + MAX_INFOS + " octets; give two hexadecimal digits for each");
    }
}
