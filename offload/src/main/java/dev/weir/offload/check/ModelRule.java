package dev.weir.offload.check;

import java.util.Locale;

/** What a model has to keep to. */
public enum ModelRule {
    ZERO_UID,
    REPEATED_UID,
    NO_NAME,
    UNKNOWN_HEADER,
    UNKNOWN_FIELD,
    UNKNOWN_INSTANCE,
    UNKNOWN_ACTION,
    UNKNOWN_TABLE,
    UNKNOWN_NODE,
    REPEATED_COLUMN,
    VARIABLE_WIDTH,
    WRONG_WIDTH,
    WRONG_MASK,
    NO_MASK_TYPE,
    NO_TYPE,
    UNKNOWN_FLAGS,
    LOOP;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
