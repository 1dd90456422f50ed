package dev.weir.export.ipfix;

import java.util.LinkedHashMap;
import java.util.Map;

/** What was received, and what of it was not understood. Written by the reader's thread; another may see slightly old numbers. */
public final class ReceiveCounters {
    long messages, records, templates, optionsRecords, withoutAddresses;
    long missed, restarts, waitingSets, lostSets, refusedTemplates, forgottenDomains;
    long badVersion, badLength, badSet, badTemplate, badRecord;

    /** Records of flows that were given on. */
    public long records() {
        return records;
    }

    /** Messages that were whole. */
    public long messages() {
        return messages;
    }

    /** By name, in the order in which they are shown. */
    public Map<String, Long> all() {
        Map<String, Long> all = new LinkedHashMap<>();
        all.put("messages", messages);
        all.put("records", records);
        all.put("templates", templates);
        all.put("options-records", optionsRecords);
        all.put("without-addresses", withoutAddresses);
        all.put("missed-by-sequence", missed);
        all.put("sequence-restarts", restarts);
        all.put("sets-waiting-for-template", waitingSets);
        all.put("sets-lost-without-template", lostSets);
        all.put("templates-refused", refusedTemplates);
        all.put("domains-forgotten", forgottenDomains);
        all.put("malformed:version", badVersion);
        all.put("malformed:length", badLength);
        all.put("malformed:set", badSet);
        all.put("malformed:template", badTemplate);
        all.put("malformed:record", badRecord);
        return all;
    }
}
