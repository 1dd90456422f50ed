package dev.weir.wire.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps processors free of all that may run elsewhere, as tuna(8) isolates them: of every thread of the machine, the kernel's too, they are taken out of the processors
 * that it may run on, when it begins and, by a thread of its own, twice a second for those that have come since. Who may run nowhere else stays: a pinned worker, the
 * kernel's threads of one processor, a program that was started for these. Interrupts stay where they are. {@link #close} gives everyone back what was taken, and so does
 * the end of this process, but by SIGKILL.
 *
 * <p>It sees what is in /proc: in a container, the container's. Threads of other users take CAP_SYS_NICE. One thread begins and ends it; any may ask.
 */
public final class Isolation implements AutoCloseable {
    private static final long LOOK_MILLIS = 500;
    private static final Path PROC = Path.of("/proc"), ONLINE = Path.of("/sys/devices/system/cpu/online");

    /** Of a thread: where it might run before, and where now. */
    private record Taken(BitSet before, BitSet now) {}

    private final BitSet processors = new BitSet();
    /** All threads that were seen at the last look, by number; nothing for those that have what they had. */
    private final Map<Integer, @Nullable Taken> threads = new HashMap<>();

    private final CountDownLatch ending = new CountDownLatch(1);
    private final Thread looking = new Thread(this::keepLooking, "weir-isolation");
    private final Thread atExit = new Thread(this::end, "weir-isolation-end");
    private boolean ended;
    private volatile int moved, refused;

    private Isolation(Collection<Integer> processors) {
        processors.forEach(this.processors::set);
    }

    /**
     * Begins; who is to go has gone when this returns.
     *
     * @param processors the kernel's numbers of them
     * @throws IllegalArgumentException where there is none of such a number, or none left for all others
     */
    public static Isolation of(Collection<Integer> processors) {
        var isolation = new Isolation(processors);
        isolation.check();
        Runtime.getRuntime().addShutdownHook(isolation.atExit);
        isolation.note();
        isolation.look();
        isolation.looking.setDaemon(true);
        isolation.looking.start();
        return isolation;
    }

    private void check() {
        BitSet all = online();
        BitSet absent = (BitSet) processors.clone();
        absent.andNot(all);
        if (!absent.isEmpty()) {
            throw new IllegalArgumentException("there is no processor " + absent + "; there are " + all);
        }
        all.andNot(processors);
        if (all.isEmpty()) {
            throw new IllegalArgumentException(
                    "processors " + processors + " are all that there are; leave one for other programs");
        }
    }

    /** As the kernel lists them: {@code 0-3,6}. */
    private static BitSet online() {
        var all = new BitSet();
        try {
            for (String range : Files.readString(ONLINE).strip().split(",", -1)) {
                String[] ends = range.split("-", 2);
                all.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("which processors there are is not told", e);
        }
        return all;
    }

    /** How many threads that live are kept off. */
    public int moved() {
        return moved;
    }

    /** How many that could run elsewhere the kernel did not let this process move: most are of other users. */
    public int refused() {
        return refused;
    }

    private void keepLooking() {
        try {
            while (!ending.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Who is there before anything is taken: none of these has inherited less. */
    private synchronized void note() {
        eachThread((_, thread) -> threads.put(thread, null));
    }

    private synchronized void look() {
        if (ended) return;
        Set<Integer> seen = new HashSet<>();
        int[] withheld = new int[1];
        eachThread((process, thread) -> {
            seen.add(thread);
            BitSet now = Affinity.of(thread);
            if (now.intersects(processors)) {
                BitSet rest = (BitSet) now.clone();
                rest.andNot(processors);
                if (rest.isEmpty() || take(thread, now, rest, withheld)) return;
            }
            if (!threads.containsKey(thread)) threads.put(thread, inherited(process, thread, now));
        });
        threads.keySet().retainAll(seen);
        moved = (int) threads.values().stream().filter(each -> each != null).count();
        refused = withheld[0];
    }

    private boolean take(int thread, BitSet before, BitSet rest, int[] withheld) {
        int answer = Affinity.set(thread, rest);
        if (answer >= 0) threads.put(thread, new Taken(before, rest));
        if (answer == -Errno.EPERM) withheld[0]++;
        return answer >= 0;
    }

    /** What was taken of a thread that began since: what was taken of who started it, where it has as little. */
    private @Nullable Taken inherited(int process, int thread, BitSet now) {
        Taken origin = threads.get(process == thread ? parent(process) : process);
        return origin != null && origin.now.equals(now) ? origin : null;
    }

    private synchronized void giveBack() {
        threads.forEach((thread, taken) -> {
            if (taken != null && Affinity.of(thread).equals(taken.now)) Affinity.set(thread, taken.before);
        });
        ended = true;
    }

    /** Ends it: what was taken is given back, but to those who were given other processors meanwhile. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            return; // the hook is running or will run
        }
        end();
    }

    private void end() {
        ending.countDown();
        boolean interrupted = false;
        while (looking.isAlive()) {
            try {
                looking.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        look(); // for what began since the last
        giveBack();
        if (interrupted) Thread.currentThread().interrupt();
    }

    /** Takes what a thread is: its process and its own number. */
    private interface ThreadTaker {
        void take(int process, int thread);
    }

    private static void eachThread(ThreadTaker taker) {
        for (int process : numbersIn(PROC)) {
            for (int thread : numbersIn(PROC.resolve(process + "/task"))) {
                taker.take(process, thread);
            }
        }
    }

    /** The entries of a folder that are numbers; none where it is gone. */
    private static List<Integer> numbersIn(Path folder) {
        var numbers = new ArrayList<Integer>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "[0-9]*")) {
            entries.forEach(entry -> numbers.add(Integer.parseInt(String.valueOf(entry.getFileName()))));
        } catch (IOException | DirectoryIteratorException e) {
            return numbers; // a process that has ended
        }
        return numbers;
    }

    /** The fourth field of proc(5)'s stat, the second behind the name in parentheses; 0 where it has ended. */
    private static int parent(int process) {
        try {
            String stat = Files.readString(PROC.resolve(process + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).split(" ", -1);
            return fields.length > 2 ? Integer.parseInt(fields[2]) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
