package dev.weir.bench.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Open vSwitch with its datapath in user space and connection tracking, from Debian's packages: ports are packet sockets. Database, sockets
 * and logs are the testbed's own, so a switch that runs on the machine is not touched. With such ports one thread of it forwards, whatever it has.
 *
 * @param processors on how many it may run
 */
record WireOpenvSwitch(int processors) implements WireSubject {
    private static final String SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema";
    /** As its package starts it. */
    private static final String NICENESS = "-10";

    private static final String FLOWS = """
            table=0,priority=10,ip,ct_state=-trk,actions=ct(table=1)
            table=0,priority=1,in_port=1,actions=output:2
            table=0,priority=1,in_port=2,actions=output:1
            table=1,priority=10,ip,ct_state=+trk+new,in_port=1,actions=ct(commit),output:2
            table=1,priority=10,ip,ct_state=+trk+new,in_port=2,actions=ct(commit),output:1
            table=1,priority=10,ip,ct_state=+trk+est,in_port=1,actions=output:2
            table=1,priority=10,ip,ct_state=+trk+est,in_port=2,actions=output:1
            table=1,priority=10,ip,ct_state=+trk+rel,in_port=1,actions=output:2
            table=1,priority=10,ip,ct_state=+trk+rel,in_port=2,actions=output:1
            table=1,priority=1,actions=drop
            """;

    @Override
    public String name() {
        return "OVS userspace conntrack" + (processors == 1 ? "" : ", " + processors + " processors");
    }

    @Override
    public List<String> programs() {
        return List.of(
                "ovs-vswitchd:openvswitch-switch",
                "ovsdb-server:openvswitch-switch",
                "ovs-vsctl:openvswitch-switch",
                "ovs-ofctl:openvswitch-switch");
    }

    @Override
    public boolean takesOffloads() {
        return false;
    }

    @Override
    public Process start(WireTestbed bed) throws IOException {
        bed.addressBothEnds();
        Path folder = bed.folder;
        String database = folder.resolve("ovs.db").toString(),
                socket = folder.resolve("ovsdb.sock").toString();
        bed.run("ovsdb-tool", "create", database, SCHEMA);
        Process server = bed.start(
                bed.middle,
                "ovsdb-server",
                List.of(
                        "env",
                        "OVS_RUNDIR=" + folder,
                        "ovsdb-server",
                        database,
                        "--remote=punix:" + socket,
                        "--unixctl=" + folder.resolve("ovsdb.ctl"),
                        "--no-chdir"));
        bed.await(server, Path.of(socket));
        String to = "--db=unix:" + socket;
        bed.run("ovs-vsctl", to, "--no-wait", "init");
        Process vswitchd = bed.start(
                bed.middle,
                "ovs-vswitchd",
                List.of(
                        "env",
                        "OVS_RUNDIR=" + folder,
                        "nice",
                        "-n",
                        NICENESS,
                        "ovs-vswitchd",
                        "unix:" + socket,
                        "--unixctl=" + folder.resolve("vswitchd.ctl"),
                        "--no-chdir"));
        bed.run(
                "ovs-vsctl",
                to,
                "--timeout=15",
                "add-br",
                "br0",
                "--",
                "set",
                "bridge",
                "br0",
                "datapath_type=netdev",
                "fail_mode=secure",
                "--",
                "add-port",
                "br0",
                WireTestbed.LEFT,
                "--",
                "set",
                "interface",
                WireTestbed.LEFT,
                "ofport_request=1",
                "--",
                "add-port",
                "br0",
                WireTestbed.RIGHT,
                "--",
                "set",
                "interface",
                WireTestbed.RIGHT,
                "ofport_request=2");
        Path flows = Files.writeString(folder.resolve("flows"), FLOWS);
        bed.run(
                "ovs-ofctl",
                "--protocols=OpenFlow13",
                "replace-flows",
                "unix:" + folder.resolve("br0.mgmt"),
                flows.toString());
        return vswitchd;
    }
}
