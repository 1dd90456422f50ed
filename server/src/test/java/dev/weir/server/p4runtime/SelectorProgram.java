package dev.weir.server.p4runtime;

/**
 * A program whose entries refer to members and groups. A frame's destination is looked up, its source chooses among a group; its type may have it marked; frames of types in
 * the value set are dropped by the parser, and those of type 0x9007 are mirrored to session 7.
 */
public final class SelectorProgram {
    public static final String SOURCE = """
        #include <core.p4>
        #include <bmv2/pna.p4>
        header ethernet_t { bit<48> dst; bit<48> src; bit<16> type; }
        struct headers_t { ethernet_t e; }
        struct meta_t {}
        struct kind_t { @match(ternary) bit<16> type; bit<48> dst; }
        parser P(packet_in p, out headers_t h, inout meta_t m, in pna_main_parser_input_metadata_t i) {
            value_set<bit<16>>(2) refused;
            value_set<kind_t>(4) kinds;
            state start {
                p.extract(h.e);
                transition select(h.e.type, h.e.dst) {
                    kinds: reject;
                    default: other;
                }
            }
            state other {
                transition select(h.e.type) {
                    refused: reject;
                    default: accept;
                }
            }
        }
        control C(inout headers_t h, inout meta_t m, in pna_main_input_metadata_t i, inout pna_main_output_metadata_t o) {
            ActionSelector(PNA_HashAlgorithm_t.CRC32, 32w8, 32w16) chosen;
            @max_group_size(4) ActionSelector(PNA_HashAlgorithm_t.CRC32, 32w8, 32w16) limited;
            ActionProfile(2) marks;
            action send(PortId_t port) { send_to_port(port); }
            action drop() { drop_packet(); }
            action mark(bit<16> type) { h.e.type = type; }
            @defaultonly action miss() {}
            table ways {
                key = { h.e.dst: exact; h.e.src: selector; }
                actions = { send; drop; @defaultonly miss; }
                default_action = miss();
                pna_implementation = chosen;
                pna_empty_group_action = drop();
                size = 16;
            }
            table few {
                key = { h.e.src: exact; h.e.dst: selector; }
                actions = { send; NoAction; }
                default_action = NoAction();
                pna_implementation = limited;
            }
            table marked {
                key = { h.e.type: exact; }
                actions = { mark; NoAction; }
                default_action = NoAction();
                pna_implementation = marks;
            }
            table plain {
                key = { h.e.type: exact; }
                actions = { mark; NoAction; }
                default_action = NoAction();
            }
            apply {
                if (h.e.type == 0x9007) {
                    mirror_packet((MirrorSlotId_t) 0, (MirrorSessionId_t) 7);
                    drop_packet();
                } else {
                    ways.apply();
                    few.apply();
                    marked.apply();
                    plain.apply();
                }
            }
        }
        control D(packet_out p, inout headers_t h, in meta_t m, in pna_main_output_metadata_t o) {
            apply { p.emit(h.e); }
        }
        PNA_NIC(P(), C(), D()) main;
        """;

    private SelectorProgram() {}
}
