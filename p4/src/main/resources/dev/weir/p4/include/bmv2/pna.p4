// PNA as its specification has it.

#ifndef __PNA_P4__
#define __PNA_P4__
#include <weir/pna/current.p4>
#endif
