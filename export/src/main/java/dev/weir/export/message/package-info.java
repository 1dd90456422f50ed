/** One flow as a message, with who saw it: how messages are made and read, whatever carries them. */
@org.jspecify.annotations.NullMarked
package dev.weir.export.message;
