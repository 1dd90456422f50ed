/** A real Kafka broker for tests, in a process of its own. */
@org.jspecify.annotations.NullMarked
package dev.weir.testing.kafka;
