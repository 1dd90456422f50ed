package dev.weir.cli.ctl;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import dev.weir.cli.CommandException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What a failed call means to whoever made it: one line, and whether it was wrong usage. */
final class Failures {
    private Failures() {}

    /**
     * Tells it.
     *
     * @param subject what was asked about; may be empty
     * @param seconds how long was waited, for a call that took too long
     */
    static CommandException of(StatusRuntimeException e, Server server, String subject, double seconds) {
        Status status = e.getStatus();
        String said = status.getDescription() == null ? "" : status.getDescription();
        return switch (status.getCode()) {
            case UNAVAILABLE -> CommandException.failed(unavailable(status, server, said), e);
            case DEADLINE_EXCEEDED ->
                CommandException.failed(
                        server + ": no answer within " + plain(seconds)
                                + " s; is the daemon overloaded? --timeout waits longer",
                        e);
            case UNAUTHENTICATED ->
                CommandException.failed(
                        server + ": does not know who asks: token or certificate are missing or wrong; "
                                + "give --token-file, or --cert and --key",
                        e);
            case PERMISSION_DENIED ->
                CommandException.failed(
                        server + ": not allowed" + after(": ", said) + "; ask with a token of a higher role", e);
            case INVALID_ARGUMENT, OUT_OF_RANGE -> CommandException.usage(violations(e, subject, said));
            case NOT_FOUND, FAILED_PRECONDITION, ALREADY_EXISTS, ABORTED ->
                CommandException.failed(violations(e, subject, said), e);
            case RESOURCE_EXHAUSTED ->
                CommandException.failed(server + ": refused" + after(": ", said) + "; ask less often, or for less", e);
            case UNIMPLEMENTED ->
                CommandException.failed(
                        server + ": does not know this call" + after(": ", said)
                                + "; is it a weir daemon, of a version like this one's?",
                        e);
            default ->
                CommandException.failed(
                        server + ": failed" + after(": ", said) + " (" + status.getCode()
                                + "); the daemon's log may say more",
                        e);
        };
    }

    private static String after(String mark, String text) {
        return text.isEmpty() ? "" : mark + text;
    }

    private static String plain(double seconds) {
        return seconds == Math.rint(seconds) ? Long.toString((long) seconds) : Double.toString(seconds);
    }

    /** The innermost cause tells why there is no connection. */
    private static String unavailable(Status status, Server server, String said) {
        Throwable cause = innermost(status.getCause());
        String message = cause == null ? said : String.valueOf(cause.getMessage());
        String start = "; start one with weir run, or say where it is with --server";
        if (server instanceof Server.Unix) {
            return switch (message) {
                case "No such file or directory" -> server + ": no daemon listens here: no such socket" + start;
                case "Connection refused" -> server + ": no daemon listens here any more: connection refused" + start;
                case "Permission denied" ->
                    server
                            + ": permission denied: the socket is for the daemon's own user; ask as that one, or with sudo";
                default -> server + ": no answer: " + message + start;
            };
        }
        return switch (cause) {
            case UnknownHostException _ -> server + ": no such host; correct the name given with --server";
            case ConnectException _ -> server + ": no daemon listens there: " + message + start;
            case SSLException _ ->
                server + ": no trusted connection: " + message
                        + "; --ca names the certificate that the daemon's one leads to";
            case null, default ->
                server + ": no answer: " + message + "; is it a weir daemon, with TLS or without as said?";
        };
    }

    private static @Nullable Throwable innermost(@Nullable Throwable thrown) {
        Throwable cause = thrown;
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The fields at fault where the daemon names them, else what it says. */
    private static String violations(StatusRuntimeException e, String subject, String said) {
        List<String> lines = new ArrayList<>();
        com.google.rpc.Status details = StatusProto.fromThrowable(e);
        if (details != null) {
            for (Any detail : details.getDetailsList()) {
                try {
                    if (detail.is(BadRequest.class)) {
                        detail.unpack(BadRequest.class)
                                .getFieldViolationsList()
                                .forEach(fault -> lines.add(word(fault.getField()) + ": " + fault.getDescription()));
                    }
                } catch (InvalidProtocolBufferException _) {
                    // what the daemon said in words is told
                }
            }
        }
        String named = subject.isEmpty() ? said : subject + ": " + said;
        return lines.isEmpty() ? named : String.join("\nweir: ", lines);
    }

    /** Fields of requests as the command line calls them. */
    private static String word(String field) {
        return switch (field) {
            case "key", "key.text", "change.key", "change.key.text" -> "KEY";
            case "filter" -> "FILTER";
            case "order_by" -> "--sort";
            case "page_size", "limit" -> "--limit";
            case "change.lifetime", "change.lifetime.idle" -> "lifetime";
            case "change.lifetime.aging_profile" -> "aging-profile";
            case "change.infos" -> "infos";
            case "change.ctx_id" -> "ctx-id";
            case "change.forward_chain" -> "forward-chain";
            case "change.reverse_chain" -> "reverse-chain";
            case "ports" -> "--port";
            case "chains" -> "--chain";
            case "rules" -> "--rules";
            case "max_flows" -> "max-flows";
            case "interface" -> "intf";
            case "next_node" -> "next-node";
            default -> field;
        };
    }
}
