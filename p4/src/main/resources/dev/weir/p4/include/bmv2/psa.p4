// The Portable Switch Architecture, so that programs for it can be checked.

#ifndef __PSA_P4__
#define __PSA_P4__
#include <weir/psa/psa.p4>
#endif
