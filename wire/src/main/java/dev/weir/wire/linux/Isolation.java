package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps processors free of all that may run elsewhere, as tuna(8) isolates them: of every thread of the machine, the kernel's too, they are taken out of the processors
 * that it may run on, when it begins and, by a thread of its own, every second for those that have come since, every ten for those that somebody has moved back. Who may run nowhere else stays: a pinned worker, the
 * kernel's threads of one processor, a program that was started for these. Interrupts stay where they are. {@link #close} gives everyone back what was taken, and so does
 * the end of this process, but by SIGKILL.
 *
 * <p>It sees what is in /proc: in a container, the container's. Threads of other users take CAP_SYS_NICE. One thread begins and ends it; any may ask.
 */
public final class Isolation implements AutoCloseable {
    private static final long LOOK_MILLIS = 1_000;
    /** How many looks at whether there is anybody new there are for one at all threads. */
    private static final int LOOKS_AT_ALL = 10;

    private static final Path ONLINE = Path.of("/sys/devices/system/cpu/online"), LOAD = Path.of("/proc/loadavg");
    private static final File PROC = new File("/proc");

    /** Of a thread: where it might run before, and where now. */
    private record Taken(BitSet before, BitSet now) {}

    private final BitSet processors = new BitSet();
    /** All threads that were seen at the last look, by number; nothing for those that have what they had. */
    private final Map<Integer, @Nullable Taken> threads = new HashMap<>();

    private final CountDownLatch ending = new CountDownLatch(1);
    private final Thread looking = new Thread(this::keepLooking, "weir-isolation");
    private final Thread atExit = new Thread(this::end, "weir-isolation-end");
    /** What a look reads into. */
    private final MemorySegment mask = Affinity.mask(Arena.ofAuto());

    private final long[] wanted;
    private boolean ended;
    private volatile int moved, refused;

    private Isolation(Collection<Integer> processors) {
        processors.forEach(this.processors::set);
        wanted = this.processors.toLongArray();
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
            String newest = "";
            for (int looks = 0; !ending.await(LOOK_MILLIS, TimeUnit.MILLISECONDS); looks++) {
                String now = newest();
                if (!now.equals(newest) || looks % LOOKS_AT_ALL == 0) look();
                newest = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The number of the thread that began last, the fifth field of loadavg in proc(5); what is read of all threads becomes garbage, so it is not without need. */
    private static String newest() {
        try {
            String load = Files.readString(LOAD);
            return load.substring(load.lastIndexOf(' ') + 1);
        } catch (IOException e) {
            return "";
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
            if (mayRunHere(thread) && take(thread, withheld)) return;
            if (!threads.containsKey(thread)) threads.put(thread, inherited(process, thread));
        });
        threads.keySet().retainAll(seen);
        moved = (int) threads.values().stream().filter(each -> each != null).count();
        refused = withheld[0];
    }

    private boolean mayRunHere(int thread) {
        if (!Affinity.read(thread, mask)) return false;
        long both = 0;
        for (int word = 0; word < wanted.length; word++) {
            both |= wanted[word] & mask.getAtIndex(JAVA_LONG, word);
        }
        return both != 0;
    }

    /** Whether it is somewhere else now. */
    private boolean take(int thread, int[] withheld) {
        BitSet before = Affinity.of(thread), rest = (BitSet) before.clone();
        rest.andNot(processors);
        if (rest.isEmpty()) return false;
        int answer = Affinity.set(thread, rest);
        if (answer >= 0) threads.put(thread, new Taken(before, rest));
        if (answer == -Errno.EPERM) withheld[0]++;
        return answer >= 0;
    }

    /** What was taken of a thread that began since: what was taken of who started it, where it has as little. */
    private @Nullable Taken inherited(int process, int thread) {
        Taken origin = threads.get(process == thread ? parent(process) : process);
        return origin != null && origin.now.equals(Affinity.of(thread)) ? origin : null;
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
            for (int thread : numbersIn(new File(PROC, process + "/task"))) {
                taker.take(process, thread);
            }
        }
    }

    /** The entries of a folder that are numbers; none where it is gone. By File, which makes no more than the names. */
    private static int[] numbersIn(File folder) {
        String[] names = folder.list((_, name) -> Character.isDigit(name.charAt(0)));
        return names == null
                ? new int[0]
                : Arrays.stream(names).mapToInt(Integer::parseInt).toArray();
    }

    /** The fourth field of proc(5)'s stat, the second behind the name in parentheses; 0 where it has ended. */
    private static int parent(int process) {
        try {
            String stat = Files.readString(Path.of("/proc/" + process + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).split(" ", -1);
            return fields.length > 2 ? Integer.parseInt(fields[2]) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
