// The Portable Switch Architecture with what the back-end for DPDK adds, so that programs for it can be checked.

#ifndef __PSA_P4__
#define __PSA_P4__
#define WEIR_PSA_DPDK
#include <weir/psa/psa.p4>
#endif
