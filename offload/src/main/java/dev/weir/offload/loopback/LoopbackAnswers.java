package dev.weir.offload.loopback;

import dev.weir.offload.check.Fault;
import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.DriverException;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.Flow;
import dev.weir.offload.netlink.HairpinMessage.Answer;
import dev.weir.offload.netlink.NetFlowMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What answers mean, as far as they fit their calls. */
final class LoopbackAnswers {
    private LoopbackAnswers() {}

    /** An answer that does not fit its call: what became of that is uncertain. */
    static final class WrongAnswer extends RuntimeException {
        private static final long serialVersionUID = 1;

        WrongAnswer(String reason) {
            super(reason, null, false, false);
        }

        DriverException failure() {
            return new DriverException(
                    Fault.BACKEND_FAILED,
                    "driver loopback: the backend answers wrongly: " + getMessage() + "; see what it is");
        }
    }

    /** The backend refuses the call as a whole. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient DriverException failure;

        Refused(DriverException failure) {
            super(failure);
            this.failure = failure;
        }

        DriverException failure() {
            return failure;
        }
    }

    static List<Flow> flows(Answer answer, NetFlowMessage asked) {
        List<Flow> flows = listing(answer, asked);
        if (flows == null) throw new WrongAnswer("without the flows that were asked for");
        return flows;
    }

    static BatchResult change(Answer answer, NetFlowMessage asked) {
        List<Flow> told = listing(answer, asked);
        List<Flow> refused = told == null ? List.of() : told;
        if (answer.refused() != refused.size()) throw new WrongAnswer("with other refused flows than it counts");
        for (Flow flow : refused) {
            if (flow.refusal() == null) throw new WrongAnswer("with a refused flow without why");
        }
        return new BatchResult(
                answer.applied(),
                answer.refused(),
                refused.isEmpty() ? null : refused.getFirst().refusal(),
                refused);
    }

    private static @Nullable List<Flow> listing(Answer answer, NetFlowMessage asked) {
        if (answer.command() != asked.command()) throw new WrongAnswer("to another call");
        if (answer.status() != Answer.OK) throw new Refused(failure(answer));
        NetFlowMessage result = answer.result();
        if (result == null) return null;
        if (result.ifindex() != asked.ifindex()) throw new WrongAnswer("for another interface");
        return result.document() instanceof Document.Flows flows ? flows.items() : null;
    }

    private static DriverException failure(Answer answer) {
        Fault fault = switch ((int) answer.status()) {
            case (int) Answer.INVALID -> Fault.BAD_REQUEST;
            case (int) Answer.NOT_SUPPORTED -> Fault.NOT_SUPPORTED;
            default -> Fault.ofNumber(answer.status() - Answer.FAULTS);
        };
        String reason = answer.reason();
        return new DriverException(
                fault == null ? Fault.BACKEND_FAILED : fault,
                reason == null
                        ? "driver loopback: the backend refuses, with status " + answer.status() + "; see what it says"
                        : reason);
    }
}
