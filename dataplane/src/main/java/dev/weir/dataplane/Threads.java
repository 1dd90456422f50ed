package dev.weir.dataplane;

/** What is done with threads in more than one place. Any thread. */
public final class Threads {
    private Threads() {}

    /** Waits until a thread has ended. An interrupt does not end that, and is passed on afterwards. */
    public static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
