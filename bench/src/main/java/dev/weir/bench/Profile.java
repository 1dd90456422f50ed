package dev.weir.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/** Samples this process's Java threads with the flight recorder and prints where they were: methods as inlined, then source lines. */
final class Profile implements AutoCloseable {
    private static final int LINES = 25;

    private final Recording recording = new Recording();
    private final PrintStream err;

    Profile(PrintStream err) {
        this.err = err;
        recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(1));
        recording.start();
    }

    @Override
    public void close() throws IOException {
        recording.stop();
        Path file = Files.createTempFile("weir-bench", ".jfr");
        try {
            recording.dump(file);
            recording.close();
            print(RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals("jdk.ExecutionSample"))
                    .map(event -> event.getStackTrace())
                    .filter(trace -> trace != null && !trace.getFrames().isEmpty())
                    .toList());
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private void print(List<RecordedStackTrace> traces) {
        err.println(traces.size() + " samples; the share of each method, inlined ones as themselves");
        print(traces, Profile::method);
        err.println("the share of each line");
        print(traces, frame -> method(frame) + ":" + frame.getLineNumber());
    }

    private void print(List<RecordedStackTrace> traces, Function<RecordedFrame, String> place) {
        Map<String, Integer> samples = new HashMap<>();
        for (RecordedStackTrace trace : traces) {
            samples.merge(place.apply(ours(trace)), 1, Integer::sum);
        }
        samples.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(LINES)
                .forEach(entry ->
                        err.printf("%6.2f %%  %s%n", 100.0 * entry.getValue() / traces.size(), entry.getKey()));
    }

    /** The innermost frame that is not of the JDK: loads and stores of memory segments belong to who made them. */
    private static RecordedFrame ours(RecordedStackTrace trace) {
        for (RecordedFrame frame : trace.getFrames()) {
            if (frame.getMethod().getType().getName().startsWith("dev.weir.")) return frame;
        }
        return trace.getFrames().getFirst();
    }

    private static String method(RecordedFrame frame) {
        String type = frame.getMethod().getType().getName();
        return type.substring(type.lastIndexOf('.') + 1) + "."
                + frame.getMethod().getName();
    }
}
