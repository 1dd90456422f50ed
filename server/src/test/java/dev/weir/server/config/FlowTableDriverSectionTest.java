package dev.weir.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.offload.dataplane.StandardModel;
import dev.weir.offload.json.JsonDocuments;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.Model;
import dev.weir.server.config.ConfigurationFile.Invalid;
import dev.weir.server.config.ConfigurationFile.Valid;
import dev.weir.wire.linux.XdpOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Drivers of devices as a configuration names them. */
class FlowTableDriverSectionTest {
    @TempDir
    private Path folder = Path.of("");

    private static ConfigurationFile read(String options) {
        String file = """
                ports:
                  left: {interface: eth0}
                  right: {interface: eth1}
                  file: {read: in.pcap}
                offload: {ports: [right]}
                flow-table-drivers:
                  unft0: {%s}
                """.formatted(options);
        return ConfigurationFile.read(file.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, FlowTableDriverSettings> drivers(String options) {
        ConfigurationFile read = read(options);
        assertThat(read).as("%s", read).isInstanceOf(Valid.class);
        return ((Valid) read).configuration().flowTableDrivers();
    }

    private String file(String name, Document document) throws IOException {
        return "'" + Files.writeString(folder.resolve(name), JsonDocuments.write(document)) + "'";
    }

    private List<String> model(Model model) throws IOException {
        List<String> files = new ArrayList<>();
        files.add(file("headers.json", new Document.Headers(model.headers())));
        files.add(file("actions.json", new Document.Actions(model.actions())));
        files.add(file("header-graph.json", new Document.HeaderGraph(model.headerGraph())));
        files.add(file("table-graph.json", new Document.TableGraph(model.tableGraph())));
        files.add(file("tables.json", new Document.Tables(model.tables())));
        return files;
    }

    @Test
    void aDriverInMemory_hasTheModelOfItsFiles() throws IOException {
        Model model = StandardModel.model();
        assertThat(drivers("type: memory, interfaces: [3, 4], model: " + model(model)))
                .isEqualTo(Map.of("unft0", new FlowTableDriverSettings.Memory(model, List.of(3L, 4L))));
    }

    @Test
    void aLoopbackDriver_hasItsSocket() {
        assertThat(drivers("type: loopback, socket: /run/weir/unft0, timeout: 250ms"))
                .isEqualTo(Map.of(
                        "unft0",
                        new FlowTableDriverSettings.Loopback(Path.of("/run/weir/unft0"), Duration.ofMillis(250))));
    }

    @Test
    void anXdpDriver_hasTheInterfacesOfItsPorts() {
        assertThat(drivers("type: xdp, ports: [left], flows: 1000, mode: generic"))
                .isEqualTo(Map.of(
                        "unft0",
                        new FlowTableDriverSettings.Xdp(
                                List.of("left"), List.of("eth0"), XdpOptions.Mode.GENERIC, 1000)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            type: loopback                          | has no 'socket'
            type: memory                            | has no 'model'
            type: xdp                               | has no 'ports'
            type: memory, socket: /s, model: [/m]   | flow-table-drivers.unft0.socket: only drivers of type 'loopback' have it
            type: xdp, ports: [left], timeout: 1s   | flow-table-drivers.unft0.timeout: only drivers of type 'loopback' have it
            type: memory, model: [/nowhere.json]    | /nowhere.json: cannot be read
            type: smoke                             | flow-table-drivers.unft0.type
            type: xdp, ports: [middle]              | 'middle'
            type: xdp, ports: [file]                | unft0: the port 'file' has another driver
            type: xdp, ports: [left, left]          | unft0: the port 'left' has a program already, that of unft0
            type: xdp, ports: [right]               | unft0: the port 'right' has a program already, that of offload
            """)
    void whatCannotBe_isToldWithItsPlace(String options, String fault) {
        ConfigurationFile read = read(options);
        assertThat(read).isInstanceOf(Invalid.class);
        assertThat(((Invalid) read).faults())
                .anySatisfy(
                        each -> assertThat(each.path() + ": " + each.message()).contains(fault));
    }

    @Test
    void aModelWithoutSomePart_isRefusedWithWhatItLacks() throws IOException {
        String tables = model(StandardModel.model()).getLast();
        ConfigurationFile read = read("type: memory, model: [" + tables + "]");
        assertThat(read).isInstanceOf(Invalid.class);
        assertThat(((Invalid) read).faults().getFirst().toString()).contains("unknown-");
    }
}
