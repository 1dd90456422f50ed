package dev.weir.p4.stf;

import dev.weir.p4.source.Diagnostic;
import java.util.List;

/**
 * How a test went.
 *
 * @param packets how many were sent in
 * @param expected how many packets were expected and came
 * @param failures in the order in which they were found
 * @param notes lines that say nothing about this program
 */
public record StfReport(int packets, int expected, List<Failure> failures, List<String> notes) {
    public StfReport {
        failures = List.copyOf(failures);
        notes = List.copyOf(notes);
    }

    /** @param detail lines for a person, each with its end; may be empty */
    public record Failure(Diagnostic what, String detail) {
        public String render() {
            return what.render() + detail;
        }
    }

    public boolean passed() {
        return failures.isEmpty();
    }
}
