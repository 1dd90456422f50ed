package dev.weir.bench;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A whole process, measured from outside.
 *
 * @param seconds from its start to its end
 * @param cpuSeconds of all its threads, to the kernel's clock tick of 10 ms
 * @param peakMegabytes resident; looked up every 10 ms
 */
public record TimedProcess(double seconds, double cpuSeconds, double peakMegabytes) {
    private static final long POLL_MILLIS = 10, LIMIT_SECONDS = 600;
    private static final double TICKS_PER_SECOND =
            100; // USER_HZ, fixed for programs on every Linux architecture of note

    /** Runs the command in that folder to its end; its standard output is thrown away. */
    static TimedProcess run(List<String> command, Path folder) throws IOException {
        Path errors = Files.createTempFile("weir-bench", ".err");
        Process process = null;
        try {
            double cpuBefore = cpuSecondsOfChildren();
            long start = System.nanoTime();
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(errors.toFile())
                    .start();
            double peak = 0;
            while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                peak = Math.max(peak, peakMegabytes(process.pid()));
                if (System.nanoTime() - start > LIMIT_SECONDS * 1_000_000_000L) {
                    throw new IOException(String.join(" ", command) + ": not done after " + LIMIT_SECONDS + " s");
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            requireSuccess(command, process, errors);
            return new TimedProcess(seconds, cpuSecondsOfChildren() - cpuBefore, peak);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + command.getFirst(), e);
        } finally {
            if (process != null) process.destroyForcibly();
            Files.deleteIfExists(errors);
        }
    }

    /** Seconds from the start of the command to the end of that line of its standard output. */
    static double secondsToLine(List<String> command, int line, Path folder) throws IOException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(Redirect.DISCARD)
                .start();
        try (InputStream output = process.getInputStream()) {
            for (int left = line; left > 0; ) {
                int octet = output.read();
                if (octet < 0) {
                    throw new IOException(String.join(" ", command) + ": ended before line " + line + " of its output");
                }
                if (octet == '\n') left--;
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            output.skip(Long.MAX_VALUE);
            process.waitFor();
            return seconds;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + command.getFirst(), e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void requireSuccess(List<String> command, Process process, Path errors) throws IOException {
        if (process.exitValue() != 0) {
            String said = new String(Files.readAllBytes(errors), StandardCharsets.UTF_8).strip();
            throw new IOException(String.join(" ", command) + ": ended with " + process.exitValue() + ": "
                    + said.substring(said.lastIndexOf('\n') + 1));
        }
    }

    /** VmHWM of proc(5); 0 when the process has just gone. */
    public static double peakMegabytes(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Double.parseDouble(line.substring("VmHWM:".length())
                                    .replace("kB", "")
                                    .strip())
                            / 1024;
                }
            }
            return 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /** cutime and cstime of proc(5), the 16th and 17th fields of stat; those before the third hold the name, in parentheses. */
    private static double cpuSecondsOfChildren() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        return (Long.parseLong(fields.get(13)) + Long.parseLong(fields.get(14))) / TICKS_PER_SECOND;
    }
}
