package dev.weir.offload.dataplane;

import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Value;
import java.util.List;
import java.util.function.Function;

/** What a flow or a jump asks of a packet: words of a {@link PacketKey} where its masks have ones. Asking for a field asks for its header too. */
final class KeyPattern {
    /** As long as a key. */
    final long[] masks;
    /** Zeros where the masks have some. */
    final long[] values;

    KeyPattern(long[] masks, long[] values) {
        this.masks = masks;
        this.values = values;
    }

    /**
     * @param refs fit their model; those without a value ask for nothing
     * @param fields what they refer to
     */
    static KeyPattern of(List<FieldRef> refs, Function<FieldRef, KeyField> fields) {
        KeyPattern pattern = new KeyPattern(new long[PacketKey.WORDS], new long[PacketKey.WORDS]);
        for (FieldRef ref : refs) pattern.ask(ref, fields.apply(ref));
        for (int i = 0; i < PacketKey.WORDS; i++) pattern.values[i] &= pattern.masks[i];
        return pattern;
    }

    private void ask(FieldRef ref, KeyField field) {
        Value value = ref.value();
        if (value == null) return;
        Value mask = ref.mask() == null ? Value.ones(value.type(), field.width) : ref.mask();
        if (mask.high() == 0 && mask.low() == 0) return;
        field.or(masks, mask);
        field.or(values, value);
        masks[0] |= field.layer.bit;
        values[0] |= field.layer.bit;
    }

    /** How many bits it asks for. */
    int bits() {
        int bits = 0;
        for (long mask : masks) bits += Long.bitCount(mask);
        return bits;
    }

    /** Whether a packet with that key is asked for. */
    boolean holds(long[] key) {
        for (int i = 0; i < masks.length; i++) {
            if ((key[i] & masks[i]) != values[i]) return false;
        }
        return true;
    }
}
