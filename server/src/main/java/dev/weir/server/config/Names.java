package dev.weir.server.config;

/** What has names in a configuration. */
enum Names {
    PORT("port", "ports"),
    NODE("node", "nodes"),
    CHAIN("chain", "chains"),
    TENANT("tenant", "tenants");

    /** One of them, in a sentence. */
    final String singular;
    /** The section that declares them. */
    final String section;

    Names(String singular, String section) {
        this.singular = singular;
        this.section = section;
    }
}
