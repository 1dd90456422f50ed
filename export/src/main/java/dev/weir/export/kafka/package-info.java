/** Events of flows to topics of Kafka: exactly once per flow, as far as transactions give it. Kafka's client is loaded when it is asked for. */
@org.jspecify.annotations.NullMarked
package dev.weir.export.kafka;
