package dev.weir.export.ipfix;

/** A template that somebody sent: what each field is to us, and how long. Immutable. */
final class ReceivedTemplate {
    final boolean options;
    /** By position: a {@link Slot} field; octets, {@link Element#VARIABLE_LENGTH} where each value says. */
    private final int[] fields, lengths;

    /** No data record is shorter. */
    final int leastOctets;

    /** @param fields and lengths are kept, not copied */
    ReceivedTemplate(boolean options, int[] fields, int[] lengths) {
        this.options = options;
        this.fields = fields;
        this.lengths = lengths;
        int least = 0;
        for (int length : lengths) {
            least += length == Element.VARIABLE_LENGTH ? 1 : length;
        }
        this.leastOctets = least;
    }

    /** How many fields it has. */
    int size() {
        return fields.length;
    }

    /**
     * Reads the data record that begins at {@code at} into {@code flow}.
     *
     * @return where it ends; -1 when that is behind {@code end}
     */
    int read(byte[] octets, int at, int end, ReceivedFlow flow) {
        int next = at;
        for (int i = 0; i < fields.length; i++) {
            int length = lengths[i];
            if (length == Element.VARIABLE_LENGTH) {
                if (next >= end) {
                    return -1;
                }
                length = octets[next++] & 0xFF;
                if (length == 255) {
                    if (end - next < 2) {
                        return -1;
                    }
                    length = Octets.get16(octets, next);
                    next += 2;
                }
            }
            if (end - next < length) {
                return -1;
            }
            if (fields[i] != Slot.NOTHING) {
                flow.set(fields[i], octets, next, length);
            }
            next += length;
        }
        return next;
    }
}
