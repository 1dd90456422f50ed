@org.jspecify.annotations.NullMarked
package dev.weir.cli.boxes;
