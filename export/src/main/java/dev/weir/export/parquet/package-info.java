/** Parquet files, written straight from flow records: columns, pages, groups, footer, and a file that is whole at any moment. */
@org.jspecify.annotations.NullMarked
package dev.weir.export.parquet;
