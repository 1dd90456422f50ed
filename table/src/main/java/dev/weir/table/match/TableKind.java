package dev.weir.table.match;

import java.util.List;

/** Which table a key needs, by the kinds of its fields. */
public enum TableKind {
    /** All fields are exact: {@link ExactTable}. */
    EXACT,
    /** One field is matched by its longest prefix, all others are exact: {@link LpmTable}. */
    LPM,
    /** Everything else: {@link TernaryTable}, where priorities decide. */
    TERNARY;

    static TableKind of(List<KeyField> fields) {
        int exact = 0, lpm = 0;
        for (KeyField field : fields) {
            exact += field.kind() == MatchKind.EXACT ? 1 : 0;
            lpm += field.kind() == MatchKind.LPM ? 1 : 0;
        }
        if (exact == fields.size()) {
            return EXACT;
        }
        return lpm == 1 && exact == fields.size() - 1 ? LPM : TERNARY;
    }
}
