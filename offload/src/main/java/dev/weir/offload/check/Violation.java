package dev.weir.offload.check;

/** A rule that a model breaks: where, why, and what to do. */
public record Violation(ModelRule rule, String place, String reason) {
    @Override
    public String toString() {
        return rule + ": " + place + ": " + reason;
    }
}
