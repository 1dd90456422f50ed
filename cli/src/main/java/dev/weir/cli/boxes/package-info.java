/** Boxes that a gateway has to do with, as commands: servers that answer, tenants that send, the device with the very large table. */
@org.jspecify.annotations.NullMarked
package dev.weir.cli.boxes;
