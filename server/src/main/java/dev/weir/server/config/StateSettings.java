package dev.weir.server.config;

import java.time.Duration;

/**
 * Where what is known of flows survives the process; immutable.
 *
 * @param file of the snapshot; beside it stand others that begin with its name
 * @param interval how often it is written while packets flow
 */
public record StateSettings(String file, Duration interval) {}
