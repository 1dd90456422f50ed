package dev.weir.server.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who reaches the programs by P4Runtime, and how; immutable.
 *
 * @param listeners and whom they trust
 * @param devices nodes by the numbers that controllers call them by
 */
public record P4RuntimeSettings(ApiSettings listeners, Map<Long, String> devices) {
    public P4RuntimeSettings {
        devices = Collections.unmodifiableMap(new LinkedHashMap<>(devices));
    }
}
