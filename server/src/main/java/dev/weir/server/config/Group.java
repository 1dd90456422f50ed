package dev.weir.server.config;

/** A kind whose values have options of their own, which say what is set; {@link Setting}. */
interface Group<T> extends Kind<T> {}
