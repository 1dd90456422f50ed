package dev.weir.labs.export;

import dev.weir.labs.Host;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A bridge of Open vSwitch between two interfaces, its datapath in user space; database, sockets and logs are the lab's own. */
final class OpenvSwitch {
    private static final String SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema";

    private final Host host;
    private final String database;

    OpenvSwitch(Testbed bed, Host host, String left, String right) throws IOException, InterruptedException {
        this.host = host;
        Path folder = Files.createDirectories(bed.folder().resolve("ovs"));
        String file = folder.resolve("ovs.db").toString(),
                socket = folder.resolve("ovsdb.sock").toString();
        database = "--db=unix:" + socket;
        run("ovsdb-tool", "create", file, SCHEMA);
        Running server = host.start(
                "env",
                "OVS_RUNDIR=" + folder,
                "ovsdb-server",
                file,
                "--remote=punix:" + socket,
                "--unixctl=" + folder.resolve("ovsdb.ctl"),
                "--no-chdir");
        for (int i = 0; i < 500 && server.isAlive() && !Files.exists(Path.of(socket)); i++) {
            Thread.sleep(20);
        }
        run("ovs-vsctl", database, "--no-wait", "init");
        host.start(
                "env",
                "OVS_RUNDIR=" + folder,
                "ovs-vswitchd",
                "unix:" + socket,
                "--unixctl=" + folder.resolve("vswitchd.ctl"),
                "--no-chdir");
        run(
                "ovs-vsctl",
                database,
                "--timeout=15",
                "add-br",
                "br0",
                "--",
                "set",
                "bridge",
                "br0",
                "datapath_type=netdev",
                "--",
                "add-port",
                "br0",
                left,
                "--",
                "add-port",
                "br0",
                right);
    }

    /** Exports to these collectors from now on. */
    void exports(boolean ipfix, List<String> collectors) throws IOException, InterruptedException {
        String targets = collectors.stream().map(each -> "\"" + each + "\"").collect(Collectors.joining(",", "[", "]"));
        List<String> command = new ArrayList<>(List.of("ovs-vsctl", database, "--", "set", "bridge", "br0"));
        if (ipfix) {
            command.addAll(List.of("ipfix=@x", "--", "--id=@x", "create", "IPFIX", "targets=" + targets));
            command.addAll(List.of("sampling=1", "cache_active_timeout=4000", "cache_max_flows=1000"));
        } else {
            command.addAll(List.of("netflow=@x", "--", "--id=@x", "create", "NetFlow", "targets=" + targets));
            command.add("active_timeout=1");
        }
        run(command.toArray(new String[0]));
    }

    /** Takes it back; what it has seen it sends before. */
    void exportsNothing() throws IOException, InterruptedException {
        Thread.sleep(2500); // until what NetFlow has seen is old enough
        run("ovs-vsctl", database, "--", "clear", "bridge", "br0", "ipfix", "netflow");
    }

    private void run(String... command) throws IOException, InterruptedException {
        Result result = host.run(command);
        if (result.status() != 0) {
            throw new IOException(result.toString());
        }
    }
}
