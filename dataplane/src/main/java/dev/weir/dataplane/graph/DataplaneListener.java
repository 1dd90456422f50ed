package dev.weir.dataplane.graph;

import java.io.IOException;

/** Is told what happens beside the traffic. Called by threads of the data plane, perhaps
 * several at once; must not wait long. */
public interface DataplaneListener {
    /** Something changed at a port: {@code what} is one clause for a person. */
    default void portChanged(String port, String what) {}

    /** Records can no longer be written; those to come are discarded, packets go on. */
    default void recordsFailed(IOException why) {}

    /** First thing in a worker's own thread, before any packet: to give up rights, for instance. */
    default void workerStarted(int worker) {}

    /** First thing in the thread that passes records and events on, before the sink is called: to give up rights, for instance. */
    default void recordsStarted() {}

    /** First thing in the thread that looks after ports and opens lost ones again, which may need rights for that and no other. */
    default void portsStarted() {}

    /** First thing in the thread that puts together what all workers have answered, and does what hangs on that: to give up rights, for instance. */
    default void answersStarted() {}

    /** First thing in the thread that keeps workers in the real-time class, which needs the right to it ({@link Scheduling#REAL_TIME}) and no other. */
    default void schedulingStarted() {}

    /** That thread may not enter the class: workers share their processors fairly. */
    default void schedulingRefused() {}

    /** A worker met what should not be; the packets of one vector were dropped, and it goes on. */
    default void workerFailed(int worker, Throwable why) {}
}
