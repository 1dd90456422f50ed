// What both generations of PNA have in common.

#ifndef WEIR_PNA_COMMON_P4
#define WEIR_PNA_COMMON_P4

#include <core.p4>
#include <weir/number.p4>

#define WEIR_PNA_NUMBER(NAME, BITS, URI, HEADER_URI) WEIR_NUMBER(pna, NAME, BITS, BITS, URI, HEADER_URI)

WEIR_PNA_NUMBER(PortId, 32, "p4.org/pna/v1/PortId_t", "p4.org/pna/v1/PortIdInHeader_t")
WEIR_PNA_NUMBER(InterfaceId, 32, "p4.org/pna/v1/InterfaceId_t", "p4.org/pna/v1/InterfaceIdInHeader_t")
WEIR_PNA_NUMBER(MulticastGroup, 32, "p4.org/pna/v1/MulticastGroup_t", "p4.org/pna/v1/MulticastGroupInHeader_t")
WEIR_PNA_NUMBER(MirrorSessionId, 16, "p4.org/pna/v1/MirrorSessionId_t", "p4.org/pna/v1/MirrorSessionIdInHeader_t")
WEIR_PNA_NUMBER(MirrorSlotId, 8, "p4.org/pna/v1/MirrorSlotId_t", "p4.org/pna/v1/MirrorSlotIdInHeader_t")
WEIR_PNA_NUMBER(ClassOfService, 8, "p4.org/pna/v1/ClassOfService_t", "p4.org/pna/v1/ClassOfServiceInHeader_t")
WEIR_PNA_NUMBER(PacketLength, 16, "p4.org/pna/v1/PacketLength_t", "p4.org/pna/v1/PacketLengthInHeader_t")
WEIR_PNA_NUMBER(MulticastInstance, 16, "p4.org/pna/v1/MulticastInstance_t", "p4.org/pna/v1/MulticastInstanceInHeader_t")
WEIR_PNA_NUMBER(Timestamp, 64, "p4.org/pna/v1/Timestamp_t", "p4.org/pna/v1/TimestampInHeader_t")
WEIR_PNA_NUMBER(FlowId, 32, "p4.org/pna/v1/FlowId_t", "p4.org/pna/v1/FlowIdInHeader_t")
WEIR_PNA_NUMBER(ExpireTimeProfileId, 8, "p4.org/pna/v1/ExpireTimeProfileId_t", "p4.org/pna/v1/ExpireTimeProfileIdInHeader_t")
WEIR_PNA_NUMBER(SecurityAssocId, 32, "p4.org/pna/v1/SecurityAssocId_t", "p4.org/pna/v1/SecurityAssocIdInHeader_t")

typedef error ParserError_t;

/// The port of the processor that runs the control plane.
const InterfaceId_t PNA_PORT_CPU = (InterfaceId_t)0xfffffffd;
/// The mirror session that is kept for copies to the control plane.
const MirrorSessionId_t PNA_MIRROR_SESSION_TO_CPU = (MirrorSessionId_t)0;

match_kind {
    range,      // from low to high, both within
    selector,   // what an action selector chooses a member by
    optional    // one value, or any
}

enum PNA_CounterType_t {
    PACKETS,
    BYTES,
    PACKETS_AND_BYTES
}

enum PNA_MeterType_t {
    PACKETS,
    BYTES
}

enum PNA_MeterColor_t {
    RED,
    GREEN,
    YELLOW
}

/// The sum of RFC 1071. Data are a multiple of 16 bits; each packet begins anew.
extern InternetChecksum {
    InternetChecksum();
    void clear();
    void add<T>(in T data);
    void subtract<T>(in T data);
    bit<16> get();
    bit<16> get_state();
    void set_state(in bit<16> checksum_state);
}

/// Numbers at random from min to max, both within.
extern Random<T> {
    Random(T min, T max);
    T read();
}

/// Members that entries of a table refer to.
extern ActionProfile {
    ActionProfile(bit<32> size);
}

/// The id for a flow that none has.
extern FlowId_t allocate_flow_id();

/// In the action of a hit, of a table with pna_idle_timeout: changes the entry's profile, and starts its timer again.
extern void set_entry_expire_time(in ExpireTimeProfileId_t expire_time_profile_id);

/// In the action of a hit, of a table with pna_idle_timeout: starts the entry's timer again.
extern void restart_expire_timer();

struct pna_main_output_metadata_t {
    ClassOfService_t class_of_service;  // 0 at the begin
}

/// Drops the packet at the end of the main control, unless a later call says otherwise.
extern void drop_packet();

#endif
