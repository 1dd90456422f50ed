/** The {@code weir} command: reads options, runs the modules below, prints. */
@org.jspecify.annotations.NullMarked
package dev.weir.cli;
