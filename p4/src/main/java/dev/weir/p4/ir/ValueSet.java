package dev.weir.p4.ir;

import java.util.List;

/**
 * Values that the control plane adds and takes away while packets flow, for {@link Instruction.Contains}. A member has a match for each field.
 *
 * @param fields at most one of the kind lpm
 * @param size how many members there can be
 */
public record ValueSet(String name, List<MatchField> fields, int size) {
    public ValueSet {
        fields = List.copyOf(fields);
    }
}
