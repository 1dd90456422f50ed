package dev.weir.export.ipfix;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Reads messages of IPFIX (RFC 7011, 5103), NetFlow v9 (RFC 3954) and v5, and passes the flow records in them to a sink. Templates are kept by sender
 * and observation domain. What comes before its template waits for it, within bounds; elements that say nothing of a {@link FlowRecord} are
 * passed over; records of options are counted, and read for when the sender began.
 *
 * <p>Octets may come from anybody: every length is checked, what does not fit is counted by kind and ends the set or the message. One thread;
 * allocates for templates and waiting sets, not for a record. Fails as the sink does.
 */
public final class MessageReader {
    /** A sender's address space of templates. */
    private record Key(Object sender, int version, int domain) {}

    static final int MOST_DOMAINS = 4096;

    private static final int V5 = 5, V9 = 9, IPFIX = 10, SET_HEADER = 4, FIRST_DATA_SET = 256;
    private static final int V5_HEADER = 24, V5_RECORD = 48;
    private static final long MILLI = 1_000_000L, SECOND = 1_000_000_000L;

    private final RecordSink sink;
    private final ReceiveCounters counters = new ReceiveCounters();
    private final ReceivedFlow flow = new ReceivedFlow();
    private final SequencedMap<Key, ReceivedDomain> domains = new LinkedHashMap<>(16, 0.75f, true);
    private final ReceivedDomain.Memory memory = new ReceivedDomain.Memory();
    private final TemplateReader templates = new TemplateReader(counters);

    /** Of the message that is read: data records so far; -1 when a set's template was not there. */
    private long dataRecords;

    private long exported, boot, uptime;

    public MessageReader(RecordSink sink) {
        this.sink = sink;
    }

    public ReceiveCounters counters() {
        return counters;
    }

    /** Forgets what a sender, who is gone, has said. */
    public void forget(Object sender) {
        domains.entrySet().removeIf(entry -> {
            boolean gone = entry.getKey().sender().equals(sender);
            if (gone) {
                leave(entry.getValue());
            }
            return gone;
        });
    }

    /** Reads one message, the {@code length} octets from {@code at}. */
    public void read(byte[] octets, int at, int length, Object sender) throws IOException {
        if (length < 2) {
            counters.badLength++;
            return;
        }
        switch (Octets.get16(octets, at)) {
            case IPFIX -> readIpfix(octets, at, length, sender);
            case V9 -> readV9(octets, at, length, sender);
            case V5 -> readV5(octets, at, length, sender);
            default -> counters.badVersion++;
        }
    }

    private void readIpfix(byte[] octets, int at, int length, Object sender) throws IOException {
        if (length < FlowVersion.IPFIX.headerOctets
                || Octets.get16(octets, at + 2) > length
                || Octets.get16(octets, at + 2) < FlowVersion.IPFIX.headerOctets) {
            counters.badLength++;
            return;
        }
        counters.messages++;
        ReceivedDomain domain = domain(sender, IPFIX, Octets.get32(octets, at + 12));
        exported = Octets.getUnsigned32(octets, at + 4) * SECOND;
        boot = domain.init;
        uptime = -1;
        flow.message(exported, boot, uptime);
        dataRecords = 0;
        int end = at + Octets.get16(octets, at + 2);
        readSets(octets, at + FlowVersion.IPFIX.headerOctets, end, FlowVersion.IPFIX, domain);
        domain.sequence(Octets.get32(octets, at + 8), dataRecords, counters);
    }

    private void readV9(byte[] octets, int at, int length, Object sender) throws IOException {
        if (length < FlowVersion.V9.headerOctets) {
            counters.badLength++;
            return;
        }
        counters.messages++;
        ReceivedDomain domain = domain(sender, V9, Octets.get32(octets, at + 16));
        exported = Octets.getUnsigned32(octets, at + 8) * SECOND;
        uptime = Octets.getUnsigned32(octets, at + 4);
        boot = exported - uptime * MILLI;
        flow.message(exported, boot, uptime);
        dataRecords = 0;
        readSets(octets, at + FlowVersion.V9.headerOctets, at + length, FlowVersion.V9, domain);
        domain.sequence(Octets.get32(octets, at + 12), 1, counters);
    }

    private void readV5(byte[] octets, int at, int length, Object sender) throws IOException {
        int count = length < V5_HEADER ? 0 : Octets.get16(octets, at + 2);
        if (length < V5_HEADER || length < V5_HEADER + count * V5_RECORD) {
            counters.badLength++;
            return;
        }
        counters.messages++;
        ReceivedDomain domain = domain(sender, V5, Octets.get16(octets, at + 20));
        exported = Octets.getUnsigned32(octets, at + 8) * SECOND + Octets.getUnsigned32(octets, at + 12);
        uptime = Octets.getUnsigned32(octets, at + 4);
        boot = exported - uptime * MILLI;
        flow.message(exported, boot, uptime);
        for (int i = 0; i < count; i++) {
            flow.clear();
            NetflowV5.LAYOUT.read(octets, at + V5_HEADER + i * V5_RECORD, at + length, flow);
            give();
        }
        domain.sequence(Octets.get32(octets, at + 16), count, counters);
    }

    private ReceivedDomain domain(Object sender, int version, int number) {
        Key key = new Key(sender, version, number);
        ReceivedDomain domain = domains.get(key);
        if (domain == null) {
            domain = new ReceivedDomain(memory);
            domains.put(key, domain);
            if (domains.size() > MOST_DOMAINS) {
                counters.forgottenDomains++;
                leave(domains.pollFirstEntry().getValue());
            }
        }
        return domain;
    }

    private void leave(ReceivedDomain domain) {
        counters.waitingSets -= domain.waitingSets();
        counters.lostSets += domain.waitingSets();
        domain.leave();
    }

    private void readSets(byte[] octets, int from, int end, FlowVersion version, ReceivedDomain domain)
            throws IOException {
        int at = from;
        while (end - at >= SET_HEADER) {
            int id = Octets.get16(octets, at), length = Octets.get16(octets, at + 2);
            if (length < SET_HEADER || length > end - at) {
                counters.badSet++;
                dataRecords = -1;
                return;
            }
            int begin = at + SET_HEADER, stop = at + length;
            if (id == version.templateSet || id == version.optionsSet) {
                boolean options = id == version.optionsSet;
                templates.read(octets, begin, stop, version, options, domain);
                for (int each : templates.added()) {
                    readWaiting(each, domain);
                }
            } else if (id >= FIRST_DATA_SET) {
                readData(octets, begin, stop, id, domain);
            } else {
                counters.badSet++;
            }
            at = stop;
        }
        if (at < end) {
            counters.badSet++;
        }
    }

    private void readData(byte[] octets, int from, int end, int id, ReceivedDomain domain) throws IOException {
        ReceivedTemplate template = domain.template(id);
        if (template == null) {
            byte[] copy = java.util.Arrays.copyOfRange(octets, from, end);
            int lost = domain.keep(new ReceivedDomain.WaitingSet(id, copy, exported, boot, uptime));
            counters.waitingSets += 1 - lost;
            counters.lostSets += lost;
            dataRecords = -1;
            return;
        }
        long read = readRecords(octets, from, end, template, domain);
        dataRecords = dataRecords < 0 || read < 0 ? -1 : dataRecords + read;
    }

    private void readWaiting(int id, ReceivedDomain domain) throws IOException {
        ReceivedTemplate template = domain.template(id);
        for (ReceivedDomain.WaitingSet set : domain.take(id)) {
            counters.waitingSets--;
            if (template != null) {
                flow.message(set.exported, set.boot, set.uptime);
                readRecords(set.octets, 0, set.octets.length, template, domain);
            }
        }
        flow.message(exported, boot, uptime);
    }

    /** How many records there were; -1 when one did not fit. */
    private long readRecords(byte[] octets, int from, int end, ReceivedTemplate template, ReceivedDomain domain)
            throws IOException {
        int at = from;
        long read = 0;
        while (end - at >= template.leastOctets) { // what is shorter is padding
            flow.clear();
            int next = template.read(octets, at, end, flow);
            if (next < 0) {
                counters.badRecord++;
                return -1;
            }
            at = next;
            read++;
            if (template.options) {
                readOptions(domain);
            } else {
                give();
            }
        }
        return read;
    }

    private void readOptions(ReceivedDomain domain) {
        counters.optionsRecords++;
        long init = flow.init();
        if (init != Long.MIN_VALUE) {
            domain.init = init;
            boot = uptime < 0 ? init : boot;
            flow.message(exported, boot, uptime);
        }
    }

    private void give() throws IOException {
        FlowRecord record = flow.record();
        if (record == null) {
            counters.withoutAddresses++;
        } else {
            counters.records++;
            sink.accept(record);
        }
    }
}
