package dev.weir.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * TCP ports of the loopback interface for servers that have to be told theirs. They lie below the range from which the kernel takes ports for connections and
 * for sockets that ask for any, so that nobody gets one of them between a server's end and its next start. Two tests that draw the same at the same time still
 * may: who starts a server draws again when it finds its port taken.
 */
public final class Ports {
    private static final int FIRST = 10_000, END = 32_000, TRIES = 1000;

    private Ports() {}

    /** Different ones that nobody listens at. */
    public static int[] free(int count) throws IOException {
        Set<Integer> free = new LinkedHashSet<>();
        for (int i = 0; i < TRIES && free.size() < count; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (isFree(port)) {
                free.add(port);
            }
        }
        if (free.size() < count) {
            throw new IOException("no " + count + " free ports of " + FIRST + " to " + END);
        }
        return free.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
