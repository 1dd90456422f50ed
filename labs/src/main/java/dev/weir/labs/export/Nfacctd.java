package dev.weir.labs.export;

import dev.weir.labs.Host;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** pmacct's collector: sums by addresses, ports and protocol, written to a file when it ends. */
final class Nfacctd {
    private final Path written;
    private final Running running;

    Nfacctd(Testbed bed, Host host, int port) throws IOException, InterruptedException {
        this.written = bed.folder().resolve("nfacctd.csv");
        Path configuration = bed.write("nfacctd.conf", """
                daemonize: false
                nfacctd_ip: 127.0.0.1
                nfacctd_port: %d
                nfacctd_pipe_size: 8000000
                plugins: print[all]
                aggregate[all]: src_host, dst_host, src_port, dst_port, proto
                print_output[all]: csv
                print_output_file[all]: %s
                print_output_file_append[all]: true
                print_refresh_time[all]: 5
                """.formatted(port, written));
        this.running = host.start("nfacctd", "-f", configuration.toString());
        running.awaitWords("waiting for NetFlow/IPFIX data");
    }

    Totals end() throws IOException, InterruptedException {
        running.signal("INT");
        running.await();
        for (int i = 0; i < 100 && !Files.exists(written); i++) {
            Thread.sleep(50); // its plugin is another process
        }
        Thread.sleep(500);
        try (Stream<String> lines = Files.lines(written)) {
            return Totals.ofCsv(lines, List.of("PACKETS"), List.of("BYTES"));
        }
    }
}
