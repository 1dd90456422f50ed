package dev.weir.labs;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A network namespace, used as a machine: interfaces, addresses, programs that run in it. */
public final class Host {
    private static final int PATIENCE_SECONDS = 30;
    private static final File NOTHING = new File("/dev/null");

    private static final String CLOSED_PORT_PROBE = """
            import errno, socket, sys
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.settimeout(3)
            s.connect((sys.argv[1], 9))
            s.send(b'anybody?')
            try:
                s.recv(100)
            except OSError as e:
                print({errno.ECONNREFUSED: 'refused', errno.EHOSTUNREACH: 'prohibited'}.get(e.errno, e))
            """;

    private final Testbed testbed;
    private final String name;
    private final String namespace;

    Host(Testbed testbed, String name, String namespace) throws IOException, InterruptedException {
        this.testbed = testbed;
        this.name = name;
        this.namespace = namespace;
        testbed.tool("ip", "netns", "add", namespace);
        testbed.tool("ip", "-n", namespace, "link", "set", "lo", "up");
    }

    public String name() {
        return name;
    }

    /** What {@code ip netns} calls it. */
    public String namespace() {
        return namespace;
    }

    /** Gives an interface an address of either family, usable at once. */
    public Host address(String device, String prefix) throws IOException, InterruptedException {
        if (prefix.indexOf(':') >= 0) {
            ip("addr", "add", prefix, "dev", device, "nodad");
        } else {
            ip("addr", "add", prefix, "dev", device);
        }
        return this;
    }

    /** Runs {@code ip} with these words in the namespace. */
    public void ip(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
        command.addAll(List.of(words));
        testbed.tool(command.toArray(new String[0]));
    }

    /** Turns an interface's offloads on or off, as {@code ethtool -K} names them. */
    public void offload(String device, String onOrOff, String... features) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ethtool", "-K", device));
        for (String feature : features) {
            command.add(feature);
            command.add(onOrOff);
        }
        Result result = run(command.toArray(new String[0]));
        if (result.status() != 0) {
            throw new IOException(result.toString());
        }
    }

    /** The Ethernet address of an interface. */
    public String mac(String device) throws IOException, InterruptedException {
        return run("cat", "/sys/class/net/" + device + "/address").out().strip();
    }

    /** Runs a program to its end, or ends it after half a minute. */
    public Result run(String... command) throws IOException, InterruptedException {
        Path output = testbed.scratch(name);
        Process process = process(output, Redirect.from(NOTHING), command);
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            process.waitFor();
            return new Result(String.join(" ", command), 124, Files.readString(output) + "\ntook too long");
        }
        return new Result(String.join(" ", command), process.exitValue(), Files.readString(output));
    }

    /** Starts a program that runs beside the lab, and is ended with it. */
    public Running start(String... command) throws IOException {
        return start(Redirect.from(NOTHING), command);
    }

    /** The same for one that is told what to do, by {@link Running#tell}. */
    public Running startListening(String... command) throws IOException {
        return start(Redirect.PIPE, command);
    }

    /** Serves the files of the lab's folder over HTTP from now on, both families. Needs python3. */
    public Running serve(int port) throws IOException, InterruptedException {
        return start("python3", "-u", "-m", "http.server", "--bind", "::", Integer.toString(port))
                .awaitWords("Serving");
    }

    /** Takes part in measurements of throughput from now on. Needs iperf3. */
    public Running serveIperf3() throws IOException, InterruptedException {
        return start("iperf3", "-s", "--forceflush").awaitWords("listening");
    }

    /** Asks for a page, three seconds at the most; {@code options} are curl's. */
    public Result curl(String url, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "3"));
        command.addAll(List.of(options));
        command.add(url);
        return run(command.toArray(new String[0]));
    }

    /** Sends a datagram to a closed port; says {@code refused} when ICMP tells this host that it is closed, {@code
     * prohibited} when it tells that somebody does not let it through. IPv4; needs python3. */
    public Result probeClosedPort(String address) throws IOException, InterruptedException {
        return run("python3", "-u", "-c", CLOSED_PORT_PROBE, address);
    }

    private Running start(Redirect input, String... command) throws IOException {
        Path output = testbed.scratch(name);
        return testbed.keep(new Running(String.join(" ", command), process(output, input, command), output));
    }

    /** It hears all signals, even where whoever began the lab has some ignored, as nohup does. */
    private Process process(Path output, Redirect input, String... command) throws IOException {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace, "env", "--default-signal"));
        whole.addAll(List.of(command));
        return new ProcessBuilder(whole)
                .directory(testbed.folder().toFile())
                .redirectErrorStream(true)
                .redirectInput(input)
                .redirectOutput(output.toFile())
                .start();
    }
}
