// Numbers that have a type of their own, as PNA and PSA have them: ports, sessions, times.

#ifndef WEIR_NUMBER_P4
#define WEIR_NUMBER_P4

// A number NAME of so many bits: NAMEUint_t, another name of bit<BITS>; NAME_t, a type of its own that is cast from and to it; the same two
// for headers between the switch and its controller; and functions between NAME_t and the one in headers.
#define WEIR_NUMBER(ARCH, NAME, BITS, HEADER_BITS, URI, HEADER_URI) \
    typedef bit<BITS> NAME##Uint_t; \
    @p4runtime_translation(URI, BITS) \
    type NAME##Uint_t NAME##_t; \
    typedef bit<HEADER_BITS> NAME##InHeaderUint_t; \
    @p4runtime_translation(HEADER_URI, HEADER_BITS) \
    type NAME##InHeaderUint_t NAME##InHeader_t; \
    NAME##_t ARCH##_##NAME##_header_to_int(in NAME##InHeader_t x) { \
        return (NAME##_t)(NAME##Uint_t)(NAME##InHeaderUint_t)x; \
    } \
    NAME##InHeader_t ARCH##_##NAME##_int_to_header(in NAME##_t x) { \
        return (NAME##InHeader_t)(NAME##InHeaderUint_t)(NAME##Uint_t)x; \
    }

#endif
