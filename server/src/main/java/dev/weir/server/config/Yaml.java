package dev.weir.server.config;

import java.util.List;

/** A YAML document as it is written, each value with its place; immutable. */
sealed interface Yaml {
    Place at();

    /** What it is, for a message. */
    String says();

    /** How many values it holds, itself and repetitions by aliases included. */
    int size();

    /** A text, a number, a switch, or nothing; {@code plain} when it stands without quotes. */
    record Scalar(Place at, String text, boolean plain) implements Yaml {
        /** Whether the place of a value is empty. */
        boolean isNothing() {
            return plain && (text.isEmpty() || text.equals("~") || text.equalsIgnoreCase("null"));
        }

        @Override
        public String says() {
            return isNothing() ? "nothing" : "'" + text + "'";
        }

        @Override
        public int size() {
            return 1;
        }
    }

    /** {@code key: value} pairs in the order of the file, no key twice. */
    record Mapping(Place at, List<Entry> entries, int size) implements Yaml {
        @Override
        public String says() {
            return "a mapping";
        }
    }

    /** One of a mapping's pairs. */
    record Entry(Scalar key, Yaml value) {}

    /** Values one after the other. */
    record Listing(Place at, List<Yaml> items, int size) implements Yaml {
        @Override
        public String says() {
            return "a list";
        }
    }
}
