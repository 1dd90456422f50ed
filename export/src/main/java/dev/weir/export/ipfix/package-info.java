/**
 * IPFIX and NetFlow: flow records as messages to collectors and into files, and messages of others as flow records.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.export.ipfix;
