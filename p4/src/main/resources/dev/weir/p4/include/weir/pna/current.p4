// The Portable NIC Architecture as its specification has it. With WEIR_PNA_TC it is as P4TC has it: one field of metadata more, what the
// control plane sees of externs, and functions over the kernel's packet buffer. The @tc annotations are for tools and mean nothing elsewhere.

#ifndef WEIR_PNA_CURRENT_P4
#define WEIR_PNA_CURRENT_P4

#include <weir/pna/common.p4>

enum PNA_IdleTimeout_t {
    NO_TIMEOUT,
    NOTIFY_CONTROL,
    AUTO_DELETE
}

enum PNA_HashAlgorithm_t {
    IDENTITY,
    CRC32,
    CRC32_CUSTOM,
    CRC16,
    CRC16_CUSTOM,
    ONES_COMPLEMENT16,
    TARGET_DEFAULT
}

/// A hash over data; with base and max it is base + hash % max.
extern Hash<O> {
    Hash(PNA_HashAlgorithm_t algo);
    @tc_md_exec
    O get_hash<D>(in D data);
    @tc_md_exec
    O get_hash<T, D>(in T base, in D data, in T max);
}

extern Checksum<W> {
    Checksum(PNA_HashAlgorithm_t hash);
    void clear();
    void update<T>(in T data);
    W get();
}

extern ActionSelector {
    ActionSelector(PNA_HashAlgorithm_t algo, bit<32> size, bit<32> outputWidth);
}

/// Packets, octets or both, counted at an index.
@noWarn("unused")
@tc_acl("RP:RUXP")
extern Counter<W, S> {
    Counter(@tc_numel bit<32> n_counters, PNA_CounterType_t type);
    @tc_md_exec
    void count(in S index);
}

/// Counts at the entry whose action calls it.
@noWarn("unused")
@tc_acl("RP:RUXP")
extern DirectCounter<W> {
    DirectCounter(PNA_CounterType_t type);
    @tc_md_exec
    void count();
}

/// The two-rate meter of RFC 2698 at an index. Without a colour the packet is taken for green.
@tc_acl("RUP:RUXP")
extern Meter<S> {
    Meter(@tc_numel bit<32> n_meters, PNA_MeterType_t type);
    @tc_md_exec
    PNA_MeterColor_t execute(in S index, in PNA_MeterColor_t color);
    @tc_md_exec
    PNA_MeterColor_t execute(in S index);
}

/// A meter at the entry whose action calls it.
@tc_acl("RUP:RUXP")
extern DirectMeter {
    DirectMeter(PNA_MeterType_t type);
    @tc_md_exec
    PNA_MeterColor_t execute(in PNA_MeterColor_t color);
    @tc_md_exec
    PNA_MeterColor_t execute();
}

/// Values that stay from packet to packet.
extern Register<T, S> {
    Register(@tc_numel bit<32> size);
    Register(@tc_numel bit<32> size, @tc_init_val T initial_value);
    @tc_md_read
    T read(@tc_key in S index);
    @tc_md_write
    void write(@tc_key in S index, @tc_data in T value);
}

/// What the control plane is told of a packet.
extern Digest<T> {
    Digest();
    @tc_md_exec
    void pack(in T data);
}

enum PNA_Source_t {
    FROM_HOST,
    FROM_NET
}

struct pna_main_parser_input_metadata_t {
    bool     recirculated;
    PortId_t input_port;
}

struct pna_main_input_metadata_t {
    bool             recirculated;
#ifdef WEIR_PNA_TC
    bool             recirculate;
#endif
    Timestamp_t      timestamp;
    ParserError_t    parser_error;
    ClassOfService_t class_of_service;
    PortId_t         input_port;
}

/// Whether a port is one of the host's. A port is of the host, of the network, or of neither.
extern bool is_host_port(in PortId_t p);
/// Whether a port is one of the network's.
extern bool is_net_port(in PortId_t p);

/// Sends the packet there at the end of the main control, unless a later call says otherwise.
extern void send_to_port(in PortId_t dest_port);

/// Has a copy made by a session of the control plane; of calls for the same slot the last one counts.
extern void mirror_packet(in MirrorSlotId_t mirror_slot_id, in MirrorSessionId_t mirror_session_id);

typedef bit<1> AddEntryErrorStatus_t;
const AddEntryErrorStatus_t ADD_ENTRY_SUCCESS = 0;
const AddEntryErrorStatus_t ADD_ENTRY_NOT_DONE = 1;

/// In the default action of a table with add_on_miss: adds an entry with the key that was missed, for the packets after this one. The
/// parameters are those of the action named, in their order.
extern AddEntryErrorStatus_t add_entry<T>(
    string action_name, in T action_params, in ExpireTimeProfileId_t expire_time_profile_id);

/// add_entry where the condition holds, and ADD_ENTRY_NOT_DONE where not.
extern AddEntryErrorStatus_t add_entry_if<T>(
    in bool do_add_entry, string action_name, in T action_params, in ExpireTimeProfileId_t expire_time_profile_id);

/// Where the first holds: set_entry_expire_time if the second does, else restart_expire_timer.
extern void update_expire_info(
    in bool update_aging_info, in bool update_expire_time, in ExpireTimeProfileId_t expire_time_profile_id);

/// set_entry_expire_time where the condition holds.
extern void set_entry_expire_time_if(in bool condition, in ExpireTimeProfileId_t expire_time_profile_id);

/// The first value for packets of the network, the second for those of the host.
@pure
extern T SelectByDirection<T>(in bool is_network_port, in T from_net_value, in T from_host_value);

#ifdef WEIR_PNA_TC

struct tc_ControlPath_Counter<W, S> {
    @tc_key  S index;
    @tc_data W pkts;
    @tc_data W bytes;
}

struct tc_ControlPath_DirectCounter<W> {
    @tc_key  bit<32> index;
    @tc_data W       pkts;
    @tc_data W       bytes;
}

struct tc_ControlPath_Meter<S> {
    @tc_key  S       index;
    @tc_data bit<64> cir;
    @tc_data bit<64> cbs;
    @tc_data bit<64> pir;
    @tc_data bit<64> pbs;
}

struct tc_ControlPath_DirectMeter {
    @tc_key  bit<32> index;
    @tc_data bit<64> cir;
    @tc_data bit<64> cbs;
    @tc_data bit<64> pir;
    @tc_data bit<64> pbs;
}

struct tc_ControlPath_Register<T> {
    @tc_key  bit<32> index;
    @tc_data T       a_value;
}

struct tc_ControlPath_Digest<T> {
    @tc_key  bit<32> index;
    @tc_data T       data;
}

// The kernel's packet buffer: skb_get_meta reads its metadata into a copy, skb_set_meta writes the copy back.
extern void skb_get_meta();
extern bit<64> skb_get_tstamp();
extern bit<32> skb_get_mark();
extern bit<16> skb_get_tc_classid();
extern bit<16> skb_get_tc_index();
extern bit<16> skb_get_queue_mapping();
extern bit<16> skb_get_protocol();
extern bit<1> skb_get_tc_at_ingress();
extern bit<1> skb_get_from_ingress();
extern void skb_set_tstamp(in bit<64> value);
extern void skb_set_mark(in bit<32> value);
extern void skb_set_tc_classid(in bit<16> value);
extern void skb_set_tc_index(in bit<16> value);
extern void skb_set_queue_mapping(in bit<16> value);
extern void skb_set_protocol(in bit<16> value);
extern void skb_set_meta();

#endif

parser MainParserT<MH, MM>(
    packet_in pkt, out MH main_hdr, inout MM main_user_meta, in pna_main_parser_input_metadata_t istd);

control MainControlT<MH, MM>(
    inout MH main_hdr, inout MM main_user_meta,
    in pna_main_input_metadata_t istd, inout pna_main_output_metadata_t ostd);

control MainDeparserT<MH, MM>(
    packet_out pkt, inout MH main_hdr, in MM main_user_meta, in pna_main_output_metadata_t ostd);

package PNA_NIC<MH, MM>(
    MainParserT<MH, MM> main_parser, MainControlT<MH, MM> main_control, MainDeparserT<MH, MM> main_deparser);

#endif
