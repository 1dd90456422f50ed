/** {@code weir flow-table}: flows of devices that the Flow Table API describes, and a backend that carries them. */
@org.jspecify.annotations.NullMarked
package dev.weir.cli.flowtable;
