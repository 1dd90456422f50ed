package dev.weir.cli.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.weir.cli.CommandException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Places of daemons, as people write them. */
class ServerTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            unix:/run/weir.sock     | unix:/run/weir.sock
            unix:///run/weir.sock   | unix:/run/weir.sock
            /run/weir.sock          | unix:/run/weir.sock
            ./weir.sock             | unix:./weir.sock
            localhost:80            | http://localhost:80
            127.0.0.1               | http://127.0.0.1:9470
            [::1]:7                 | http://[::1]:7
            gate                    | https://gate:9470
            gate:443                | https://gate:443
            10.0.0.1:443            | https://10.0.0.1:443
            [2001:db8::1]           | https://[2001:db8::1]:9470
            https://localhost:80    | https://localhost:80
            HTTPS://gate/           | https://gate:9470
            http://gate:80          | http://gate:80
            127.0.0.1.example.org   | https://127.0.0.1.example.org:9470
            """)
    void place_isUnderstood(String text, String place) throws CommandException {
        assertThat(Server.parse("--server", text)).hasToString(place);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":80",
                "gate:",
                "gate:0",
                "gate:65536",
                "gate:http",
                "2001:db8::1",
                "https://",
                "gate/path:80",
                "unix:",
                "a@b:1",
                "gate:99999999999999999999",
                "unix:\0"
            })
    void whatIsNone_isRefusedWithWhatToWrite(String text) {
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> Server.parse("--server", text))
                .withMessageStartingWith("--server: ")
                .withMessageContaining("; give unix:")
                .satisfies(e -> assertThat(e.status()).isEqualTo(CommandException.USAGE));
    }
}
