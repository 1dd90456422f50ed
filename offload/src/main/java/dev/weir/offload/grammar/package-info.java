/**
 * The grammar of the Flow Table API, declared once: which attributes each structure has, their numbers on netlink, their keys in JSON, and how
 * structures are taken apart and put together. Both codecs walk it, so what one can say the other can.
 */
@org.jspecify.annotations.NullMarked
package dev.weir.offload.grammar;
