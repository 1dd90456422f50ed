package dev.weir.labs.flowtracker;

import dev.weir.labs.Host;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code weir p4} commands that ask the lab's daemon. */
final class Commands {
    /** The tracker's table, as commands name it. */
    static final String TABLE = "flow_tracker/table/Track/flows";

    private final Host host;

    Commands(Host host) {
        this.host = host;
    }

    private static String[] command(String... words) {
        List<String> all = new ArrayList<>(List.of("p4", words[0], "--server", "unix:weir.sock"));
        for (String word : List.of(words).subList(1, words.length)) {
            all.addAll(List.of(word.split(" ", -1)));
        }
        return Testbed.command(all.toArray(new String[0])).toArray(new String[0]);
    }

    /** Runs one; words with blanks are several. */
    Result p4(String... words) throws IOException, InterruptedException {
        return host.run(command(words));
    }

    /** One that goes on beside the lab. */
    Running start(String... words) throws IOException {
        return host.start(command(words));
    }

    /** The key of an entry that no packet has. */
    static String key(int port) {
        return "port left src 10.9.9.9 dst 10.9.9.8 protocol 17 src_port 9 dst_port " + port;
    }
}
