package dev.weir.export.ipfix;

import dev.weir.table.FlowRecord;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes IPFIX (RFC 7011) or NetFlow v9 (RFC 3954) messages of flow records, in one reused buffer: templates first and whenever they are due,
 * counters after them, then data.
 *
 * <pre>
 * | header | templates, where due | options templates | counters | data set | data set | ...
 *            no data of a template is written before the template
 * </pre>
 *
 * <p>Call {@link #add} until it says that there is no room, then {@link #finish}, send {@link #octets}, and go on with the same record. One
 * thread; allocates nothing a record.
 */
final class MessageWriter {
    private static final int UNIFLOW_V4 = 256, UNIFLOW_V6 = 257, BIFLOW_V4 = 258, BIFLOW_V6 = 259;
    private static final int SET_HEADER = 4, NO_SET = -1;
    private static final long SECOND = 1_000_000_000L, DAY = 86_400 * SECOND, UPTIME_SPAN = 0xFFFF_FFFFL * 1_000_000L;

    private final ExportFormat format;
    private final FlowVersion version;
    private final @Nullable LongSupplier wallClock;
    private final LongSupplier ticks;
    private final MessageBuffer out;
    private final FlowTemplate uniflowV4, uniflowV6, biflowV4, biflowV6;
    private final FlowTemplate[] templates;
    final ExportTotals totals = new ExportTotals();

    /** Of the session: the templates that were not sent yet, by position; whether options are due. */
    private int pendingTemplates;

    private boolean optionsPending, elementsPending, countersPending;
    private int messagesSinceTemplates;
    private long templatesAt;
    private int sequence;

    /** Of the message. */
    private int set = NO_SET, setId, flows, dataRecords, templateRecords;

    private long newest;
    private long boot = Long.MIN_VALUE;

    /** @param wallClock nanoseconds since 1970, for the time of export; null for that of the newest record
     * @param ticks nanoseconds that never go back, for what is due */
    MessageWriter(ExportFormat format, @Nullable LongSupplier wallClock, LongSupplier ticks) {
        this.format = format;
        this.version = format.version();
        this.wallClock = wallClock;
        this.ticks = ticks;
        this.out = new MessageBuffer(format.messageOctets());
        this.uniflowV4 = template(UNIFLOW_V4, 4, false);
        this.uniflowV6 = template(UNIFLOW_V6, 6, false);
        this.biflowV4 = template(BIFLOW_V4, 4, true);
        this.biflowV6 = template(BIFLOW_V6, 6, true);
        this.templates = format.biflow()
                ? new FlowTemplate[] {uniflowV4, uniflowV6, biflowV4, biflowV6}
                : new FlowTemplate[] {uniflowV4, uniflowV6};
        beginSession();
    }

    private FlowTemplate template(int id, int family, boolean biflow) {
        return new FlowTemplate(id, TemplateField.of(version, family, biflow && format.biflow()));
    }

    /** A new transport session, to which nothing was sent: templates anew, sequence numbers from 0. What was begun is given up. */
    void beginSession() {
        clear();
        sequence = 0;
        resendTemplates();
    }

    /** Templates and counters are due with the next message. */
    void resendTemplates() {
        pendingTemplates = (1 << templates.length) - 1;
        optionsPending = true;
        elementsPending = version == FlowVersion.IPFIX;
        countersPending = true;
        messagesSinceTemplates = 0;
        templatesAt = ticks.getAsLong();
    }

    /** Puts the record, both of its directions, into the message; false when it needs another message. */
    boolean add(FlowRecord record) {
        boolean both = record.reversePackets() != 0;
        boolean forward = record.forwardPackets() != 0 || !both;
        boolean v4 = record.family() == 4;
        FlowTemplate template = format.biflow() && both ? v4 ? biflowV4 : biflowV6 : v4 ? uniflowV4 : uniflowV6;
        if (out.size == 0) {
            begin();
            if (version == FlowVersion.V9) {
                rebase(record);
            }
        } else if (version == FlowVersion.V9 && !fitsUptime(record)) {
            return false;
        }
        if (isPending(template)) {
            return false; // the message is full of templates
        }
        int records = format.biflow() || !both || !forward ? 1 : 2;
        int needed = records * template.recordOctets + (setId == template.id ? 0 : SET_HEADER + padding());
        if (out.room() < needed + SET_HEADER) { // what the padding at the end may take
            return false;
        }
        openSet(template.id);
        if (format.biflow()) {
            template.putRecord(out, record, false, boot);
        } else {
            if (forward) {
                template.putRecord(out, record, false, boot);
            }
            if (both) {
                template.putRecord(out, record, true, boot);
            }
        }
        newest = Math.max(newest, record.at());
        dataRecords += records;
        flows++;
        return true;
    }

    /** Puts the counters into the message, or a message of their own where {@link #finish} had ended the last. */
    void addCounters() {
        if (out.size == 0) {
            countersPending = true;
            begin();
        } else if (!optionsPending && out.room() >= setOctets(OptionsTemplate.COUNTERS_OCTETS)) {
            putCounters();
        }
    }

    /** Whether templates are due for their age though no record comes. */
    boolean isRefreshDue() {
        return format.templateSeconds() > 0
                && ticks.getAsLong() - templatesAt >= format.templateSeconds() * SECOND
                && messagesSinceTemplates > 0;
    }

    /** Ends the message; its octets begin at 0 of {@link #octets}. 0 when nothing was put. */
    int finish() {
        if (out.size == 0) {
            return 0;
        }
        closeSet();
        long now = wallClock == null ? newest : wallClock.getAsLong();
        out.set16(0, version.number);
        if (version == FlowVersion.IPFIX) {
            out.set16(2, out.size);
            out.set32(4, (int) Math.floorDiv(now, SECOND));
            out.set32(8, sequence);
            out.set32(12, format.domain());
            sequence += dataRecords;
        } else {
            long second = Math.floorDiv(now + SECOND - 1, SECOND);
            long began = boot == Long.MIN_VALUE ? second * SECOND - DAY : boot;
            out.set16(2, templateRecords + dataRecords);
            out.set32(4, (int) ((second * SECOND - began) / 1_000_000));
            out.set32(8, (int) second);
            out.set32(12, sequence++);
            out.set32(16, format.domain());
        }
        messagesSinceTemplates++;
        return out.size;
    }

    byte[] octets() {
        return out.octets;
    }

    /** How many records of flows were added to the message. */
    int flows() {
        return flows;
    }

    /** The message was sent: counts it, and makes room for the next. */
    void sent() {
        totals.messages++;
        totals.flows += flows;
        totals.octets += out.size;
        clear();
    }

    /** The message will not be sent; makes room for the next. */
    void clear() {
        out.size = 0;
        set = NO_SET;
        setId = 0;
        flows = 0;
        dataRecords = 0;
        templateRecords = 0;
    }

    private void begin() {
        out.size = version.headerOctets;
        boolean old =
                format.templateSeconds() > 0 && ticks.getAsLong() - templatesAt >= format.templateSeconds() * SECOND;
        boolean many = format.templateMessages() > 0 && messagesSinceTemplates >= format.templateMessages();
        if (old || many) {
            resendTemplates();
        }
        for (int i = 0; i < templates.length; i++) {
            if (isPending(templates[i]) && out.room() >= setOctets(templates[i].templateOctets)) {
                openSet(version.templateSet);
                templates[i].putTemplate(out);
                templateRecords++;
                pendingTemplates &= ~(1 << i);
            }
        }
        if (pendingTemplates == 0) {
            putOptions();
        }
    }

    private void putOptions() {
        if (optionsPending && out.room() >= setOctets(OptionsTemplate.TEMPLATE_OCTETS)) {
            openSet(version.optionsSet);
            OptionsTemplate.putTemplate(out, version);
            templateRecords++;
            optionsPending = false;
        }
        int elements = OptionsTemplate.ELEMENTS_TEMPLATE_OCTETS + 2 * SET_HEADER + OptionsTemplate.ELEMENTS_OCTETS;
        if (elementsPending && !optionsPending && out.room() >= setOctets(elements)) {
            closeSet(); // some collectors read only the first template of options in a set
            openSet(version.optionsSet);
            OptionsTemplate.putElementsTemplate(out);
            openSet(OptionsTemplate.ELEMENTS);
            OptionsTemplate.putElements(out);
            dataRecords += OptionsTemplate.ELEMENTS_RECORDS;
            elementsPending = false;
        }
        if (countersPending && !optionsPending && out.room() >= setOctets(OptionsTemplate.COUNTERS_OCTETS)) {
            putCounters();
        }
    }

    private void putCounters() {
        openSet(OptionsTemplate.COUNTERS);
        OptionsTemplate.putCounters(out, version == FlowVersion.IPFIX ? format.domain() : 0, totals);
        dataRecords++;
        countersPending = false;
    }

    private boolean isPending(FlowTemplate template) {
        for (int i = 0; i < templates.length; i++) {
            if (templates[i] == template) {
                return (pendingTemplates & (1 << i)) != 0;
            }
        }
        return false;
    }

    /** At the most, for something in a set of its own: its header, and the padding of this one and the one before. */
    private static int setOctets(int octets) {
        return octets + SET_HEADER + 6;
    }

    private void openSet(int id) {
        if (set != NO_SET && setId == id) {
            return;
        }
        closeSet();
        set = out.size;
        setId = id;
        out.put16(id);
        out.put16(0);
    }

    private void closeSet() {
        if (set == NO_SET) {
            return;
        }
        for (int i = padding(); i > 0; i--) {
            out.put8(0);
        }
        out.set16(set + 2, out.size - set);
        set = NO_SET;
        setId = 0;
    }

    /** Sets of NetFlow v9 end at a multiple of four octets. */
    private int padding() {
        return version == FlowVersion.V9 && set != NO_SET ? -(out.size - set) & 3 : 0;
    }

    /** NetFlow v9's times are milliseconds of 32 bits after a boot, which is a whole second. */
    private boolean fitsUptime(FlowRecord record) {
        long now = wallClock == null ? record.at() : Math.max(record.at(), wallClock.getAsLong());
        return boot != Long.MIN_VALUE && record.startTime() >= boot && now + SECOND - boot <= UPTIME_SPAN;
    }

    private void rebase(FlowRecord record) {
        if (!fitsUptime(record)) {
            boot = Math.floorDiv(record.startTime(), SECOND) * SECOND - DAY;
        }
    }
}
