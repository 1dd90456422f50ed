package dev.weir.p4.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.source.Diagnostic;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.syntax.P4Parser;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules of the Portable NIC Architecture, each over one small control. */
class NicRulesTest {
    private static List<String> faults(String header, String locals, String apply) {
        Diagnostics diagnostics = new Diagnostics();
        String text = "#include <" + header + ">\n#include <weir/flow.p4>\n"
                + "control C(inout bit<32> x, inout bit<8> y, in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {\n"
                + "action hit() { } action param(bit<32> a, PortId_t p) { } action in_param(in bit<32> a) { }\n"
                + locals + "\napply { " + apply + " } }\n";
        Checker.check(
                P4Parser.parse(SourceFile.of("c.p4", text), new IncludePath(List.of()), Map.of(), diagnostics),
                diagnostics);
        return diagnostics.sorted().stream()
                .filter(d -> d.severity() == Diagnostic.Severity.ERROR)
                .map(d -> d.span().position().line() + " " + d.code() + " " + d.message())
                .toList();
    }

    private static void expect(List<String> faults, String expected) {
        if (expected == null) {
            assertThat(faults).isEmpty();
        } else {
            assertThat(faults).singleElement().asString().isEqualTo(expected);
        }
    }

    /** A call in the default action {@code miss} of a table. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            add_entry("hit", {}, (ExpireTimeProfileId_t)0);                              | exact | hit; | true  |
            add_entry("param", { x, istd.input_port }, (ExpireTimeProfileId_t)8w1);      | exact | param; | true  |
            ostd.class_of_service = istd.class_of_service; add_entry_if(x == 1, "param", { x, istd.input_port }, (ExpireTimeProfileId_t)0); | exact | param; | true |
            add_entry("hit", {}, (ExpireTimeProfileId_t)0);                              | exact | hit; | false | 5 add-entry table 't' does not say that entries are added to it
            add_entry("hit", {}, (ExpireTimeProfileId_t)0);                              | lpm   | hit; | true  | 6 add-entry entries are added to table 't', but key 'x' is not exact
            add_entry("hot", {}, (ExpireTimeProfileId_t)0);                              | exact | hit; | true  | 5 add-entry table 't' has no action 'hot'
            add_entry("miss", {}, (ExpireTimeProfileId_t)0);                             | exact | hit; | true  | 5 add-entry 'miss' adds entries itself, so no entry can have it
            add_entry("hit", {}, (ExpireTimeProfileId_t)0);                              | exact | @defaultonly hit; | true | 5 add-entry 'hit' is @defaultonly, so no entry can have it
            add_entry("param", { x }, (ExpireTimeProfileId_t)0);                         | exact | param; | true | 5 add-entry 'param' takes 2 values, here are 1
            add_entry("param", { y, istd.input_port }, (ExpireTimeProfileId_t)0);        | exact | param; | true | 5 add-entry 'a' of 'param' is bit<32>, here is bit<8>
            add_entry("in_param", { x }, (ExpireTimeProfileId_t)0);                      | exact | in_param(x); | true | 5 add-entry parameter 'a' of 'in_param' has a direction, so no entry can give it
            """)
    void entry_isAddedByTheDefaultAction_withWhatTheOtherTakes(
            String call, String match, String actions, boolean addOnMiss, String expected) {
        String table = "table t { key = { x : " + match + "; } actions = { miss; " + actions
                + " } default_action = miss;" + " add_on_miss = " + addOnMiss + "; }";
        List<String> faults = faults("bmv2/pna.p4", "action miss() { " + call + " }\n" + table, "t.apply();");
        expect(faults.stream().limit(1).toList(), expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            action a() { restart_expire_timer(); }                 | pna_idle_timeout = PNA_IdleTimeout_t.AUTO_DELETE; |
            action a() { restart_expire_timer(); }                 | pna_idle_timeout = PNA_IdleTimeout_t.NO_TIMEOUT; | 5 no-timer entries of table 't' have no timer for 'restart_expire_timer'
            action a() { restart_expire_timer(); }                 | size = 1; | 5 no-timer entries of table 't' have no timer for 'restart_expire_timer'
            action a() { add_entry("hit", {}, (ExpireTimeProfileId_t)0); } | add_on_miss = true; | 5 add-entry 'a' adds entries, but is not the default action of table 't'
            DirectCounter<bit<32>>(PNA_CounterType_t.BYTES) d; action a() { d.count(); } | pna_direct_counter = d; |
            DirectCounter<bit<32>>(PNA_CounterType_t.BYTES) d; action a() { d.count(); } | size = 1; | 5 not-owned table 't' has this action, but does not own 'd'
            DirectRegister<bit<32>>() d; action a() { d.write(d.read() + 1); } | weir_direct_register = d; |
            Counter<bit<32>, bit<8>>(1, PNA_CounterType_t.BYTES) d; action a() { } | pna_direct_counter = d; | 6 type-mismatch 'pna_direct_counter' is an instance of DirectCounter, this is Counter<bit<32>, bit<8>>
            action a() { mirror_packet((MirrorSlotId_t)1, (MirrorSessionId_t)0); } | size = 1; | 5 reserved mirror session 0 is kept for copies to the control plane
            """)
    void action_usesWhatItsTableOwns(String locals, String property, String expected) {
        String table = "table t { key = { x : exact; } actions = { a; hit; } default_action = hit; " + property + " }";
        expect(faults("bmv2/pna.p4", locals + "\n" + table, "t.apply();"), expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            true  | weir_cache_policy = "tinylfu";                           |
            true  | weir_cache_policy = "lru"; weir_cache_by = "bytes"; weir_cache_tenant = "y"; weir_cache_quota = 10; |
            true  | weir_cache_policy = "lfo";                               | 5 bad-property 'weir_cache_policy' cannot be "lfo"
            true  | weir_cache_policy = 3;                                   | 5 type-mismatch 'weir_cache_policy' is a string, this is int
            false | weir_cache_policy = "lfu";                               | 5 bad-property packets add no entries to table 't', so it is no cache
            true  | weir_cache_by = "bytes";                                 | 5 bad-property 'weir_cache_by' means nothing without 'weir_cache_policy'
            true  | weir_cache_policy = "lru"; weir_cache_by = "octets";     | 5 bad-property 'weir_cache_by' cannot be "octets"
            true  | weir_cache_policy = "lru"; weir_cache_tenant = "z";      | 5 bad-property table 't' has no key 'z'
            true  | weir_cache_policy = "lru"; weir_cache_tenant = "wide";   | 5 bad-property key 'wide' has 96 bits, which are too many for a tenant
            true  | weir_cache_policy = "lru"; weir_cache_quota = 10;        | 5 bad-property whose quota that is is not said
            true  | weir_cache_policy = "lru"; weir_cache_tenant = "x"; weir_cache_quota = 0; | 5 bad-property a quota of 0 entries lets no tenant have one
            true  | weir_cache_polcy = "lru";                                | 5 unknown-name tables have no property 'weir_cache_polcy'
            """)
    void property_ofACache_isChecked(boolean addOnMiss, String properties, String expected) {
        String table =
                "action miss() { add_entry(\"hit\", {}, (ExpireTimeProfileId_t)0); } table t { key = { x : exact; y : exact;"
                        + " x ++ x ++ x : exact @name(\"wide\"); } actions = { miss; hit; } default_action = "
                        + (addOnMiss ? "miss; add_on_miss = true; " : "hit; ") + properties + " }";
        String text = addOnMiss ? table : table.replace("add_entry(\"hit\", {}, (ExpireTimeProfileId_t)0);", "");
        expect(faults("bmv2/pna.p4", text, "t.apply();"), expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            @default_hit hit; @tc_may_override param;    | ipv4 | 8   |
            @default_hit hit; @default_hit param;        | ipv4 | 8   | 5 annotation table 't' has more than one default action of hits
            @default_hit hit; @default_hit_const param;  | ipv4 | 8   | 5 annotation table 't' has more than one default action of hits
            @tableonly @defaultonly hit; param;          | ipv4 | 8   | 5 annotation 'hit' is both @tableonly and @defaultonly
            hit; param;                                  | tcp  | 8   | 5 annotation @tc_type cannot be 'tcp'
            hit; param;                                  | ipv4 | many | 5 annotation @nummask is a number, not 'many'
            """)
    void annotation_ofTc_isChecked(String actions, String kind, String masks, String expected) {
        String table = "@nummask(" + masks + ") table t { key = { x : exact @tc_type(\"" + kind + "\"); } actions = { "
                + actions + " NoAction; } }";
        expect(faults("tc/pna.p4", table, "t.apply();"), expected);
    }

    @ParameterizedTest
    @CsvSource({"bmv2/pna.p4, 0", "tc/pna.p4, 1"})
    void checksum_inAControl_isNotForTc(String header, int faults) {
        assertThat(faults(header, "InternetChecksum() c;", "c.clear();")).hasSize(faults);
    }
}
