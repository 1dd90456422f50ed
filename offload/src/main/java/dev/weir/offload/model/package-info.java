/** What a device tells of itself (headers, actions, tables, two graphs) and the flows set there: immutable, as the Flow Table API has them. */
@org.jspecify.annotations.NullMarked
package dev.weir.offload.model;
