package dev.weir.server.programs;

import dev.weir.p4.control.ProgramEvent;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.server.events.KeptEvents;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The last events of all programs, those of programs that are loaded later too. Any thread. */
public final class ProgramEventLog extends KeptEvents<ProgramEventLog.Logged> {
    private final Programs programs;
    private final Map<ProgramRuntime, ProgramRuntime.Watch> watches = new HashMap<>();

    /**
     * An event.
     *
     * @param sequence the last number that it covers; of lost events as many as there are
     */
    public record Logged(long sequence, RunningNode program, ProgramEvent event) implements Numbered {
        @Override
        public long lost() {
            return event instanceof ProgramEvent.Lost some ? some.events() : 0;
        }
    }

    /** @param added is called after each event, by the program's thread; it does not wait */
    public ProgramEventLog(Programs programs, Runnable added) {
        super(added);
        this.programs = programs;
        programs.onChange(this::follow);
    }

    /** To those that run now, and to no others. */
    @Override
    protected void listen() {
        Set<ProgramRuntime> running = new HashSet<>();
        for (RunningNode program : programs.all()) {
            running.add(program.runtime());
            watches.computeIfAbsent(program.runtime(), runtime -> runtime.watch(event -> add(program, event)));
        }
        watches.entrySet().removeIf(watch -> {
            boolean gone = !running.contains(watch.getKey());
            if (gone) watch.getValue().close();
            return gone;
        });
    }

    @Override
    protected void unlisten() {
        watches.values().forEach(ProgramRuntime.Watch::close);
        watches.clear();
    }

    private void add(RunningNode program, ProgramEvent event) {
        long numbers = event instanceof ProgramEvent.Lost lost ? lost.events() : 1;
        add(numbers, sequence -> new Logged(sequence, program, event));
    }
}
