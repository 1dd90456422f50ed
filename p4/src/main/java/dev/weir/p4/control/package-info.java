/**
 * Programs as the control plane sees them: what they consist of, the entries of all workers as one, changes with their
 * permissions and authors, events. P4TC's commands, P4Runtime and the daemon's API are made of these.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.p4.control;
