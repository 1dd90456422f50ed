/** What a controller is told of a P4 program: P4Info, as P4Runtime has it. */
@org.jspecify.annotations.NullMarked
package dev.weir.server.p4info;
