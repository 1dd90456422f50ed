package dev.weir.p4.ir;

/**
 * What a {@link Match} of an entry or of a member of a set is about.
 *
 * @param name what the control plane calls it: any text without quotes, backslashes and control characters
 */
public record MatchField(String name, Table.MatchKind kind, int width) {
    boolean hasName() {
        return name.chars().noneMatch(c -> c == '"' || c == '\\' || c < ' ');
    }
}
