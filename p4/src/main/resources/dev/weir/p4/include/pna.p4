// PNA as its drafts had it, which is what <pna.p4> means to the public samples. Programs of today include <bmv2/pna.p4> or <tc/pna.p4>.

#ifndef __PNA_P4__
#define __PNA_P4__
#include <weir/pna/draft.p4>
#endif
