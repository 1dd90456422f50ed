/**
 * What a program needs while it runs: tables with their actions and timers, counters, meters and registers, what is decided about packets, and
 * the calls of the control plane. One worker has one of each.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.run;
