package dev.weir.cluster;

/** Where a running engine's REST service is. */
record EngineAddress(String host, int port) {
    /** Reads {@code HOST:PORT}; an IPv6 address stands in brackets. */
    static EngineAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        String port = text.substring(colon + 1);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (bracketed) {
            host = host.substring(1, host.length() - 1);
        }
        boolean sound = !host.isEmpty() && (bracketed || host.indexOf(':') < 0) && port.matches("[0-9]{1,5}");
        if (!sound || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535) {
            throw new IllegalArgumentException("is no address; write HOST:PORT, as localhost:8081");
        }
        return new EngineAddress(host, Integer.parseInt(port));
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
