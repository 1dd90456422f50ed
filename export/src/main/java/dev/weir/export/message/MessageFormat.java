package dev.weir.export.message;

import dev.weir.table.feature.FeatureSet;

/** What messages are: JSON objects, or {@code weir.v1.SensorEvent} in protobuf's binary form. {@code docs/kafka.md} is the contract. */
public enum MessageFormat {
    JSON {
        @Override
        public MessageEncoder encoder(String sensor, String run, FeatureSet features) {
            return new JsonEncoder(named(sensor), named(run), features);
        }

        @Override
        public MessageDecoder decoder() {
            return new JsonDecoder();
        }
    },
    PROTOBUF {
        @Override
        public MessageEncoder encoder(String sensor, String run, FeatureSet features) {
            return new ProtobufEncoder(named(sensor), named(run), features);
        }

        @Override
        public MessageDecoder decoder() {
            return new ProtobufDecoder();
        }
    };

    /**
     * Makes messages of one sensor and run.
     *
     * @param features what records carry in their annex
     * @throws IllegalArgumentException where {@link FlowMessage#isName} is not so of a name
     */
    public abstract MessageEncoder encoder(String sensor, String run, FeatureSet features);

    /** Reads messages of any sensor. */
    public abstract MessageDecoder decoder();

    private static String named(String name) {
        if (!FlowMessage.isName(name)) {
            throw new IllegalArgumentException("'" + name + "' is no name: give 1 to " + FlowMessage.MAX_NAME
                    + " letters, digits, dots, dashes or underscores");
        }
        return name;
    }
}
