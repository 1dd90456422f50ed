/** P4Runtime: how controllers ask and change the programs of a running data plane. */
@org.jspecify.annotations.NullMarked
package dev.weir.server.p4runtime;
