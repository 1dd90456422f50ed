package dev.weir.dataplane.nodes;

/** Ports from {@code first} to {@code last}, both in it; immutable. */
public record PortRange(int first, int last) {
    public PortRange {
        if (first < 0 || last > 0xFFFF || first > last) {
            throw new IllegalArgumentException(
                    "ports " + first + "-" + last + ": they are from 0 to 65535, the lower one first");
        }
    }

    /** Reads {@code 80} or {@code 1024-65535}. */
    public static PortRange of(String text) {
        if (!text.matches("[0-9]{1,5}(-[0-9]{1,5})?")) {
            throw new IllegalArgumentException(text + ": no port or range of ports; write 80 or 1024-65535");
        }
        int dash = text.indexOf('-');
        int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
        return new PortRange(first, dash < 0 ? first : Integer.parseInt(text.substring(dash + 1)));
    }

    public boolean contains(int port) {
        return port >= first && port <= last;
    }

    /** How many. */
    public int size() {
        return last - first + 1;
    }

    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
