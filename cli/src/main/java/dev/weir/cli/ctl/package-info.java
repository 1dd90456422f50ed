/** {@code weir ctl}: asks a running daemon, through the API that everybody has. */
@org.jspecify.annotations.NullMarked
package dev.weir.cli.ctl;
