// The core library of P4-16: what every program may use, whatever its architecture (P4-16 specification, sections 9.4, 12.8 and 13).

#ifndef WEIR_CORE_P4
#define WEIR_CORE_P4
#define _CORE_P4_

error {
    NoError,                // nothing went wrong
    PacketTooShort,         // fewer bits left in the packet than were asked for
    NoMatch,                // select found no case
    StackOutOfBounds,       // an element of a stack that is not there
    HeaderTooShort,         // a varbit longer than its header has room for
    ParserTimeout,          // the parser took longer than it may
    ParserInvalidArgument   // an operation of the parser was given what it cannot take
}

match_kind {
    exact,
    ternary,
    lpm
}

/// A packet as it came in. Reading moves the place in it on.
extern packet_in {
    /// Reads a header of fixed size, and makes it valid.
    void extract<T>(out T hdr);
    /// Reads a header with a varbit of this many bits.
    void extract<T>(out T variableSizeHeader, in bit<32> variableFieldSizeInBits);
    /// The bits that are next, without moving on.
    T lookahead<T>();
    /// Moves on by some bits.
    void advance(in bit<32> sizeInBits);
    /// Octets in the packet.
    bit<32> length();
}

/// A packet that goes out.
extern packet_out {
    /// Appends a header when it is valid, those of a struct, stack or union in their order.
    void emit<T>(in T hdr);
}

/// Ends the parser with an error unless the condition holds.
extern void verify(in bool check, in error toSignal);

/// An action that does nothing.
@noWarn("unused")
action NoAction() {}

/// Has the compiler refuse the program unless the condition holds.
extern bool static_assert(bool check, string message);
extern bool static_assert(bool check);

#endif
