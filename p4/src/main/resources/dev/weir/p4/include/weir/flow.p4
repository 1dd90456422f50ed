// What Weir adds to an architecture: state of one entry, and so of one flow; the flow's mark.

#ifndef WEIR_FLOW_P4
#define WEIR_FLOW_P4

#include <core.p4>

/// One value for each entry of a table, which its actions read and write; bound to the table by the property weir_direct_register. A new
/// entry begins with the initial value, or 0. With it the actions of a table are a state machine of each flow.
extern DirectRegister<T> {
    DirectRegister();
    DirectRegister(T initial_value);
    T read();
    void write(in T value);
}

/// Marks the flow of the packet in Weir's flow table as offloaded, or takes its mark off; for the main control. With true it says besides that what is done
/// to this packet is to be done to all that follow in its direction: they may be carried below, and are then not seen here. A packet without a flow,
/// or an error about another's packet, says nothing. The entries that the packet has hit so far are what it is carried by: what is carried counts as their
/// use, and when one of them goes the flow comes back.
extern void set_flow_offloaded(in bool offloaded);

/// Has flows come back that are carried by entries which this packet has hit so far; they are learned anew from their next packets. For the main control of a
/// program that has changed in a register of an entry what is done to packets.
extern void recall_flows();

// A table with add_on_miss is a cache by the property
//   weir_cache_policy = "tinylfu";       or "lru", "lfu"
// and may have beside it
//   weir_cache_by = "bytes";             what use is counted in, else "packets"
//   weir_cache_tenant = "name of a key"; whose an entry is
//   weir_cache_quota = 1000;             how many entries a tenant has at the most
// A newcomer that the policy keeps out is one that add_entry gives 1 for.

#endif
