/** Documents as JSON, in the grammar of flow-table-ctl. */
@org.jspecify.annotations.NullMarked
package dev.weir.offload.json;
