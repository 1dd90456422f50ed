// PNA as its drafts had it, with what the back-end for DPDK adds.

#ifndef __PNA_P4__
#define __PNA_P4__
#define WEIR_PNA_DPDK
#include <weir/pna/draft.p4>
#endif
