// PNA as programs for P4TC include it.

#ifndef __PNA_P4__
#define __PNA_P4__
#define WEIR_PNA_TC
#include <weir/pna/current.p4>
#endif
