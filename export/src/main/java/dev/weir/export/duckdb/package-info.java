/** DuckDB: records into a database file, and SQL over files. The library is loaded by the first class of this package that is used. */
@org.jspecify.annotations.NullMarked
package dev.weir.export.duckdb;
