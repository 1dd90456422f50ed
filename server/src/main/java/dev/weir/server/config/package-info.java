/** The configuration file: YAML to an immutable value or all its faults, and what editors and people read about it. */
@org.jspecify.annotations.NullMarked
package dev.weir.server.config;
