package dev.weir.server.api;

/** Programs that tests load. */
public final class TestPrograms {
    /** Notes flows of UDP, each direction one, by the port that they come in by and the sender's address. */
    public static final String TRACKER = """
            #include <core.p4>
            #include <tc/pna.p4>

            #ifndef FLOWS
            #define FLOWS 1024
            #endif

            header ethernet_t { bit<48> dst; bit<48> src; bit<16> type; }
            header ipv4_t {
                bit<72> before; bit<8> protocol; bit<16> checksum;
                @tc_type("ipv4") bit<32> src; @tc_type("ipv4") bit<32> dst;
            }
            struct headers_t { ethernet_t ethernet; ipv4_t ipv4; }
            struct metadata_t { bit<32> note; }

            parser Parse(
                packet_in packet, out headers_t hdr, inout metadata_t meta, in pna_main_parser_input_metadata_t istd) {
                state start {
                    packet.extract(hdr.ethernet);
                    transition select(hdr.ethernet.type) { 0x800: ipv4; default: accept; }
                }
                state ipv4 { packet.extract(hdr.ipv4); transition accept; }
            }

            control Main(
                inout headers_t hdr, inout metadata_t meta,
                in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd) {
                @tableonly
                action mark(@tc_type("ipv4") bit<32> as, bit<8> number) { hdr.ipv4.src = as; }
                @tableonly
                action seen() {}
                @defaultonly
                action begin() { add_entry("seen", {}, (ExpireTimeProfileId_t)0); }

                table flows {
                    key = {
                        istd.input_port : exact @tc_type("dev") @name("port");
                        hdr.ipv4.src : exact @tc_type("ipv4") @name("src");
                    }
                    actions = { mark; seen; begin; }
                    default_action = begin();
                    add_on_miss = true;
                    size = FLOWS;
                }

                Counter<bit<32>, bit<8>>(256, PNA_CounterType_t.PACKETS_AND_BYTES) protocols;
                Register<bit<32>, bit<8>>(4, 7) notes;

                apply {
                    if (hdr.ipv4.isValid()) {
                        flows.apply();
                        protocols.count(hdr.ipv4.protocol);
                        meta.note = notes.read(1);
                    }
                }
            }

            control Deparse(
                packet_out packet, inout headers_t hdr, in metadata_t meta, in pna_main_output_metadata_t ostd) {
                apply { packet.emit(hdr); }
            }

            PNA_NIC(Parse(), Main(), Deparse()) main;
            """;

    private TestPrograms() {}
}
