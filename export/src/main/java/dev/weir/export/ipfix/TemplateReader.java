package dev.weir.export.ipfix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads sets of templates, and of templates of options, into a domain. One thread. */
final class TemplateReader {
    /** No template has more fields: in fewer octets than a message none fits. */
    private static final int ENTERPRISE_BIT = 0x8000, FIRST_ID = 256;

    private final ReceiveCounters counters;
    private final List<Integer> added = new ArrayList<>();

    TemplateReader(ReceiveCounters counters) {
        this.counters = counters;
    }

    /** Which templates the last {@link #read} has put. */
    List<Integer> added() {
        return added;
    }

    void read(byte[] octets, int from, int end, FlowVersion version, boolean options, ReceivedDomain domain) {
        added.clear();
        int at = from;
        while (at >= 0 && end - at >= 4) {
            if (Octets.get16(octets, at) == 0) {
                return; // padding
            }
            at = version == FlowVersion.IPFIX
                    ? readIpfix(octets, at, end, options, domain)
                    : readV9(octets, at, end, options, domain);
        }
        if (at < 0) {
            counters.badTemplate++;
        }
    }

    private int readIpfix(byte[] octets, int at, int end, boolean options, ReceivedDomain domain) {
        int id = Octets.get16(octets, at), count = Octets.get16(octets, at + 2);
        if (count == 0) {
            withdraw(id, options, domain);
            return at + 4;
        }
        if (!options) {
            return readFields(octets, at + 4, end, id, 0, count, false, true, domain);
        }
        if (end - at < 6) {
            return -1;
        }
        int scopes = Octets.get16(octets, at + 4);
        return scopes == 0 || scopes > count ? -1 : readFields(octets, at + 6, end, id, 0, count, true, true, domain);
    }

    /** A template whose id is that of its kind of set stands for all of them (RFC 7011 section 8.1). */
    private static void withdraw(int id, boolean options, ReceivedDomain domain) {
        if (id == FlowVersion.IPFIX.templateSet || id == FlowVersion.IPFIX.optionsSet) {
            domain.withdrawAll(options);
        } else {
            domain.withdraw(id);
        }
    }

    private int readV9(byte[] octets, int at, int end, boolean options, ReceivedDomain domain) {
        int id = Octets.get16(octets, at), second = Octets.get16(octets, at + 2);
        if (!options) {
            return readFields(octets, at + 4, end, id, 0, second, false, false, domain);
        }
        if (end - at < 6) {
            return -1;
        }
        int others = Octets.get16(octets, at + 4);
        return second % 4 != 0 || others % 4 != 0
                ? -1
                : readFields(octets, at + 6, end, id, second / 4, (second + others) / 4, true, false, domain);
    }

    /** @param scopes how many of the first fields are scopes of NetFlow v9, whose numbers are no elements'
     * @return where the template ends; -1 when it does not fit or cannot be */
    private int readFields(
            byte[] octets,
            int from,
            int end,
            int id,
            int scopes,
            int count,
            boolean options,
            boolean enterprises,
            ReceivedDomain domain) {
        if (id < FIRST_ID || count == 0 || count > (end - from) / 4) {
            return -1;
        }
        int[] fields = new int[count], lengths = new int[count];
        int at = from;
        for (int i = 0; i < count; i++) {
            if (end - at < 4) {
                return -1;
            }
            int element = Octets.get16(octets, at), enterprise = 0;
            lengths[i] = Octets.get16(octets, at + 2);
            at += 4;
            if (enterprises && (element & ENTERPRISE_BIT) != 0) {
                if (end - at < 4) {
                    return -1;
                }
                enterprise = Octets.get32(octets, at);
                at += 4;
                element &= ~ENTERPRISE_BIT;
            }
            fields[i] = i < scopes ? Slot.NOTHING : Slot.of(element, enterprise, lengths[i]);
        }
        ReceivedTemplate template = new ReceivedTemplate(options, fields, variable(lengths, enterprises));
        if (template.leastOctets == 0) {
            return -1; // its records would never end
        }
        if (domain.put(id, template)) {
            counters.templates++;
            added.add(id);
        } else {
            counters.refusedTemplates++;
        }
        return at;
    }

    /** NetFlow v9 knows no variable lengths: there it is only a number that no record reaches. */
    private static int[] variable(int[] lengths, boolean ipfix) {
        return ipfix
                ? lengths
                : Arrays.stream(lengths)
                        .map(length -> length == Element.VARIABLE_LENGTH ? length - 1 : length)
                        .toArray();
    }
}
