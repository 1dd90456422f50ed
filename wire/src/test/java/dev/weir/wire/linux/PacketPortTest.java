package dev.weir.wire.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.wire.PortException;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two hosts and a box in the middle, each a network namespace; the box passes packets from one interface to the other. */
class PacketPortTest {
    private Namespace left, middle, right;

    @BeforeEach
    void build() throws IOException {
        left = new Namespace();
        middle = new Namespace();
        right = new Namespace();
        Namespace.join(left, "eth0", middle, "west");
        Namespace.join(right, "eth0", middle, "east");
        left.ip("address", "add", "10.7.0.1/24", "dev", "eth0");
        right.ip("address", "add", "10.7.0.2/24", "dev", "eth0");
    }

    @AfterEach
    void tearDown() throws IOException {
        try (Namespace _ = left;
                Namespace _ = middle;
                Namespace _ = right) {
            // each is deleted, whatever happens to the others
        }
    }

    private Forwarder forward(PacketPortOptions options) throws Exception {
        PacketPort west = middle.call(() -> PacketPort.open("west", options));
        PacketPort east = middle.call(() -> PacketPort.open("east", options));
        return new Forwarder(west, east, 0);
    }

    @Test
    void ping_throughTwoPorts_isAnswered() throws Exception {
        try (Forwarder _ = forward(PacketPortOptions.defaults())) {
            assertThat(left.exec("ping", "-c", "5", "-i", "0.05", "-W", "2", "10.7.0.2"))
                    .contains(" 0% packet loss");
        }
    }

    @Test
    void open_noSuchInterface_namesThoseThatThereAre() {
        assertThatThrownBy(() -> middle.call(() -> PacketPort.open("eth9", PacketPortOptions.defaults())))
                .isInstanceOf(PortException.class)
                .hasMessage("eth9: no such interface; the interfaces are: lo, west, east");
    }
}
